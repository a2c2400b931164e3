"""Beyond what can be answered, the office says no politely and at once, stores nothing, and loses nothing."""

import asyncio
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot.channels.engine_client import EngineClient
from bot.channels.gateway import Gateway, Typed
from bot.channels.waiting import Busy, Queue
from bot.limits import BUSY_SECONDS
from bot.settings import Settings, SettingWrong
from bot.store.engine import Database
from tests.office.fake_engine import FakeEngine, echo
from tests.office.pages import message, session

MESSAGES = "/chat/v1/messages"


def full(client: TestClient) -> None:
    client.app.state.office.gateway._queue = Queue(engines=1, waiting=0)  # type: ignore[attr-defined]


def roomy(client: TestClient) -> None:
    client.app.state.office.gateway._queue = Queue(engines=1)  # type: ignore[attr-defined]


def test_a_message_beyond_capacity_is_put_off_with_a_friendly_word_and_when_to_come_back(
    client: TestClient, engine: FakeEngine
) -> None:
    headers = session(client)
    full(client)
    answer = client.post(MESSAGES, json=message(1, text="they refused"), headers=headers)
    told = answer.json()["error"]
    assert (answer.status_code, told["code"]) == (503, "busy")
    assert BUSY_SECONDS[0] <= int(answer.headers["Retry-After"]) == told["retry_after"] <= BUSY_SECONDS[1]
    assert "Please send your message again" in told["message"] and "999" in told["message"]
    assert client.get("/chat/v1/history", headers=headers).json()["turns"] == [] and engine.seen == []


def test_the_same_message_is_answered_once_there_is_room(client: TestClient, engine: FakeEngine) -> None:
    headers = session(client)
    full(client)
    assert client.post(MESSAGES, json=message(1, text="they refused"), headers=headers).status_code == 503
    roomy(client)
    assert client.post(MESSAGES, json=message(1, text="they refused"), headers=headers).status_code == 200
    turns = client.get("/chat/v1/history", headers=headers).json()["turns"]
    assert [turn["author"] for turn in turns] == ["parent", "assistant"] and len(engine.seen) == 1


def test_the_form_page_says_so_too_and_keeps_what_was_written(client: TestClient, engine: FakeEngine) -> None:
    full(client)
    sent = client.post("/chat", data={"text": "they refused & why", "message_id": "message-1"})
    assert sent.status_code == 503 and sent.headers["Retry-After"]
    assert "Many people are writing just now" in sent.text and "they refused &amp; why" in sent.text


def test_of_a_crowd_as_many_as_fit_are_answered_in_turn_and_the_rest_told_at_once(
    db: Database, settings: Settings, engine: FakeEngine
) -> None:
    inside: list[int] = []
    most = 0

    async def crowd() -> list[Any]:
        nonlocal most
        gateway = Gateway(db, settings, EngineClient(settings))
        gateway._queue = Queue(engines=1, at_once=3, waiting=10)
        asked = gateway.engine.turn

        async def watched(body: dict[str, Any]) -> Any:
            nonlocal most
            inside.append(1)
            most = max(most, len(inside))
            try:
                return await asked(body)
            finally:
                inside.pop()

        gateway.engine.turn = watched  # type: ignore[method-assign]
        talks = [await gateway.start("web") for _ in range(40)]
        turns = [gateway.turn(talk, Typed(f"family {n}"), f"message-{n}") for n, talk in enumerate(talks)]
        found = await asyncio.gather(*turns, return_exceptions=True)
        again = await gateway.turn(talks[-1], Typed("family 39"), "message-39")
        await gateway.close()
        return [*found, again]

    *found, again = asyncio.run(crowd())
    answered = [one for one in found if not isinstance(one, BaseException)]
    assert len(answered) == 10 and all(isinstance(one, Busy) for one in found if one not in answered)
    assert most <= 3 and len(engine.seen) == 11
    assert again.blocks[0]["text"] == "You said: family 39"


def test_telegram_limits_itself_and_waits_instead(db: Database, settings: Settings, engine: FakeEngine) -> None:
    async def whole() -> str:
        gateway = Gateway(db, settings, EngineClient(settings))
        gateway._queue = Queue(engines=1, waiting=0)
        turn = await gateway.turn(await gateway.start("telegram"), Typed("hello"), "message-1", "telegram")
        await gateway.close()
        return str(turn.outcome)

    assert asyncio.run(whole()) == echo({"text": "hello"})[0]["outcome"]


@pytest.mark.parametrize("value", ["0", "-1", "many", "1000000"])
def test_a_limit_that_is_none_stops_the_start(settings: Settings, value: str) -> None:
    environment = {"SEND_DESK_DATA": str(settings.data), "SEND_DESK_TURNS_A_MINUTE": value}
    with pytest.raises(SettingWrong, match="SEND_DESK_TURNS_A_MINUTE"):
        Settings.from_environment(environment)
