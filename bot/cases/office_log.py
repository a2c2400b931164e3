"""The office's own log: what members did that belongs to no case, chained by hashes; and the check of every chain. Blocking."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.cases.events import START, chained_hash
from bot.store.engine import Database
from bot.store.inbox_tables import OfficeEvent
from bot.store.tables import Case, CaseEvent

OFFICE = "office"


@dataclass(frozen=True)
class Broken:
    """A place where a chain does not hold: a case's reference (or "office") and the number of the event."""

    where: str
    seq: int


@dataclass(frozen=True)
class Checked:
    """What a check of all chains found."""

    events: int
    cases: int
    broken: tuple[Broken, ...]


def record(db: Database, actor: str, kind: str, data: dict[str, Any], now: datetime) -> None:
    """Adds an event to the office's log. `data` holds no personal detail of a parent."""
    with db.session_scope() as session:
        add(session, actor, kind, data, now)


def add(session: Session, actor: str, kind: str, data: dict[str, Any], now: datetime) -> None:
    """The same in an open transaction."""
    newest = session.scalar(select(OfficeEvent).order_by(OfficeEvent.seq.desc()).limit(1).with_for_update())
    seq, before = (newest.seq + 1, newest.hash) if newest else (1, START)
    event = OfficeEvent(seq=seq, at=now, actor=actor, kind=kind, data=data, prev_hash=before)
    event.hash = chained_hash(before, OFFICE, seq, now, actor, kind, data)
    session.add(event)


def latest(db: Database, most: int = 100) -> list[OfficeEvent]:
    """The newest events of the office's log."""
    with db.read_scope() as session:
        return list(session.scalars(select(OfficeEvent).order_by(OfficeEvent.seq.desc()).limit(most)))


def check(db: Database) -> Checked:
    """Computes every chain anew: the office's log and each case's history; a case without any event is broken too."""
    broken: list[Broken] = []
    events = cases = 0
    with db.read_scope() as session:
        before, number = START, 0
        for row in session.scalars(select(OfficeEvent).order_by(OfficeEvent.seq)):
            number, events = number + 1, events + 1
            hashed = chained_hash(before, OFFICE, number, row.at, row.actor, row.kind, row.data)
            if (row.seq, row.prev_hash, row.hash) != (number, before, hashed):
                broken.append(Broken(OFFICE, row.seq))
            before = row.hash
        references = dict(session.execute(select(Case.id, Case.reference)).tuples().all())
        case_id, before, number, seen = "", START, 0, set()
        found = select(CaseEvent).order_by(CaseEvent.case_id, CaseEvent.seq).execution_options(yield_per=1000)
        for event in session.scalars(found):
            if event.case_id != case_id:
                case_id, before, number = event.case_id, START, 0
                seen.add(case_id)
                cases += 1
            number, events = number + 1, events + 1
            hashed = chained_hash(before, case_id, number, event.at, event.actor, event.kind, event.data)
            if (event.seq, event.prev_hash, event.hash) != (number, before, hashed):
                broken.append(Broken(references.get(case_id, case_id), event.seq))
            before = event.hash
        broken += [Broken(reference, 0) for key, reference in references.items() if key not in seen]
    return Checked(events, cases, tuple(broken))
