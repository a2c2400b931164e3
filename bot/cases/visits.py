"""What a parent does with a sent case: looks, adds, withdraws. Each act is one transaction with its event. Blocking."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from bot.cases.codes import matches
from bot.cases.events import START, chained_hash
from bot.cases.step import Visit, Visited
from bot.limits import CODE_LOCK_MINUTES, CODE_TRIES
from bot.store.engine import Database
from bot.store.prepared import Prepared
from bot.store.tables import Case, CaseAddition, CaseCode, CaseEvent, OutboxRow, new_id

OVER = frozenset({"withdrawn", "erased", "merged", "misdirected"})
_WAKES = frozenset({"waiting_parent", "resolved", "closed"})  # the parent has written: there is work again
_FINISHED = OVER | {"closed"}
_OPEN_CASE = Prepared(  # every message of a form asks
    select(Case.reference)
    .where(Case.conversation_id == bindparam("of"), *(Case.state != finished for finished in sorted(_FINISHED)))
    .order_by(Case.created_at.desc())
    .limit(1)
)


def open_case_of(db: Database, conversation_id: str) -> str | None:
    """The reference of the newest open case that a conversation made."""
    with db.reading() as connection:
        found = _OPEN_CASE.row(connection, {"of": conversation_id})
    return str(found[0]) if found else None


def visit(db: Database, conversation_id: str, wanted: Visit, now: datetime) -> Visited:
    """Does what the parent wants with her case, or says why not.

    Args:
        conversation_id: without a code, only a case that this conversation made is hers.
    """
    with db.session_scope() as session:
        case = session.scalar(select(Case).where(Case.reference == wanted.reference).with_for_update())
        trouble = _trouble(session, case, conversation_id, wanted, now)
        if trouble is not None or case is None:
            return trouble or Visited("wrong")
        if wanted.act in ("add", "withdraw") and case.state in OVER:
            return Visited("over", case.state)
        if wanted.act == "add":
            _add(db, session, case, wanted.text, now)
        elif wanted.act == "withdraw":
            _withdraw(db, session, case, now)
        return Visited("", case.state, case.created_at.date(), case.due_on)


def _trouble(session: Session, case: Case | None, conversation_id: str, wanted: Visit, now: datetime) -> Visited | None:
    """None where the parent may go on; a case that is not there reads like a wrong code."""
    if wanted.code is None:
        return None if case is not None and case.conversation_id == conversation_id else Visited("wrong")
    stored = session.get(CaseCode, case.id) if case is not None else None
    if stored is None:
        return Visited("wrong")
    if stored.locked_until is not None and stored.locked_until > now:
        return Visited("locked", minutes=1 + int((stored.locked_until - now).total_seconds() // 60))
    if matches(stored.code_hash, wanted.code):
        stored.wrong, stored.locked_until = 0, None
        return None
    return _wrong(stored, now)


def _wrong(stored: CaseCode, now: datetime) -> Visited:
    stored.wrong += 1
    if stored.wrong < CODE_TRIES:
        return Visited("wrong")
    stored.wrong, stored.locked_until = 0, now + timedelta(minutes=CODE_LOCK_MINUTES)
    return Visited("locked", minutes=CODE_LOCK_MINUTES)


def _add(db: Database, session: Session, case: Case, text: str, now: datetime) -> None:
    addition = new_id()
    sealed = db.vault.seal("case_additions", "text", addition, text)
    session.add(CaseAddition(id=addition, case_id=case.id, at=now, sealed_text=sealed))
    seq = append_event(session, case.id, now, "parent", "added", {"addition": addition})
    if case.state in _WAKES:
        append_event(session, case.id, now, "parent", "moved", {"from": case.state, "to": "in_progress"})
        case.state = "in_progress"
    case.updated_at = now
    _notice(db, session, case, "case.added", seq, now)


def _withdraw(db: Database, session: Session, case: Case, now: datetime) -> None:
    seq = append_event(session, case.id, now, "parent", "withdrawn", {"from": case.state, "to": "withdrawn"})
    case.state, case.updated_at = "withdrawn", now
    _notice(db, session, case, "case.withdrawn", seq, now)


def append_event(session: Session, case_id: str, at: datetime, actor: str, kind: str, data: dict[str, Any]) -> int:
    """Adds an event to a case's chain in the open transaction; returns its number. `data` holds no personal detail."""
    newest = session.scalar(
        select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.seq.desc()).limit(1)
    )
    seq, before = (newest.seq + 1, newest.hash) if newest else (1, START)
    event = CaseEvent(case_id=case_id, seq=seq, at=at, actor=actor, kind=kind, data=data, prev_hash=before)
    event.hash = chained_hash(before, case_id, seq, at, actor, kind, data)
    session.add(event)
    session.flush()
    return seq


def additions(db: Database, reference: str) -> list[tuple[datetime, str]]:
    """What the parent added to a case, oldest first, opened."""
    with db.read_scope() as session:
        found = select(CaseAddition).join(Case, Case.id == CaseAddition.case_id).where(Case.reference == reference)
        rows = session.scalars(found.order_by(CaseAddition.at)).all()
        return [(row.at, db.vault.unseal("case_additions", "text", row.id, row.sealed_text)) for row in rows]


def count_additions(db: Database, reference: str) -> int:
    """How many additions a case has."""
    with db.read_scope() as session:
        found = select(func.count()).select_from(CaseAddition).join(Case, Case.id == CaseAddition.case_id)
        return int(session.scalar(found.where(Case.reference == reference)) or 0)


def _notice(db: Database, session: Session, case: Case, kind: str, seq: int, now: datetime) -> None:
    row = new_id()
    payload = db.seal_json("outbox", "payload", row, {"case": case.id, "reference": case.reference})
    key = f"{kind}:{case.reference}:{seq}"
    session.add(OutboxRow(id=row, kind=kind, dedupe_key=key, sealed_payload=payload, next_at=now))
