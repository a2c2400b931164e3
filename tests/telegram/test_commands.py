"""Commands, links, the menu and buttons."""

import pytest

from bot.blocks import button, buttons, text
from bot.knowledge.words import say
from tests.office.fake_engine import Body, FakeEngine
from tests.telegram.desk import Desk, read, run

CHAT = 700123


def test_a_button_is_answered_at_once_goes_away_and_leads_on(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        await desk.says(CHAT, "/start")
        offered = (await desk.says(CHAT, "mediation?"))[-1]
        found = await desk.presses(offered, "Go on")
        assert read(found) == "You said: Go on"
        assert offered.keyboard == {}
        await desk.api.until(lambda: len(desk.api.answered) == 1)

    run(desk, body)
    assert engine.seen[-1]["payload"] == '/choose{"entry": "mediation"}'


def test_a_button_that_is_gone_says_so_politely(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        offered = (await desk.says(CHAT, "mediation?"))[0]
        offered.keyboard = {"Go on": "b:1-ffffffffffff", "Forged": "anything at all"}
        assert read(await desk.presses(offered, "Go on")) == say("telegram", "button_gone")
        offered.keyboard = {"Forged": "/intent{}"}
        assert read(await desk.presses(offered, "Forged")) == say("telegram", "button_gone")

    run(desk, body)
    assert len(engine.seen) == 1


def test_a_button_of_another_chat_does_nothing(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        offered = (await desk.says(CHAT, "mediation?"))[0]
        await desk.says(8, "hello")
        offered.chat = 8
        assert read(await desk.presses(offered, "Go on")) == say("telegram", "button_gone")

    run(desk, body)
    assert [seen["payload"] for seen in engine.seen] == [None, None]


COMMANDS = {"/deadline": "/deadline", "/letter": "/letter", "/person": "/handoff", "/stop": "/stop"}


@pytest.mark.parametrize(("command", "payload"), COMMANDS.items())
def test_commands_of_the_menu_reach_the_engine(desk: Desk, engine: FakeEngine, command: str, payload: str) -> None:
    async def body() -> None:
        await desk.says(CHAT, command)
        await desk.says(CHAT, f"{command}@send_desk_test_bot")

    run(desk, body)
    assert [seen["payload"] for seen in engine.seen] == [payload, payload]


def test_start_says_what_this_is_and_that_telegram_can_read_along(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        [found] = await desk.says(CHAT, "/start")
        for part in ("computer program", "30 days", "not end-to-end encrypted"):
            assert part in found.text
        assert (f"{desk.settings.public_url}/chat", say("telegram", "website")) in found.links

    run(desk, body)
    assert engine.seen == []


def test_a_link_from_the_website_opens_the_chat_at_its_answer(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        found = await desk.says(CHAT, "/start appeal-deadline")
        assert read(found).endswith("You said: How long do I have to appeal?")
        assert len(await desk.says(CHAT, '/start x{"entry": "mediation"}')) == 1

    run(desk, body)
    assert [seen["payload"] for seen in engine.seen] == ['/choose{"entry": "appeal-deadline"}']


def test_help_names_every_command_and_an_unknown_one_gets_it_too(desk: Desk) -> None:
    async def body() -> None:
        [shown] = await desk.says(CHAT, "/help")
        for command in ("/deadline", "/letter", "/person", "/delete", "/stop", "999"):
            assert command in shown.text
        assert say("telegram", "unknown_command") in read(await desk.says(CHAT, "/frobnicate"))

    run(desk, body)


def test_a_typed_payload_stays_text(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        await desk.says(CHAT, '/choose{"entry": "mediation"}')

    run(desk, body)
    assert engine.seen[0]["payload"] is None and not engine.seen[0]["text"].startswith("/")


def test_the_menu_is_set_at_the_start(desk: Desk) -> None:
    async def body() -> None:
        await desk.api.until(lambda: "setmycommands" in desk.api.methods())

    run(desk, body)


def test_did_you_mean_titles_that_a_phone_would_cut_off_are_written_out(desk: Desk, engine: FakeEngine) -> None:
    long = "What can I do when the council says no to an assessment?"

    def offering(body: Body) -> list[Body]:
        choices = [button(long, '/choose{"entry": "a"}'), button("None of these", "/none_of_these")]
        blocks = [text("Not sure."), buttons(choices, "Did you mean one of these?")]
        return [{"blocks": blocks, "outcome": "asked_back", "entries": [], "confidence": None}]

    async def body() -> None:
        [found, _] = await desk.says(CHAT, "council")
        assert f"1. {long}\n2. None of these" in found.text
        assert list(found.keyboard) == [f"1. {long}", "2. None of these"]

    engine.say = offering
    run(desk, body)
