"""Stores cases: one submission is one case, one first event and one outbox row, all or nothing."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.cases.events import START, chained_hash
from bot.cases.reference import new_reference
from bot.store.engine import Database
from bot.store.tables import Case, CaseCode, CaseEvent, OutboxRow, new_id

SCHEMA_VERSION = 1  # of the summary; docs/case.schema.json describes each version
CLOSED = ("closed",)


@dataclass(frozen=True)
class QueueFields:
    """What the inbox orders and filters by; nothing here tells who the family is.

    `urgency`: 0 is the most urgent. `due_on`: the next legal date, if one is known.
    """

    urgency: int
    due_on: date | None
    stage: str
    issue: str
    council: str
    channel: str
    constituency: str
    safeguarding: bool = False


@dataclass(frozen=True)
class CaseRow:
    """One line of the inbox."""

    reference: str
    state: str
    queue: QueueFields
    assigned_to: str | None
    created_at: datetime


@dataclass(frozen=True)
class CaseView:
    """One case opened: its line in the inbox, and what the parent agreed to send."""

    row: CaseRow
    conversation_id: str | None
    consent_version: str
    consent_at: datetime
    summary: dict[str, Any]
    contact: dict[str, Any]
    events: tuple[tuple[datetime, str, str], ...]


def submit(
    db: Database,
    *,
    idempotency_key: str,
    conversation_id: str | None,
    summary: dict[str, Any],
    contact: dict[str, Any],
    queue: QueueFields,
    consent_version: str,
    now: datetime,
    code_hash: str | None = None,
) -> str:
    """Stores a case once and returns its reference; the same key again gives the same reference.

    Args:
        idempotency_key: one for each submission a parent confirms, at most 128 characters.
        conversation_id: the conversation it was made in, None for the plain form.
        now: the moment of consent, with its time zone.
        code_hash: the hash of the code that the parent comes back with (bot/cases/codes.py).
    """
    fixed = {
        "idempotency_key": idempotency_key,
        "conversation_id": conversation_id,
        "consent_version": consent_version,
        **vars(queue),
    }
    for _ in range(5):  # a reference met twice is a chance of one in a million millions; a rival's key is not
        try:
            with db.session_scope() as session:
                known = session.scalar(select(Case.reference).where(Case.idempotency_key == idempotency_key))
                return known or _insert(db, session, fixed, summary, contact, now, code_hash)
        except IntegrityError:
            continue
    raise RuntimeError("The case could not be stored: no free reference was found.")


def open_cases(db: Database) -> list[CaseRow]:
    """All cases that are not closed: most urgent first, then by the next legal date, then the oldest."""
    order = (Case.urgency, Case.due_on.is_(None), Case.due_on, Case.created_at)
    with db.read_scope() as session:
        return [_row(case) for case in session.scalars(select(Case).where(Case.state.not_in(CLOSED)).order_by(*order))]


def read_case(db: Database, reference: str) -> CaseView | None:
    """One case by its reference, opened; None when there is none."""
    with db.read_scope() as session:
        case = session.scalar(select(Case).where(Case.reference == reference))
        if case is None:
            return None
        found = session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.seq))
        events = tuple((event.at, event.actor, event.kind) for event in found)
    return CaseView(
        row=_row(case),
        conversation_id=case.conversation_id,
        consent_version=case.consent_version,
        consent_at=case.consent_at,
        summary=db.unseal_json("cases", "summary", case.id, case.sealed_summary),
        contact=db.unseal_json("cases", "contact", case.id, case.sealed_contact),
        events=events,
    )


def chain_breaks(db: Database, reference: str) -> list[int]:
    """The numbers of a case's events whose hash is not what it should be; empty when all are as written."""
    with db.read_scope() as session:
        found = select(CaseEvent).join(Case, Case.id == CaseEvent.case_id).where(Case.reference == reference)
        breaks, before = [], START
        for number, event in enumerate(session.scalars(found.order_by(CaseEvent.seq)), start=1):
            hashed = chained_hash(before, event.case_id, number, event.at, event.actor, event.kind, event.data)
            if (event.seq, event.prev_hash, event.hash) != (number, before, hashed):
                breaks.append(event.seq)
            before = event.hash
        return breaks


def _insert(
    db: Database,
    session: Session,
    fixed: dict[str, Any],
    summary: dict[str, Any],
    contact: dict[str, Any],
    now: datetime,
    code_hash: str | None,
) -> str:
    """Adds the case, its first event and its notice to the open transaction; returns the reference."""
    case_id, reference = new_id(), new_reference()
    case = Case(id=case_id, reference=reference, state="new", schema_version=SCHEMA_VERSION, **fixed)
    case.created_at = case.updated_at = case.consent_at = now
    case.sealed_summary = db.seal_json("cases", "summary", case_id, summary)
    case.sealed_contact = db.seal_json("cases", "contact", case_id, contact)
    session.add(case)
    session.flush()
    session.add_all([_first_event(case), _notice(db, case_id, reference, now)])
    if code_hash:
        session.add(CaseCode(case_id=case_id, code_hash=code_hash))
    return reference


def _first_event(case: Case) -> CaseEvent:
    data = {"consent": case.consent_version, "urgency": case.urgency, "stage": case.stage}
    event = CaseEvent(case_id=case.id, seq=1, at=case.created_at, actor="parent", kind="submitted", data=data)
    event.prev_hash = START
    event.hash = chained_hash(START, case.id, 1, case.created_at, "parent", "submitted", data)
    return event


def _notice(db: Database, case_id: str, reference: str, now: datetime) -> OutboxRow:
    row_id = new_id()
    payload = db.seal_json("outbox", "payload", row_id, {"case": case_id, "reference": reference})
    key = f"case.submitted:{reference}"
    return OutboxRow(id=row_id, kind="case.submitted", dedupe_key=key, sealed_payload=payload, next_at=now)


def _row(case: Case) -> CaseRow:
    queue = QueueFields(**{name: getattr(case, name) for name in QueueFields.__dataclass_fields__})
    return CaseRow(case.reference, case.state, queue, case.assigned_to, case.created_at)
