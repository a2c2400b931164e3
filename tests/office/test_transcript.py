"""The transcript on SQLite and PostgreSQL: what is stored once stays once, in order, whoever stores it and however often."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import bindparam, func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.blocks import text as paragraph
from bot.cases import switches
from bot.settings import Settings
from bot.store import transcript
from bot.store.engine import Database
from bot.store.prepared import Prepared
from bot.store.tables import Conversation, Turn
from bot.store.transcript import ConversationGone, StoredTurn
from tests.offices import on_each
from tests.services import postgres

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    """One PostgreSQL server for the tests of this file."""
    with postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def any_db(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Database]:
    """A migrated database of each kind."""
    with on_each(request, settings) as found:
        yield found


def begun(db: Database, conversation: str, message_id: str, words: str = "hello") -> transcript.Begun:
    return transcript.begin_turn(db, conversation, message_id, words, "[hidden]", NOW)


def replied(db: Database, conversation: str, answers: int, words: str = "an answer", **detail: Any) -> StoredTurn:
    reply = {"blocks": [paragraph(words)], "outcome": "answered", "entries": ["one@1"], "confidence": 0.5}
    buttons = {f"{answers}-0": {"text": "Go on", "payload": "/go_on"}}
    return transcript.add_reply(db, conversation, answers, {**reply, "detail": detail}, buttons, NOW)


def kept(db: Database, conversation: str) -> list[StoredTurn]:
    return transcript.history(db, conversation, 0, 100)


def at_once(offices: int, deed: Callable[[int], Any]) -> list[Any]:
    """What each office got, all having begun at the same moment."""
    start = threading.Barrier(offices)

    def one(number: int) -> Any:
        start.wait(20)
        return deed(number)

    with ThreadPoolExecutor(offices) as pool:
        return list(pool.map(one, range(offices)))


@pytest.fixture
def offices(any_db: Database) -> Iterator[list[Database]]:
    """Four offices on one database, each with connections of its own."""
    found = [Database(any_db.url, any_db.vault) for _ in range(4)]
    yield found
    for one in found:
        one.close()


# --- once and in order ---
def test_a_personal_detail_stays_one_when_it_is_sent_again_or_in_two_messages(any_db: Database) -> None:
    conversation = transcript.start_conversation(any_db, "web", NOW)
    replied(any_db, conversation, begun(any_db, conversation, "message-1").seq, private=True)
    for message_id in ("message-2", "message-2", "message-3"):  # the office stopped before the reply was stored
        assert begun(any_db, conversation, message_id, "07700 900123").private
    assert [turn.text for turn in kept(any_db, conversation)][2:] == ["[hidden]", "[hidden]"]
    replied(any_db, conversation, 4)
    assert not begun(any_db, conversation, "message-4").private


def test_the_same_message_twice_gives_the_first_reply_and_one_row(any_db: Database) -> None:
    conversation = transcript.start_conversation(any_db, "web", NOW)
    first = begun(any_db, conversation, "message-1")
    assert (first.seq, first.state, first.reply) == (1, "bot", None)
    assert begun(any_db, conversation, "message-1", "other words") == first  # the engine may have died over it
    reply = replied(any_db, conversation, first.seq)
    again = begun(any_db, conversation, "message-1", "other words")
    assert again.seq == 1 and again.reply == reply == kept(any_db, conversation)[1]
    assert [turn.text for turn in kept(any_db, conversation)] == ["hello", None]


def test_a_second_reply_to_a_message_gives_the_first_and_adds_nothing(any_db: Database) -> None:
    conversation = transcript.start_conversation(any_db, "web", NOW)
    seq = begun(any_db, conversation, "message-1").seq
    first = replied(any_db, conversation, seq)
    assert replied(any_db, conversation, seq, "another answer") == first
    assert first.blocks == (paragraph("an answer"),) and (first.seq, first.answers) == (2, 1)
    assert transcript.pressed(any_db, conversation, seq, "1-0") == {"text": "Go on", "payload": "/go_on"}
    assert begun(any_db, conversation, "message-2").seq == 3


def test_the_same_message_at_several_offices_at_once_is_stored_and_answered_once(offices: list[Database]) -> None:
    conversation = transcript.start_conversation(offices[0], "web", NOW)
    assert {one.seq for one in at_once(4, lambda number: begun(offices[number], conversation, "message-1"))} == {1}
    replies = at_once(4, lambda number: replied(offices[number], conversation, 1, f"answer {number}"))
    assert len({reply.id for reply in replies}) == 1
    assert kept(offices[0], conversation)[1:] == [replies[0]] == [replies[3]]


def test_messages_at_several_offices_at_once_are_numbered_without_gap_or_clash(offices: list[Database]) -> None:
    conversation = transcript.start_conversation(offices[0], "web", NOW)

    def talk(number: int) -> None:
        for message in range(5):
            seq = begun(offices[number], conversation, f"message-{number}-{message}").seq
            replied(offices[number], conversation, seq)

    at_once(4, talk)
    turns = kept(offices[0], conversation)
    assert [turn.seq for turn in turns] == list(range(1, 41))
    asked = [turn.seq for turn in turns if turn.author == "parent"]
    assert sorted(turn.answers for turn in turns if turn.answers) == asked


# --- what a message finds ---
def test_after_a_question_for_a_personal_detail_one_message_is_hidden(any_db: Database) -> None:
    conversation = transcript.start_conversation(any_db, "web", NOW)
    replied(any_db, conversation, begun(any_db, conversation, "message-1").seq, private="name")
    name = begun(any_db, conversation, "message-2", "my name")
    replied(any_db, conversation, name.seq)
    after = begun(any_db, conversation, "message-3")
    assert (name.private, after.private) == (True, False)
    assert [turn.text for turn in kept(any_db, conversation) if turn.text] == ["hello", "[hidden]", "hello"]


def test_an_erased_conversation_takes_neither_message_nor_reply(any_db: Database) -> None:
    conversation = transcript.start_conversation(any_db, "web", NOW)
    seq = begun(any_db, conversation, "message-1").seq
    transcript.erase(any_db, conversation, True, NOW)
    assert not transcript.exists(any_db, conversation)
    with pytest.raises(ConversationGone):
        begun(any_db, conversation, "message-2")
    with pytest.raises(ConversationGone):
        replied(any_db, conversation, seq)
    with any_db.read_scope() as session:
        assert session.scalar(select(func.count()).select_from(Turn)) == 0


def test_a_switch_is_heard_by_the_very_next_message_of_its_channel(any_db: Database) -> None:
    web, telegram = (transcript.start_conversation(any_db, channel, NOW) for channel in ("web", "telegram"))
    assert begun(any_db, web, "message-1").why_off is None
    switches.switch_off(any_db, "web", "The office moves.", "boss", NOW)
    assert begun(any_db, web, "message-1").why_off == begun(any_db, web, "message-2").why_off == "The office moves."
    assert begun(any_db, telegram, "message-1").why_off is None
    switches.switch_off(any_db, "all", "Closed.", "boss", NOW)
    assert begun(any_db, web, "message-3").why_off == begun(any_db, telegram, "message-2").why_off == "Closed."
    for part in ("all", "web"):
        switches.switch_on(any_db, part, "boss", NOW)
    assert begun(any_db, web, "message-4").why_off is None


def test_what_is_said_is_dated_in_utc_and_keeps_the_conversation(any_db: Database) -> None:
    conversation = transcript.start_conversation(any_db, "web", NOW - timedelta(days=40))
    later = NOW.astimezone(timezone(timedelta(hours=1)))
    transcript.begin_turn(any_db, conversation, "message-1", "hello", "[hidden]", later)
    with any_db.read_scope() as session:
        assert session.get_one(Conversation, conversation).last_at == NOW
    assert kept(any_db, conversation)[0].at == NOW
    assert transcript.expired(any_db, NOW) == [] and transcript.expired(any_db, NOW + timedelta(seconds=1))
    with pytest.raises(ValueError, match="time zone"):
        transcript.begin_turn(any_db, conversation, "message-2", "hello", "[hidden]", NOW.replace(tzinfo=None))


# --- statements made once ---
def test_an_error_of_a_prepared_statement_is_sqlalchemys_and_shows_no_value(any_db: Database) -> None:
    conversation = transcript.start_conversation(any_db, "web", NOW)
    with pytest.raises(IntegrityError) as error:
        transcript.start_conversation(any_db, "marker", NOW, conversation)
    assert "marker" not in str(error.value) and not error.value.connection_invalidated
    assert begun(any_db, conversation, "message-1").seq == 1


def test_a_connection_that_is_lost_within_a_turn_is_not_used_again(postgres_url: str, settings: Settings) -> None:
    database = Database(postgres_url, Database.from_settings(settings).vault)
    backend = Prepared(select(func.pg_backend_pid() + bindparam("more")))

    def ended() -> None:
        with database.talk_scope() as turn:
            (pid,) = backend.row(turn, {"more": 0})
            with database.engine.begin() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid, 20000)"), {"pid": pid})
            backend.row(turn, {"more": 0})

    with pytest.raises(DBAPIError) as error:
        ended()
    assert error.value.connection_invalidated
    with database.talk_scope() as found:
        assert backend.row(found, {"more": 0}) > (0,)
    database.close()
