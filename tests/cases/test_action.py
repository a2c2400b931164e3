"""The Rasa action around the form: slots and loop as Rasa wants them, the case in the records, faults told to the parent."""

import asyncio
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import event, select

from actions import case_form
from actions.case_form import CaseForm
from bot.cases.store import open_cases, read_case
from bot.cases.visits import open_case_of
from bot.channels.render import plain
from bot.settings import Settings
from bot.store.engine import Database
from bot.store.tables import Case, CaseEvent, OutboxRow

CONVERSATION = "c" * 32
ANSWERS = ("Sam Test", "sam@example.org", "SK3 8AB", "/skip", "year 5", "Nobody answers and the therapy has stopped.", "/skip", "/skip",
           "/skip", "/skip", "The therapy in the plan", "/skip", "/skip", "/skip", "/skip", "/skip")  # fmt: skip


class Rasa:
    """Stands for the engine: keeps slots and loop between calls of the action."""

    def __init__(self) -> None:
        self.slots: dict[str, Any] = {}
        self.loop: str | None = None
        self.events: list[dict[str, Any]] = []

    def hear(self, said: str, intent: str = "", channel: str = "web") -> str:
        """One message; returns all that the parent reads."""
        name = said[1:] if said.startswith("/") else intent
        message = {
            "text": said,
            "intent": {"name": name, "confidence": 1.0 if name else 0.2},
            "entities": [],
            "metadata": {"today": "2026-11-23", "channel": channel},
        }
        self.events.append({"event": "user", "parse_data": message})
        tracker = Tracker(
            CONVERSATION, dict(self.slots), message, list(self.events), False, None, {"name": self.loop}, None
        )
        dispatcher = CollectingDispatcher()
        for made in asyncio.run(CaseForm().run(dispatcher, tracker, {})):
            if made["event"] == "slot":
                self.slots[str(made["name"])] = made["value"]
            elif made["event"] == "active_loop":
                self.loop = made["name"]
        return "\n".join(plain(sent["custom"]["blocks"]) for sent in dispatcher.messages)

    def up_to_review(self, more: str = "") -> str:
        self.hear("/handoff")
        read = self.hear("/affirm")
        for answer in ANSWERS:
            read = self.hear(answer + more if answer.startswith("Nobody") else answer)
        return read


@pytest.fixture
def rasa(installed: Settings, db: Database, monkeypatch: pytest.MonkeyPatch) -> Rasa:
    """The action, bound to a temporary installation."""
    monkeypatch.setattr(case_form, "settings", lambda: installed)
    monkeypatch.setattr(case_form, "database", lambda: db)
    return Rasa()


def test_a_conversation_becomes_one_case_with_reference_and_code(rasa: Rasa, db: Database) -> None:
    assert "Shall I send it" in rasa.up_to_review()
    assert open_cases(db) == []
    read = rasa.hear("/send")
    row = open_cases(db)[0]
    assert row.reference in read
    assert rasa.loop is None
    view = read_case(db, row.reference)
    assert view is not None
    assert view.contact["email"]["value"] == "sam@example.org"
    assert view.conversation_id == CONVERSATION
    assert view.consent_version == "2026-11-1"


def test_the_code_that_is_shown_opens_the_case(rasa: Rasa, db: Database) -> None:
    rasa.up_to_review()
    read = rasa.hear("/send")
    code = "".join(sign for sign in read.split("code:")[1][:12] if sign.isdigit())
    assert len(code) == 8
    stranger = Rasa()
    stranger.hear("/case_status")
    assert "in the queue" in stranger.hear(f"{open_cases(db)[0].reference} {code}") or open_case_of(db, CONVERSATION)


def test_sending_twice_at_once_makes_one_case_and_shows_one_code(rasa: Rasa, db: Database) -> None:
    rasa.up_to_review()
    again = Rasa()
    again.slots, again.loop = dict(rasa.slots), rasa.loop
    one, other = rasa.hear("/send"), again.hear("/send")
    assert one == other
    assert len(open_cases(db)) == 1


