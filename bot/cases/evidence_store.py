"""Reads from the database what the evidence counts: groups of cases, never a case. Blocking."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select

from bot.cases.evidence import Counts, coded, months
from bot.outcomes import Outcome
from bot.store.engine import Database
from bot.store.inbox_tables import CaseFact
from bot.store.tables import Case, Turn

NOT_COUNTED = ("merged", "erased", "misdirected")  # doubles, what a family took back, and other MPs' constituents
_UNANSWERED = (Outcome.FAILED.value, Outcome.ASKED_BACK.value, Outcome.HELD.value)


_Key = tuple[date, int | None, int | None, datetime | None]
_last: dict[str, tuple[_Key, Counts]] = {}  # of each database: the page, its charts and files ask one after the other


def collect(db: Database, today: date) -> Counts:
    """The counts of the whole months before this day; read again only when a case came, or left the counts or came back."""
    key = _key(db, today)
    if db.url not in _last or _last[db.url][0] != key:
        _last[db.url] = (key, _collect(db, today))
    return _last[db.url][1]


def _key(db: Database, today: date) -> _Key:
    """What changes whenever the counts may: facts are only added, and a case that leaves the counts is the last one changed."""
    out = select(func.count(), func.max(Case.updated_at)).where(Case.state.in_(NOT_COUNTED))
    with db.read_scope() as session:
        facts = session.scalar(select(func.count()).select_from(CaseFact))
        left, latest = session.execute(out).one()
    return today, facts, left, latest


def _collect(db: Database, today: date) -> Counts:
    fact, case = CaseFact, Case
    columns = (case.stage, case.issue, fact.month, case.council, fact.area, fact.days_late, fact.camhs, fact.therapy)
    found = (
        select(*columns, func.count())
        .join(case, case.id == fact.case_id)
        .where(fact.month.in_(months(today)), case.state.not_in(NOT_COUNTED))
        .group_by(*columns)
    )
    with db.read_scope() as session:
        return coded(list(session.execute(found).tuples()), today)


def unanswered(db: Database, now: datetime) -> int:
    """How often the assistant had no answer in the last 30 days, to the nearest ten."""
    since = now.astimezone(UTC) - timedelta(days=30)
    with db.read_scope() as session:
        found = select(func.count()).select_from(Turn).where(Turn.outcome.in_(_UNANSWERED), Turn.at >= since)
        return round(int(session.scalar(found) or 0) / 10) * 10
