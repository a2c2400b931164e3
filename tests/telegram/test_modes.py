"""Polling or webhook, never both; the webhook's secret; what the settings refuse; health."""

import asyncio
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from bot.channels.telegram.settings import PATH, TelegramSettings
from bot.cli import main
from bot.settings import Settings, SettingWrong
from bot.store.engine import Database
from bot.web.app import create_app
from tests.office.fake_engine import FakeEngine
from tests.telegram.desk import SECRET, Desk, read
from tests.telegram.fake_api import TOKEN, FakeApi, Fault

CHAT = 700123
WEBHOOK = {"SEND_DESK_TELEGRAM_TOKEN": TOKEN, "SEND_DESK_TELEGRAM_WEBHOOK_URL": f"https://chat.example.org{PATH}"}


def test_without_a_token_telegram_is_off_and_with_one_it_polls() -> None:
    assert TelegramSettings.from_environment({}) is None
    found = TelegramSettings.from_environment({"SEND_DESK_TELEGRAM_TOKEN": TOKEN})
    assert found is not None and found.webhook == "" and found.api == "https://api.telegram.org"


def test_start_without_secret_fails() -> None:
    with pytest.raises(SettingWrong, match="SEND_DESK_TELEGRAM_SECRET"):
        TelegramSettings.from_environment(WEBHOOK)
    with pytest.raises(SettingWrong, match="SEND_DESK_TELEGRAM_SECRET"):
        TelegramSettings.from_environment({**WEBHOOK, "SEND_DESK_TELEGRAM_SECRET": "short"})
    found = TelegramSettings.from_environment({**WEBHOOK, "SEND_DESK_TELEGRAM_SECRET": SECRET})
    assert found is not None and found.webhook == f"https://chat.example.org{PATH}"


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"SEND_DESK_TELEGRAM_TOKEN": "hello"}, "TOKEN"),
        ({"SEND_DESK_TELEGRAM_TOKEN": ""}, "WEBHOOK_URL"),
        ({"SEND_DESK_TELEGRAM_WEBHOOK_URL": f"http://chat.example.org{PATH}"}, "WEBHOOK_URL"),
        ({"SEND_DESK_TELEGRAM_WEBHOOK_URL": "https://chat.example.org/"}, "WEBHOOK_URL"),
        ({"SEND_DESK_TELEGRAM_API": "ftp://x"}, "API"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(changed: dict[str, str], named: str) -> None:
    with pytest.raises(SettingWrong, match=named):
        TelegramSettings.from_environment({**WEBHOOK, "SEND_DESK_TELEGRAM_SECRET": SECRET, **changed})


def test_neither_token_nor_secret_is_shown() -> None:
    shown = repr(TelegramSettings(TOKEN, "https://x", SECRET))
    assert TOKEN not in shown and SECRET not in shown


def test_the_office_refuses_to_start_with_a_webhook_without_secret(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SEND_DESK_DATA", str(settings.data))
    for name, value in WEBHOOK.items():
        monkeypatch.setenv(name, value)
    assert main(["serve-office"]) == 1
    assert "SEND_DESK_TELEGRAM_SECRET" in capsys.readouterr().err


def test_polling_refused_when_webhook_set(desk: Desk) -> None:
    async def body() -> None:
        desk.api.webhook["url"] = "https://elsewhere.example.org/hook"
        async with desk.running():
            assert "telegram-webhook delete" in desk.service.trouble
            assert "getupdates" not in desk.api.methods()
            desk.api.webhook["url"] = ""
            assert read(await desk.says(CHAT, "/start"))  # it mends itself once the webhook is gone
            assert (await desk.service.health())["warning"] is False

    asyncio.run(body())


def test_a_second_program_that_polls_is_noticed(desk: Desk) -> None:
    async def body() -> None:
        async with desk.running():
            await desk.says(CHAT, "/start")
            desk.api.fault = lambda method, body: Fault("409") if method == "getupdates" else None
            desk.api.says(CHAT, "wakes the poll")
            await desk.api.until(lambda: "Another program" in desk.service.trouble)
            assert (await desk.service.health())["warning"] is True

    asyncio.run(body())


def test_a_refused_token_is_said_and_does_not_stop_the_office(desk: Desk) -> None:
    async def body() -> None:
        desk.api.token = "999999:" + "B" * 35
        telegram = desk.telegram
        desk.telegram = lambda port=0: TelegramSettings(TOKEN, api=telegram(port).api)  # type: ignore[method-assign]
        async with desk.running():
            assert "refuses the token" in desk.service.trouble

    asyncio.run(body())


def test_telegram_out_of_reach_at_the_start_is_tried_again(desk: Desk) -> None:
    async def body() -> None:
        desk.api.fault = lambda method, body: Fault("drop")
        async with desk.running():
            assert "cannot be reached" in desk.service.trouble
            desk.api.fault = lambda method, body: None
            assert await desk.says(CHAT, "/start")

    asyncio.run(body())


UPDATE = {
    "update_id": 5,
    "message": {"message_id": 1, "date": 1, "chat": {"id": CHAT, "type": "private"}, "text": "forged"},
}
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.mark.parametrize("headers", [{}, {HEADER: ""}, {HEADER: SECRET[:-1]}, {HEADER: SECRET + "x"}, {HEADER: "é"}])
def test_missing_or_wrong_secret_is_403(desk: Desk, engine: FakeEngine, headers: dict[str, str]) -> None:
    async def body() -> None:
        desk.mode = "webhook"
        async with desk.running():
            sent = {name: value.encode("latin-1") for name, value in headers.items()}
            async with httpx.AsyncClient(trust_env=False) as client:
                answer = await client.post(desk.api.webhook["url"], json=UPDATE, headers=sent)
            assert answer.status_code == 403
            await desk.service.queues.idle()

    asyncio.run(body())
    assert engine.seen == []


def test_the_webhook_answers_before_the_engine_does(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        desk.mode = "webhook"
        async with desk.running():
            await desk.says(CHAT, "/start")
            hold = asyncio.Event()
            answer = desk.service._answering.answer

            async def held(*args: object) -> object:
                await hold.wait()
                return await answer(*args)  # type: ignore[arg-type]

            desk.service._answering.answer = held  # type: ignore[method-assign, assignment]
            desk.api.says(CHAT, "slow one")
            assert await desk.api.bring() == [200]
            assert engine.seen == []
            hold.set()
            await desk.service.queues.idle()
            assert desk.api.to(CHAT)[-1].text == "You said: slow one"

    asyncio.run(body())


@pytest.mark.parametrize("nonsense", [b"", b"{", b"[]", b"null", b'{"update_id": "x"}', b"[" * 100_000])
def test_what_is_no_update_is_acknowledged_so_that_it_does_not_come_again(desk: Desk, nonsense: bytes) -> None:
    async def body() -> None:
        desk.mode = "webhook"
        async with desk.running():
            async with httpx.AsyncClient(trust_env=False) as client:
                answer = await client.post(desk.api.webhook["url"], content=nonsense, headers={HEADER: SECRET})
            assert answer.status_code == 200

    asyncio.run(body())


def test_an_update_that_cannot_be_stored_is_not_acknowledged(desk: Desk) -> None:
    async def body() -> None:
        desk.mode = "webhook"
        async with desk.running():
            desk.api.says(CHAT, "keep me")

            async def full(updates: object) -> None:
                raise OSError("disk full")

            take, desk.service.take = desk.service.take, full  # type: ignore[method-assign, assignment]
            assert await desk.api.bring() == [500]
            desk.service.take = take  # type: ignore[method-assign]

    asyncio.run(body())


def test_the_offices_own_app_has_the_route_only_with_a_webhook(settings: Settings, db: Database, api: FakeApi) -> None:
    """The whole office, with its limits in front: a large update passes, a forged one does not."""
    telegram = TelegramSettings(TOKEN, f"http://127.0.0.1:1{PATH}", SECRET, api.url)
    large = {**UPDATE, "message": {**UPDATE["message"], "text": "x" * 4000, "quote": "y" * 200_000}}  # type: ignore[dict-item]
    with TestClient(create_app(settings, telegram=telegram), raise_server_exceptions=False) as client:
        assert client.post(PATH, json=UPDATE).status_code == 403
        assert client.post(PATH, json=large, headers={HEADER: SECRET}).status_code == 200
        assert client.get(PATH, headers={HEADER: SECRET}).status_code == 405
        assert client.get("/readyz").json()["checks"]["telegram"]["mode"] == "webhook"
    with TestClient(create_app(settings, telegram=TelegramSettings(TOKEN, api=api.url))) as client:
        assert client.post(PATH, json=UPDATE, headers={HEADER: SECRET}).status_code == 404


def test_the_command_sets_shows_and_deletes_the_webhook_and_drops_nothing(
    api: FakeApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {**WEBHOOK, "SEND_DESK_TELEGRAM_SECRET": SECRET, "SEND_DESK_TELEGRAM_API": api.url}.items():
        monkeypatch.setenv(name, value)
    api.says(CHAT, "waiting")
    assert main(["telegram-webhook", "set"]) == 0
    assert api.webhook == {"url": WEBHOOK["SEND_DESK_TELEGRAM_WEBHOOK_URL"], "secret_token": SECRET}
    [asked] = [body for method, body in api.calls if method == "setwebhook"]
    assert "message" in asked["allowed_updates"] and str(asked.get("drop_pending_updates", False)).lower() == "false"
    assert main(["telegram-webhook", "show"]) == 0
    assert main(["telegram-webhook", "delete"]) == 0
    assert api.webhook["url"] == ""
    shown = capsys.readouterr().out
    assert "Updates waiting: 1" in shown and "the office may poll" in shown and SECRET not in shown


def test_an_answers_page_links_to_telegram_where_that_is_on_and_the_link_brings_the_answer(
    desk: Desk, settings: Settings, db: Database, engine: FakeEngine
) -> None:
    page = "/answers/mediation"
    with TestClient(create_app(settings)) as client:
        assert "t.me" not in client.get(page).text
    app = create_app(settings, telegram=desk.telegram())
    with TestClient(app) as client:
        client.portal.call(app.state.telegram.bot.initialize)
        assert 'href="https://t.me/send_desk_test_bot?start=mediation"' in client.get(page).text

    async def body() -> None:
        async with desk.running():
            await desk.says(CHAT, "/start mediation")

    asyncio.run(body())
    assert engine.seen[-1]["payload"] == '/choose{"entry": "mediation"}'
