"""Erasure and access: everything that is kept of one case and its conversation, handed out or deleted. Blocking.

Which tables hold something is read from the database itself: every table with a `case_id` or a `conversation_id`, so that a
table added later is not forgotten. What stays of an erased case is one line without content: that it was, and when it went.
"""

import secrets
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, MetaData, Table, create_engine, delete, inspect, select, update
from sqlalchemy.orm import Session

from bot.cases.visits import append_event
from bot.store.engine import Database
from bot.store.tables import Case, OutboxRow, new_id

ERASED = "erased"
KEPT = frozenset(
    {"cases", "case_events"}
)  # the line that stays, and its chain of events, which hold no personal detail
TRACKERS = "engine_trackers"
_BLANK_WORDS = ("stage", "issue", "council", "channel", "constituency")
_BLANK_COLUMNS = ("conversation_id", "due_on", "late_on", "assigned_to", "follow_up_on", "outcome", "merged_into")


class NoSuchCase(Exception):
    """There is no case with this reference."""


@dataclass
class Erased:
    """How many rows went, by table."""

    rows: dict[str, int] = field(default_factory=dict)

    def add(self, table: str, count: int) -> None:
        """Counts rows of a table."""
        if count:
            self.rows[table] = self.rows.get(table, 0) + count


def erase_case(db: Database, reference: str, now: datetime, engine_file: Path | None = None) -> Erased:
    """Deletes everything about a case and the conversation that made it.

    Args:
        engine_file: the engine's own SQLite file, where it has one; a running engine is told through the outbox.

    Raises:
        NoSuchCase: when there is none, or it was erased before.
    """
    done = Erased()
    with db.session_scope() as session:
        case = session.scalar(select(Case).where(Case.reference == reference).with_for_update())
        if case is None or case.state == ERASED:
            raise NoSuchCase(f"There is no case {reference}.")
        conversation = case.conversation_id
        _delete_all(session, "case_id", case.id, done)
        _forget_notices(db, session, {case.id, case.reference}, done)
        if conversation and not _shared(session, conversation, case.id):
            erase_rows_of(session, conversation, done)
            _tell_the_engine(db, session, conversation, now)
        _blank(db, session, case, now)
    if conversation and engine_file is not None:
        done.add(TRACKERS, erase_tracker(engine_file, conversation))
    _let_go_of_old_pages(db.engine)
    return done


def erase_conversation(db: Database, conversation: str, now: datetime, engine_file: Path | None = None) -> Erased:
    """Deletes a conversation that made no case, with everything that hangs on it."""
    done = Erased()
    with db.session_scope() as session:
        erase_rows_of(session, conversation, done)
        _tell_the_engine(db, session, conversation, now)
    if engine_file is not None:
        done.add(TRACKERS, erase_tracker(engine_file, conversation))
    _let_go_of_old_pages(db.engine)
    return done


def erase_rows_of(session: Session, conversation: str, done: Erased) -> None:
    """Deletes a conversation's rows in every table, in the open transaction."""
    chats = _tables(session, "chat_key")
    for table in _tables(session, "conversation_id"):
        if "key" in table.c and chats:
            for key in session.execute(select(table.c.key).where(table.c.conversation_id == conversation)).scalars():
                for chat in chats:
                    done.add(chat.name, _count(session.execute(delete(chat).where(chat.c.chat_key == key))))
    _delete_all(session, "conversation_id", conversation, done)
    _delete_all(session, "conversation", conversation, done)
    conversations = _table(session, "conversations")
    if conversations is not None:
        done.add(
            "conversations", _count(session.execute(delete(conversations).where(conversations.c.id == conversation)))
        )


def subject(db: Database, reference: str) -> dict[str, Any]:
    """Everything that is held on a case and its conversation, opened: for the person it is about.

    Raises:
        NoSuchCase: when there is none.
    """
    with db.session_scope() as session:
        case = session.scalar(select(Case).where(Case.reference == reference))
        if case is None or case.state == ERASED:
            raise NoSuchCase(f"There is no case {reference}.")
        held = {"case_id": _held(db, session, "case_id", case.id)}
        if case.conversation_id:
            held["conversation_id"] = _held(db, session, "conversation_id", case.conversation_id)
        own = _table(session, "cases")
        assert own is not None  # noqa: S101 - it was just read from
        row = session.execute(select(own).where(own.c.id == case.id)).mappings().one()
        return {
            "case": _opened(db, own, dict(row)),
            "held_with_the_case": held["case_id"],
            "conversation": held.get("conversation_id", {}),
        }


