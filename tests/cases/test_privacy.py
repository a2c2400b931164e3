"""Erasure, access and retention: proven on the bytes of the files."""

import argparse
import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text, update

from bot.cases.form import Visit
from bot.cases.store import chain_breaks, read_case
from bot.cases.visits import visit
from bot.commands import purge as purge_command
from bot.commands import subject as subject_command
from bot.privacy.erasure import NoSuchCase, erase_case, erase_conversation, subject
from bot.privacy.redaction import masked_blocks
from bot.privacy.retention import Keeping, due, purge
from bot.settings import Settings, SettingWrong
from bot.store.engine import Database
from bot.store.tables import Case, CaseAddition, CaseCode, Conversation, OutboxRow, Turn, UserSession
from bot.store.transcript import add_reply, begin_turn, expired, start_conversation
from tests.cases.sending import MARKERS, made_submission, store
from tests.cases.talking import CODE, NOW, Talk

LATER = NOW + timedelta(minutes=5)


def conversation_with_case(db: Database) -> tuple[str, str]:
    """A conversation with turns, and the case that it made; returns both ids."""
    conversation = start_conversation(db, "web", NOW)
    turn = begin_turn(db, conversation, "m1", "This is the marker of the story", "hidden", NOW)
    reply = {
        "blocks": [{"type": "text", "text": "Sam Markerton"}],
        "outcome": "answered",
        "entries": [],
        "confidence": None,
    }
    add_reply(db, conversation, turn.seq, reply, {}, NOW)
    reference = store(db, made_submission(conversation=conversation))
    visit(db, conversation, Visit("add", reference, None, "More on the marker of the story."), NOW)
    return conversation, reference


def tracker_file(folder: Path, conversation: str) -> Path:
    """The engine's own file, with the conversation's tracker in plain (worse than it ever is)."""
    path = folder / "engine.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE engine_trackers (conversation TEXT PRIMARY KEY, sealed_events TEXT, saved_at FLOAT)")
        )
        for name in (conversation, "other"):
            connection.execute(
                text("INSERT INTO engine_trackers VALUES (:c, :e, 0)"), {"c": name, "e": f"tracker of {name}"}
            )
    engine.dispose()
    return path


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and "secrets" not in path.parts)


def sealed_values(db: Database, conversation: str) -> list[str]:
    """What is stored of the family, as it is stored."""
    with db.read_scope() as session:
        found = [*session.scalars(select(Case.sealed_summary)), *session.scalars(select(Case.sealed_contact))]
        found += [*session.scalars(select(CaseAddition.sealed_text)), *session.scalars(select(CaseCode.code_hash))]
        found += [value for value in session.scalars(select(Turn.sealed_text)) if value]
        found += [value for value in session.scalars(select(Turn.sealed_blocks)) if value]
        return [*found, *session.scalars(select(OutboxRow.sealed_payload)), conversation]