def test_the_slots_hold_nothing_of_the_family_after_sending(rasa: Rasa) -> None:
    rasa.up_to_review()
    rasa.hear("/send")
    assert "sam@example.org" not in str(rasa.slots)
    assert "Sam Test" not in str(rasa.slots)


def test_a_full_disk_is_told_nothing_is_half_written_and_sending_again_works(
    rasa: Rasa, db: Database, installed: Settings
) -> None:
    rasa.up_to_review(more=" And then nothing more happened." * 80)  # more than the empty table has room for
    db.engine.dispose()
    with closing(sqlite3.connect(installed.data / "office.db")) as packed:
        packed.execute("VACUUM")  # no free page is left

    def full(connection: Any, record: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}").close()

    event.listen(db.engine, "connect", full)
    read = rasa.hear("/send")
    assert "could not store" in read
    assert "0161 480 0833" in read
    event.remove(db.engine, "connect", full)
    db.engine.dispose()
    with db.read_scope() as session:
        assert [session.scalars(select(table)).all() for table in (Case, CaseEvent, OutboxRow)] == [[], [], []]
    assert rasa.loop == "case_form"
    assert open_cases(db) == []
    assert "is with the office" in rasa.hear("send")
    assert len(open_cases(db)) == 1


def test_a_locked_database_is_told_and_sending_again_works(rasa: Rasa, db: Database, installed: Settings) -> None:
    rasa.up_to_review()
    event.listen(
        db.engine, "connect", lambda connection, record: connection.execute("PRAGMA busy_timeout = 50").close()
    )
    db.engine.dispose()
    other = sqlite3.connect(installed.data / "office.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert "could not store" in rasa.hear("/send")
    other.execute("ROLLBACK")
    other.close()
    assert "is with the office" in rasa.hear("/send")


def test_no_log_line_holds_what_a_parent_wrote(
    rasa: Rasa, db: Database, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level("DEBUG")
    rasa.up_to_review()

    def broken(*arguments: Any, **more: Any) -> None:
        raise RuntimeError("Sam Test sam@example.org")

    monkeypatch.setattr(case_form, "submit", broken)
    assert "could not store" in rasa.hear("/send")
    assert "sam@example.org" not in caplog.text
    assert "Sam Test" not in caplog.text
    assert "RuntimeError" in caplog.text


def test_adding_in_the_same_conversation_needs_no_code(rasa: Rasa, db: Database) -> None:
    rasa.up_to_review()
    rasa.hear("/send")
    assert "What would you like to add" in rasa.hear("/case_add")
    assert "I have added that" in rasa.hear("The review is on 3 December.")
    assert rasa.loop is None
    with db.read_scope() as session:
        assert session.scalars(select(CaseEvent.kind).order_by(CaseEvent.seq)).all() == ["submitted", "added"]


def test_withdrawing_in_the_same_conversation(rasa: Rasa, db: Database) -> None:
    rasa.up_to_review()
    rasa.hear("/send")
    rasa.hear("/case_withdraw")
    assert "has been withdrawn" in rasa.hear("yes")
    assert open_case_of(db, CONVERSATION) is None


def test_a_letter_asked_for_in_the_middle_goes_to_the_letter_form(rasa: Rasa) -> None:
    rasa.hear("/handoff")
    rasa.hear("/affirm")
    message = {
        "text": "/letter",
        "intent": {"name": "letter", "confidence": 1.0},
        "entities": [],
        "metadata": {"today": "2026-11-23"},
    }
    tracker = Tracker(CONVERSATION, dict(rasa.slots), message, [], False, None, {"name": "case_form"}, None)
    events = asyncio.run(CaseForm().run(CollectingDispatcher(), tracker, {}))
    assert ("followup", "letter_form") in [(made["event"], made.get("name")) for made in events]