def erase_tracker(file: Path, conversation: str) -> int:
    """Deletes a conversation from the engine's own SQLite file; returns how many rows went."""
    if not file.exists():
        return 0
    engine = create_engine(f"sqlite:///{file}", hide_parameters=True)
    try:
        with closing(engine.raw_connection()) as raw:
            cursor = raw.cursor()
            cursor.execute("PRAGMA secure_delete = ON")
            if not cursor.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (TRACKERS,)).fetchone():
                return 0
            count = cursor.execute(f"DELETE FROM {TRACKERS} WHERE conversation = ?", (conversation,)).rowcount  # noqa: S608
            raw.commit()
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return int(count)
    finally:
        engine.dispose()


# --- finding and deleting rows ---
def _tables(session: Session, column: str) -> list[Table]:
    """Every table with this column, those that point to others first."""
    metadata = MetaData()
    metadata.reflect(session.connection())
    return [table for table in reversed(metadata.sorted_tables) if column in table.c and table.name not in KEPT]


def _table(session: Session, name: str) -> Table | None:
    connection = session.connection()
    if not inspect(connection).has_table(name):
        return None
    return Table(name, MetaData(), autoload_with=connection)


def _delete_all(session: Session, column: str, value: str, done: Erased) -> None:
    for table in _tables(session, column):
        done.add(table.name, _count(session.execute(delete(table).where(table.c[column] == value))))


def _count(result: Any) -> int:
    return max(int(result.rowcount), 0)


def _forget_notices(db: Database, session: Session, names: set[str], done: Erased) -> None:
    """Outbox rows that name the case, in their key or in what they carry."""
    for row in session.scalars(select(OutboxRow)):
        carried = db.unseal_json("outbox", "payload", row.id, row.sealed_payload)
        told = set(map(str, carried.values())) if isinstance(carried, dict) else set()
        if told & names or any(name in row.dedupe_key for name in names):
            session.delete(row)
            done.add("outbox", 1)


def _shared(session: Session, conversation: str, case_id: str) -> bool:
    """Whether the conversation made another case that still stands."""
    other = select(Case.id).where(Case.conversation_id == conversation, Case.id != case_id, Case.state != ERASED)
    return session.scalar(other) is not None


def _tell_the_engine(db: Database, session: Session, conversation: str, now: datetime) -> None:
    """A running engine keeps recent conversations in memory; the gateway carries this out."""
    key = f"engine.erase:{conversation}"
    if session.scalar(select(OutboxRow.id).where(OutboxRow.dedupe_key == key)) is None:
        row = new_id()
        payload = db.seal_json("outbox", "payload", row, {"conversation": conversation})
        session.add(OutboxRow(id=row, kind="engine.erase", dedupe_key=key, sealed_payload=payload, next_at=now))


def _blank(db: Database, session: Session, case: Case, now: datetime) -> None:
    """What stays: that there was a case, and when it went."""
    append_event(session, case.id, now, "office", ERASED, {})
    columns = {column.name for column in Case.__table__.columns}
    values: dict[str, Any] = dict.fromkeys(_BLANK_WORDS, ERASED)
    values |= {name: None for name in _BLANK_COLUMNS if name in columns}
    values |= {"state": ERASED, "idempotency_key": secrets.token_hex(16), "updated_at": now, "safeguarding": False}
    values["sealed_summary"] = db.seal_json("cases", "summary", case.id, {})
    values["sealed_contact"] = db.seal_json("cases", "contact", case.id, {})
    session.execute(update(Case.__table__).where(Case.__table__.c.id == case.id).values(**values))  # type: ignore[arg-type]


# --- opening rows for the person they are about ---
def _held(db: Database, session: Session, column: str, value: str) -> dict[str, list[dict[str, Any]]]:
    found = {}
    for table in _tables(session, column):
        rows = session.execute(select(table).where(table.c[column] == value)).mappings().all()
        if rows:
            found[table.name] = [_opened(db, table, dict(row)) for row in rows]
    return found


def _opened(db: Database, table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """A row as text; what cannot be opened for lack of its place's name is said to be sealed."""
    return {name: _readable(db, table, name, row) for name in row if not name.endswith("_hash")}


def _readable(db: Database, table: Table, name: str, row: dict[str, Any]) -> Any:
    value = row[name]
    if isinstance(value, datetime):
        return value.replace(tzinfo=value.tzinfo or UTC).isoformat()
    if not name.startswith("sealed_") or value is None:
        return value if isinstance(value, str | int | float | bool | list | dict | type(None)) else str(value)
    return db.vault.peek(str(value))


# --- what SQLite would keep on its pages ---
def _let_go_of_old_pages(engine: Engine) -> None:
    """What is deleted is overwritten (bot/store/engine.py); old pages wait in the write-ahead log until it is emptied."""
    if engine.dialect.name != "sqlite":
        return
    with closing(engine.raw_connection()) as raw:  # outside any transaction
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
