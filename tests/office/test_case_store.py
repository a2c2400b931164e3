"""Cases in the store, on SQLite and on PostgreSQL: stored once, sealed, ordered, and never rewritten."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from bot.cases.reference import ALPHABET, new_reference
from bot.cases.store import QueueFields, chain_breaks, open_cases, read_case, submit
from bot.privacy.crypto import SealBroken
from bot.settings import Settings
from bot.store.engine import Database
from bot.store.tables import Base, Case, CaseEvent, OutboxRow
from tests.offices import migrated, on_each
from tests.services import postgres

NOW = datetime(2026, 11, 23, 21, 5, tzinfo=UTC)
QUEUE = QueueFields(
    urgency=2, due_on=date(2026, 12, 7), stage="appeal", issue="refusal", council="Stockport", channel="web",
    constituency="Stockport",
)  # fmt: skip


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Database]:
    with on_each(request, settings) as found:
        yield found


def send(db: Database, key: str = "one", queue: QueueFields = QUEUE, **other: Any) -> str:
    values = {
        "conversation_id": "c" * 32,
        "summary": {"story": "marker of the story"},
        "contact": {"name": "Test Parent", "email": "parent@example.org"},
        "consent_version": "2026-11",
        "now": NOW,
    }
    return submit(db, idempotency_key=key, queue=queue, **{**values, **other})


def count(db: Database, table: type[Base]) -> int:
    with db.read_scope() as session:
        return len(session.scalars(select(table)).all())


def test_one_submission_is_one_case_one_event_and_one_outbox_row(db: Database) -> None:
    reference = send(db)
    assert (count(db, Case), count(db, CaseEvent), count(db, OutboxRow)) == (1, 1, 1)
    view = read_case(db, reference)
    assert view is not None
    assert view.summary == {"story": "marker of the story"}
    assert view.contact["name"] == "Test Parent"
    assert view.row.queue == QUEUE
    assert view.consent_at == view.row.created_at == NOW


def test_the_same_key_gives_the_same_reference_and_no_second_case(db: Database) -> None:
    assert send(db) == send(db, summary={"story": "sent again"})
    assert (count(db, Case), count(db, CaseEvent), count(db, OutboxRow)) == (1, 1, 1)


def test_ten_submissions_at_once_with_one_key_make_one_case(db: Database) -> None:
    with ThreadPoolExecutor(10) as pool:
        references = set(pool.map(lambda _: send(db), range(10)))
    assert len(references) == 1
    assert count(db, Case) == 1


def test_a_failure_on_the_way_leaves_nothing_behind(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.cases.store._notice", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        send(db)
    assert (count(db, Case), count(db, CaseEvent), count(db, OutboxRow)) == (0, 0, 0)


def test_the_inbox_is_ordered_by_urgency_then_by_due_date_then_by_age(db: Database) -> None:
    fields = [(2, None), (2, date(2026, 12, 20)), (1, None), (2, date(2026, 12, 1))]
    sent = [
        send(db, f"key {number}", QueueFields(**{**vars(QUEUE), "urgency": urgency, "due_on": due}))
        for number, (urgency, due) in enumerate(fields)
    ]
    assert [row.reference for row in open_cases(db)] == [sent[2], sent[3], sent[1], sent[0]]


def test_the_database_refuses_to_change_or_delete_a_case_event(db: Database) -> None:
    reference = send(db)
    for statement in ("UPDATE case_events SET actor = 'x'", "DELETE FROM case_events"):
        with pytest.raises(DBAPIError, match="only be added to"), db.session_scope() as session:
            session.execute(text(statement))
    assert chain_breaks(db, reference) == []


def test_a_changed_event_breaks_the_chain(db: Database) -> None:
    reference = send(db)
    with db.session_scope() as session:
        drop = "DROP TRIGGER case_events_no_update" if db.url.startswith("sqlite") else (
            "ALTER TABLE case_events DISABLE TRIGGER ALL"
        )  # fmt: skip
        session.execute(text(drop))
        session.execute(update(CaseEvent).values(actor="caseworker"))
    assert chain_breaks(db, reference) == [1]


def test_a_sealed_summary_moved_to_another_case_is_refused(db: Database) -> None:
    one, other = send(db, "one"), send(db, "two", summary={"story": "another family's"})
    with db.session_scope() as session:
        sealed = session.scalar(select(Case.sealed_summary).where(Case.reference == other))
        session.execute(update(Case).where(Case.reference == one).values(sealed_summary=sealed))
    with pytest.raises(SealBroken):
        read_case(db, one)


def test_an_error_of_the_database_shows_no_values(db: Database) -> None:
    send(db)
    with pytest.raises(DBAPIError) as error, db.session_scope() as session:
        session.execute(text("INSERT INTO users (id) VALUES (:x)"), {"x": "marker-of-a-person"})
    assert "marker-of-a-person" not in str(error.value).split("[SQL")[1]


def test_migrating_twice_changes_nothing_and_matches_the_tables(db: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    db.migrate()
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_nothing_personal_stands_readable_in_the_sqlite_files(settings: Settings) -> None:
    database = Database.from_settings(settings)
    database.migrate()
    send(database)
    raw = b"".join(path.read_bytes() for path in settings.data.glob("office.db*"))
    database.close()
    assert raw
    for marker in (b"marker of the story", b"Test Parent", b"parent@example.org"):
        assert marker not in raw


def test_references_have_their_form_and_do_not_repeat() -> None:
    made = {new_reference() for _ in range(2000)}
    assert len(made) == 2000
    assert len(ALPHABET) == 32 and not set("IO01") & set(ALPHABET)
    assert all(reference[:3] == "SD-" and len(reference) == 12 for reference in made)


def test_a_case_is_flushed_to_disk_and_talk_is_not_waited_for(settings: Settings) -> None:
    """SQLite's `synchronous`: 2 is FULL, 1 is NORMAL (sqlite.org/pragma.html); each use of a kept connection sets its own."""
    with migrated(Database.from_settings(settings)) as found:
        for _ in range(2):
            with found.talk_scope() as talk:
                assert talk.exec_driver_sql("PRAGMA synchronous").scalar() == 1
            with found.session_scope() as session:
                assert session.connection().exec_driver_sql("PRAGMA synchronous").scalar() == 2
