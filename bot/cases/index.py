"""Keeps what is searched and counted of each case, and moves the queue with the legal clock. Blocking.

Cases are stored by the form, which knows nothing of the inbox: `catch_up` finds those that are new here, and every open
case whose clock was last read on another day.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.orm import Session

from bot.cases import counted
from bot.cases.states import OPEN
from bot.cases.visits import append_event
from bot.store.engine import Database
from bot.store.inbox_tables import CaseFact, CaseWord
from bot.store.tables import Case

AT_ONCE = 500  # cases of one transaction, so that no writer waits long


def catch_up(db: Database, today: date, most: int = AT_ONCE) -> int:
    """Indexes new cases and reads the clock of open ones anew; returns how many were looked at, at most `most`."""
    with db.read_scope() as session:
        missing = or_(CaseFact.case_id.is_(None), (CaseFact.clock_on != today) & Case.state.in_(OPEN))
        found = select(Case.id).outerjoin(CaseFact, CaseFact.case_id == Case.id)
        waiting = list(session.scalars(found.where(missing, Case.state != "erased").limit(most)))
    if waiting:
        with db.session_scope() as session:
            for case in session.scalars(select(Case).where(Case.id.in_(waiting))):
                _index(db, session, case, today)
    return len(waiting)


def catch_up_new(db: Database, today: date) -> None:
    """The same for a page that needs new cases at once: two counts tell cheaply whether there are any."""
    with db.read_scope() as session:
        cases = session.scalar(select(func.count()).select_from(Case).where(Case.state != "erased"))
        facts = session.scalar(select(func.count()).select_from(CaseFact))
    if cases != facts:
        catch_up(db, today)


def fingerprints(db: Database, words: Iterable[str]) -> list[str]:
    """How words are stored: keyed, so that the table alone tells nobody anything."""
    return [db.vault.fingerprint(f"case word {word}")[:16] for word in words]


def _index(db: Database, session: Session, case: Case, today: date) -> None:
    summary = db.unseal_json("cases", "summary", case.id, case.sealed_summary)
    fact = session.get(CaseFact, case.id)
    if fact is None:
        contact = db.unseal_json("cases", "contact", case.id, case.sealed_contact)
        fact = _new_fact(case, summary, contact, today)
        session.add(fact)
        words = set(fingerprints(db, counted.search_words(summary, contact)))
        if words:
            session.execute(insert(CaseWord), [{"word": word, "case_id": case.id} for word in sorted(words)])
    fact.clock_on = today
    if case.state in OPEN:
        _read_clock(session, case, summary, today)


def _new_fact(case: Case, summary: dict[str, object], contact: dict[str, object], today: date) -> CaseFact:
    found = counted.counted(summary, contact, case.stage, case.issue)
    return CaseFact(case_id=case.id, month=f"{case.created_at:%Y-%m}", clock_on=today, **vars(found))


def _read_clock(session: Session, case: Case, summary: dict[str, object], today: date) -> None:
    """Sets dates and urgency as they are today. Not a change of a person's, so the version stays."""
    clock = counted.clock(summary, case.stage, case.issue, case.safeguarding, today)
    if clock is None or (clock.due_on, clock.late_on, clock.urgency) == (case.due_on, case.late_on, case.urgency):
        return
    if clock.urgency != case.urgency:
        now = datetime.now(UTC)
        append_event(session, case.id, now, "clock", "urgency", {"from": case.urgency, "to": clock.urgency})
    values = {"due_on": clock.due_on, "late_on": clock.late_on, "urgency": clock.urgency}
    session.execute(update(Case.__table__).where(Case.__table__.c.id == case.id).values(**values))  # type: ignore[arg-type]