def test_after_an_erasure_no_byte_of_it_is_left_sealed_or_plain(
    db: Database, installed: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    conversation, reference = conversation_with_case(db)
    engine_file = tracker_file(installed.data, conversation)
    marks = [value.encode() for value in sealed_values(db, conversation)]
    assert all(mark[:40] in bytes_of(installed.data) for mark in marks)
    erase_case(db, reference, LATER, engine_file)
    with db.session_scope() as session:  # the engine has been told, and the row that told it goes with that
        session.execute(text("DELETE FROM outbox WHERE kind = 'engine.erase'"))
    db.close()
    left = bytes_of(installed.data)
    assert not [mark[:60] for mark in marks if mark in left]
    assert not [marker for marker in MARKERS if marker.encode() in left or marker in caplog.text]
    assert b"tracker of other" in left


def test_one_line_without_content_stays_and_its_chain_holds(any_db: Database) -> None:
    conversation, reference = conversation_with_case(any_db)
    erase_case(any_db, reference, LATER)
    view = read_case(any_db, reference)
    assert view is not None
    assert (view.row.state, view.summary, view.contact, view.conversation_id) == ("erased", {}, {}, None)
    assert (view.row.queue.stage, view.row.queue.council, view.row.queue.due_on) == ("erased", "erased", None)
    assert [kind for _, _, kind in view.events] == ["submitted", "added", "erased"]
    assert chain_breaks(any_db, reference) == []
    with any_db.read_scope() as session:
        assert session.get(Conversation, conversation) is None
        for table in (Turn, CaseAddition, CaseCode):
            assert session.scalars(select(table)).all() == []
        assert session.scalars(select(OutboxRow.kind)).all() == ["engine.erase"]


def test_an_erased_case_opens_with_no_code_and_is_not_erased_twice(any_db: Database) -> None:
    _, reference = conversation_with_case(any_db)
    erase_case(any_db, reference, LATER)
    assert visit(any_db, "d" * 32, Visit("status", reference, CODE), LATER).trouble == "wrong"
    with pytest.raises(NoSuchCase):
        erase_case(any_db, reference, LATER)


def test_another_family_is_untouched(any_db: Database) -> None:
    other_conversation, other = conversation_with_case(any_db)
    with any_db.session_scope() as session:
        session.execute(update(Case).values(idempotency_key="another"))
    _, reference = conversation_with_case(any_db)
    erase_case(any_db, reference, LATER)
    view = read_case(any_db, other)
    assert view is not None
    assert view.contact["name"]["value"] == "Sam Markerton"
    assert visit(any_db, other_conversation, Visit("status", other, CODE), LATER).trouble == ""


def test_all_that_is_held_is_handed_out_in_readable_form(any_db: Database) -> None:
    _, reference = conversation_with_case(any_db)
    told = json.dumps(subject(any_db, reference), ensure_ascii=False)
    for part in ("Sam Markerton", "marker of the story", "More on the marker", reference):
        assert part in told
    assert "argon2" not in told


def test_a_conversation_without_a_case_goes_whole(any_db: Database) -> None:
    conversation = start_conversation(any_db, "web", NOW)
    begin_turn(any_db, conversation, "m1", "hello", "hidden", NOW)
    erase_conversation(any_db, conversation, LATER)
    with any_db.read_scope() as session:
        assert session.scalars(select(Conversation)).all() == []
        assert session.scalars(select(Turn)).all() == []


# --- retention ---
def test_only_what_is_old_enough_and_finished_goes(any_db: Database) -> None:
    _, reference = conversation_with_case(any_db)
    silent = start_conversation(any_db, "web", NOW)
    fresh = start_conversation(any_db, "web", NOW + timedelta(days=25))
    now = NOW + timedelta(days=31)
    assert due(any_db, Keeping(), now).conversations == (silent,)
    assert expired(any_db, now - timedelta(days=30)) == [silent]
    purge(any_db, Keeping(), now)
    view = read_case(any_db, reference)
    assert view is not None
    assert view.row.state == "new"
    with any_db.read_scope() as session:
        assert session.get(Conversation, silent) is None
        assert session.get(Conversation, fresh) is not None


def test_a_finished_case_goes_after_its_year_and_an_open_one_never(any_db: Database) -> None:
    _, reference = conversation_with_case(any_db)
    now = NOW + timedelta(days=400)
    assert due(any_db, Keeping(), now).cases == ()
    with any_db.session_scope() as session:
        session.execute(update(Case).values(state="closed", updated_at=NOW))
    assert due(any_db, Keeping(case_days=500), now).cases == ()
    assert purge(any_db, Keeping(), now).cases == (reference,)
    view = read_case(any_db, reference)
    assert view is not None
    assert view.row.state == "erased"


def test_deliveries_that_are_done_and_logins_that_ended_go_as_well(db: Database) -> None:
    conversation_with_case(db)
    with db.session_scope() as session:
        session.execute(update(OutboxRow).values(state="done"))
        session.execute(
            text(
                "INSERT INTO users (id, email, password_hash, role, disabled, totp_on, totp_step, created_at) VALUES ('u', 'a@example.org', 'x', 'viewer', 0, 0, 0, '2026-01-01')"
            )
        )
        session.add(UserSession(id="s", user_id="u", csrf="c", idle_until=NOW, ends_at=NOW))
    found = purge(db, Keeping(), NOW + timedelta(days=40))
    assert (found.deliveries, found.sessions) == (2, 1)
    assert due(db, Keeping(), NOW + timedelta(days=40)).deliveries == 0


def test_a_dry_run_deletes_nothing_and_names_nobody(
    db: Database, installed: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SEND_DESK_DATA", str(installed.data))
    old = start_conversation(db, "web", datetime.now(UTC) - timedelta(days=60))
    purge_command.run(argparse.Namespace(dry_run=True))
    assert "would go: 1 conversations" in capsys.readouterr().out
    with db.read_scope() as session:
        assert session.get(Conversation, old) is not None
    purge_command.run(argparse.Namespace(dry_run=False))
    out = capsys.readouterr().out
    assert "gone: 1 conversations" in out
    assert old not in out


def test_the_office_hands_out_and_deletes_by_command(
    db: Database, installed: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SEND_DESK_DATA", str(installed.data))
    _, reference = conversation_with_case(db)
    parser = argparse.ArgumentParser()
    subject_command.register(parser.add_subparsers())
    exported = parser.parse_args(["subject", "export", reference.lower()])
    assert exported.run(exported) == 0
    assert "Sam Markerton" in capsys.readouterr().out
    erased = parser.parse_args(["subject", "erase", reference, "--yes"])
    assert erased.run(erased) == 0
    assert erased.run(erased) == 1
    assert "no case" in capsys.readouterr().err


@pytest.mark.parametrize("days", ["0", "many", "-3", "99999"])
def test_a_number_of_days_that_cannot_be_is_refused(days: str) -> None:
    with pytest.raises(SettingWrong, match="Mend"):
        Keeping.from_environment({"SEND_DESK_CASE_DAYS": days})


def test_the_code_of_a_case_is_kept_out_of_the_stored_conversation() -> None:
    block = {"type": "reference", "reference": "SD-7KQ4-XM2P", "code": "1234 5678"}
    assert masked_blocks([block], "hidden") == [{**block, "code": "hidden"}]


def test_no_reply_of_the_form_leaves_a_name_or_a_contact_in_the_stored_conversation() -> None:
    talk = Talk().agree()
    for said in ("I'm Sam Markerton, sam.markerton@example.org, year 5", "SK3 8AB", "go back", "SK3 8AB", "my number is 07700 900123", "change my name",
                 "Sam Markerton", "my email is sam.markerton@example.org", "show me", "skip"):  # fmt: skip
        talk.say(said)
        stored = json.dumps(masked_blocks(talk.last.reply["blocks"], "hidden"))
        assert not [marker for marker in ("Markerton", "sam.m", "07700", "SK3 8AB") if marker in stored], stored
