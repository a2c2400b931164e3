"""The gateway with a stand-in engine over HTTP: one reply a message, kept sealed, with the engine up or down."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.blocks import bullets, text
from bot.cases import switches
from bot.channels.gateway import PERSON, ButtonUnknown, Gateway, Pressed, Typed
from bot.channels.render import plain
from bot.settings import Settings
from bot.store.engine import Database
from bot.store.tables import Conversation
from bot.store.transcript import StoredTurn
from tests.office.conftest import Run
from tests.office.fake_engine import FakeEngine


def said(turn: StoredTurn) -> str:
    return plain(turn.blocks)


def button_id(turn: StoredTurn) -> str:
    return next(block["items"][0]["id"] for block in turn.blocks if block["type"] == "buttons")


def test_a_message_gets_its_reply_and_both_are_kept(run: Run, engine: FakeEngine) -> None:
    async def body(gateway: Gateway) -> None:
        conversation = await gateway.start("web")
        turn = await gateway.turn(conversation, Typed("they refused to assess"), "message-1")
        assert (turn.author, turn.outcome, turn.entries) == ("assistant", "answered", ("mediation@12345678",))
        assert "You said: they refused to assess" in said(turn)
        kept = await gateway.history(conversation)
        assert [entry.author for entry in kept] == ["parent", "assistant"]
        assert kept[0].text == "they refused to assess"
        assert kept[1] == turn

    run(body)
    assert engine.seen[0]["channel"] == "web"
    assert engine.seen[0]["payload"] is None


def test_the_same_message_id_gets_the_same_reply_and_is_asked_once(run: Run, engine: FakeEngine) -> None:
    async def body(gateway: Gateway) -> None:
        conversation = await gateway.start("web")
        sends = [gateway.turn(conversation, Typed("hello"), "message-1") for _ in range(5)]
        assert len({turn.id for turn in await asyncio.gather(*sends)}) == 1

    run(body)
    assert len(engine.seen) == 1


def test_messages_of_one_conversation_reach_the_engine_one_at_a_time(run: Run, engine: FakeEngine) -> None:
    async def body(gateway: Gateway) -> None:
        conversation = await gateway.start("web")
        await asyncio.gather(*(gateway.turn(conversation, Typed(f"number {n}"), f"message-{n}") for n in range(8)))
        kept = await gateway.history(conversation)
        assert [turn.seq for turn in kept] == list(range(1, 17))
        assert all(reply.answers == asked.seq for asked, reply in zip(kept[::2], kept[1::2], strict=True))

    run(body)


def test_without_the_engine_a_parent_reads_an_apology_and_a_number_and_it_recovers(
    run: Run, engine: FakeEngine, settings: Settings
) -> None:
    engine.stop()

    async def body(gateway: Gateway) -> None:
        conversation = await gateway.start("web")
        turn = await gateway.turn(conversation, Typed("hello"), "message-1")
        assert turn.outcome == "failed"
        assert settings.office.phone in said(turn) and settings.office.email in said(turn)
        engine.start()
        assert (await gateway.turn(conversation, Typed("hello"), "message-2")).outcome == "answered"

    run(body)


@pytest.mark.parametrize(
    "nonsense",
    [[], "no list", [{"blocks": []}], [{"outcome": "answered", "blocks": 3}], [{"outcome": "odd", "blocks": []}], None],
)
def test_nonsense_of_the_engine_is_an_apology_not_silence(run: Run, engine: FakeEngine, nonsense: Any) -> None:
    engine.say = lambda body: nonsense

    async def body(gateway: Gateway) -> None:
        turn = await gateway.turn(await gateway.start("web"), Typed("hello"), "message-1")
        assert turn.outcome == "failed" and "0161 480 0833" in said(turn)

    run(body)


def test_an_error_of_the_engine_is_an_apology(run: Run, engine: FakeEngine) -> None:
    engine.status = 500

    async def body(gateway: Gateway) -> None:
        assert (await gateway.turn(await gateway.start("web"), Typed("hello"), "message-1")).outcome == "failed"

    run(body)


def test_a_typed_slash_payload_stays_text(run: Run, engine: FakeEngine) -> None:
    async def body(gateway: Gateway) -> None:
        conversation = await gateway.start("web")
        for number, typed in enumerate(['/handoff{"x": 1}', " \n\t/restart", "\u2003/start"]):
            await gateway.turn(conversation, Typed(typed), f"message-{number}")

    run(body)
    for seen in engine.seen:
        assert seen["payload"] is None
        assert not seen["text"].strip().startswith("/")


def test_a_button_is_resolved_here_and_its_payload_never_leaves(run: Run, engine: FakeEngine) -> None:
    async def body(gateway: Gateway) -> None:
        conversation = await gateway.start("web")
        turn = await gateway.turn(conversation, Typed("hello"), "message-1")
        assert "/choose" not in str(turn.public())
        await gateway.turn(conversation, Pressed(button_id(turn)), "message-2")
        assert (await gateway.history(conversation))[2].text == "Go on"

    run(body)
    assert engine.seen[1]["payload"] == '/choose{"entry": "mediation"}'
    assert engine.seen[1]["text"] == "Go on"


def test_buttons_of_another_conversation_and_made_up_ones_are_refused(run: Run, engine: FakeEngine) -> None:
    async def body(gateway: Gateway) -> None:
        one, other = await gateway.start("web"), await gateway.start("web")
        turn = await gateway.turn(one, Typed("hello"), "message-1")
        await gateway.turn(other, Typed("hello"), "message-1")
        for wrong in (button_id(turn), "1-000000000000", "/handoff", "", "-", "9" * 50):
            with pytest.raises(ButtonUnknown):
                await gateway.turn(other, Pressed(wrong), "message-2")

    run(body)
    assert len(engine.seen) == 2


def test_the_person_button_belongs_to_every_conversation(run: Run, engine: FakeEngine) -> None:
    async def body(gateway: Gateway) -> None:
        await gateway.turn(await gateway.start("web"), Pressed(PERSON), "message-1")

    run(body)
    assert engine.seen[0]["payload"] == "/handoff"


def test_several_replies_make_one_turn_with_the_weightiest_outcome(run: Run, engine: FakeEngine) -> None:
    engine.say = lambda body: [
        {"blocks": [text("an answer")], "outcome": "answered", "entries": ["one@1"], "confidence": 0.8},
        {"blocks": [text("ring 999")], "outcome": "urgent", "entries": ["two@2"], "confidence": None},
    ]

    async def body(gateway: Gateway) -> None:
        turn = await gateway.turn(await gateway.start("web"), Typed("hello"), "message-1")
        assert (turn.outcome, turn.entries) == ("urgent", ("one@1", "two@2"))
        assert said(turn) == "an answer\n\nring 999"

    run(body)


def test_personal_details_and_file_contents_are_answered_but_not_kept(
    run: Run, engine: FakeEngine, db: Database, settings: Settings
) -> None:
    file = {"type": "file", "name": "dates.ics", "mime": "text/calendar", "label": "Calendar", "content": "bWFya2Vy"}
    item = {"field": "name", "label": "Your name", "value": "Test Parent", "basis": "said"}
    review = {"type": "review", "title": "Check", "items": [item, {**item, "field": "story", "value": "a story"}]}
    detail = {"private": "name"}
    engine.say = lambda body: [
        {"blocks": [file, review], "outcome": "asked_back", "entries": [], "confidence": None, "detail": detail}
    ]

    async def ask(gateway: Gateway) -> str:
        conversation = await gateway.start("web")
        turn = await gateway.turn(conversation, Typed("ring me on 07700 900123"), "message-1")
        assert turn.blocks[0]["content"] == "bWFya2Vy" and turn.blocks[1]["items"][0]["value"] == "Test Parent"
        assert (await gateway.history(conversation))[1].blocks == turn.blocks
        await gateway.turn(conversation, Typed("My name is Test Parent"), "message-2")
        return conversation

    conversation = run(ask)
    assert engine.seen[0]["text"] == "ring me on 07700 900123"

    async def read_later(gateway: Gateway) -> None:
        first, reply, second, _ = await gateway.history(conversation)
        assert first.text == "ring me on [phone number]"
        assert second.text == "[kept out of this record]"
        assert reply.blocks[0]["content"] == ""
        values = [item["value"] for item in reply.blocks[1]["items"]]
        assert values == ["[kept out of this record]", "a story"]

    run(read_later)


def test_nothing_that_was_said_stands_readable_in_the_database_files(
    run: Run, engine: FakeEngine, settings: Settings
) -> None:
    engine.say = lambda body: [
        {"blocks": [bullets(["marker of the reply"])], "outcome": "answered", "entries": [], "confidence": None}
    ]

    async def body(gateway: Gateway) -> None:
        await gateway.turn(await gateway.start("web"), Typed("marker of the message"), "message-1")

    run(body)
    raw = b"".join(path.read_bytes() for path in settings.data.glob("office.db*"))
    assert raw and b"marker of" not in raw


@pytest.mark.parametrize(("state", "words"), [("office", "with the office now"), ("closed", "is closed")])
def test_the_assistant_is_silent_when_the_office_has_taken_over(
    run: Run, engine: FakeEngine, db: Database, state: str, words: str
) -> None:
    async def body(gateway: Gateway) -> None:
        conversation = await gateway.start("web")
        with db.session_scope() as session:
            session.get_one(Conversation, conversation).state = state
        told = said(await gateway.turn(conversation, Typed("hello"), "message-1"))
        assert words in told and "You said" not in told

    run(body)
    assert len(engine.seen) == (1 if state == "office" else 0)


def test_danger_is_answered_even_while_the_office_has_the_conversation(
    run: Run, engine: FakeEngine, db: Database
) -> None:
    urgent = {"blocks": [text("Ring 999.")], "outcome": "urgent", "entries": [], "confidence": None}
    engine.say = lambda body: [urgent]

    async def body(gateway: Gateway) -> None:
        conversation = await gateway.start("web")
        with db.session_scope() as session:
            session.get_one(Conversation, conversation).state = "office"
        assert "Ring 999." in said(await gateway.turn(conversation, Typed("he wants to die"), "message-1"))

    run(body)


def test_a_channel_that_is_switched_off_says_why_at_once_but_an_answer_given_before_stays(
    run: Run, engine: FakeEngine, db: Database
) -> None:
    async def body(gateway: Gateway) -> None:
        conversation = await gateway.start("web")
        answered = await gateway.turn(conversation, Typed("hello"), "message-1")
        switches.switch_off(db, "web", "The office moves today.", "boss", datetime.now(UTC))
        told = await gateway.turn(conversation, Typed("hello"), "message-2")
        assert told.outcome == "held" and "The office moves today." in said(told)
        assert await gateway.turn(conversation, Typed("hello"), "message-1") == answered
        switches.switch_on(db, "web", "boss", datetime.now(UTC))
        assert (await gateway.turn(conversation, Typed("hello"), "message-2")).id == told.id
        assert (await gateway.turn(conversation, Typed("hello"), "message-3")).outcome == "answered"

    run(body)
    assert len(engine.seen) == 2
