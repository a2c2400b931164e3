"""The queue of cases: filters, search, counts and pages, ordered by the legal clock. Blocking."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Select, case, exists, false, func, select, true

from bot.cases import counted
from bot.cases.index import fingerprints
from bot.cases.states import OPEN, STATES
from bot.store.engine import Database
from bot.store.inbox_tables import CaseTag, CaseWord
from bot.store.tables import Case

PAGE = 25
VIEWS = {
    "open": "All open",
    "mine": "Mine",
    "unassigned": "Not taken",
    "late": "Past a legal date",
    "week": "Due in 7 days",
    "follow": "To follow up",
    "safeguarding": "Safeguarding",
    "done": "Finished",
}
_REFERENCE = re.compile(r"(?:SD-?)?([A-Z2-9]{4})-?([A-Z2-9]{4})", re.I)


@dataclass(frozen=True)
class Filters:
    """What is shown; every field as the page's address carries it. Unknown values are dropped."""

    view: str = "open"
    state: str = ""
    stage: str = ""
    issue: str = ""
    council: str = ""
    channel: str = ""
    tag: str = ""
    q: str = ""
    page: int = 1

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "Filters":
        """Reads an address; whatever cannot be read is left out."""
        page = query.get("page", "1")
        found = {field.name: query.get(field.name, "").strip()[:100] for field in fields(cls) if field.name != "page"}
        found["view"] = found["view"] if found["view"] in VIEWS else "open"
        found["state"] = found["state"] if found["state"] in STATES else ""
        return cls(**found, page=int(page) if re.fullmatch(r"[1-9]\d{0,5}", page, re.A) else 1)

    def query(self, **changed: Any) -> str:
        """The address's query with some fields changed; a changed filter begins at page 1."""
        told = replace(self, **{"page": 1, **changed})
        return urlencode({k: v for k, v in vars(told).items() if v and (k, v) not in (("page", 1), ("view", "open"))})

    @property
    def narrowed(self) -> bool:
        """Whether anything but the view narrows the list."""
        return any((self.state, self.stage, self.issue, self.council, self.channel, self.tag, self.q))


@dataclass(frozen=True)
class Line:
    """One case in the list. `late_on`: the oldest limit that was missed, where there is one."""

    id: str
    reference: str
    state: str
    urgency: int
    due_on: date | None
    late_on: date | None
    stage: str
    issue: str
    council: str
    channel: str
    safeguarding: bool
    assigned_to: str | None
    created_at: datetime
    follow_up_on: date | None


@dataclass(frozen=True)
class Page:
    """One page of the list; `total` is how many cases there are on all pages."""

    lines: tuple[Line, ...]
    total: int
    number: int
    pages: int


def page(db: Database, filters: Filters, user_id: str, today: date) -> Page:
    """The cases of one page: safeguarding first, then the most urgent, then the nearest legal date, then the oldest."""
    where = _where(db, filters, user_id, today)
    with db.read_scope() as session:
        total = session.scalar(select(func.count()).select_from(Case).where(*where)) or 0
        pages = max(1, -(-total // PAGE))
        number = min(filters.page, pages)
        ids = list(session.scalars(_ordered(where, Case.id).limit(PAGE).offset((number - 1) * PAGE)))
        lines = tuple(Line(*row) for row in session.execute(_ordered([Case.id.in_(ids)], *_COLUMNS)))
    return Page(lines, total, number, pages)


def every(db: Database, filters: Filters, user_id: str, today: date) -> list[Line]:
    """All cases of a filtered list, for an export."""
    with db.read_scope() as session:
        return [Line(*row) for row in session.execute(_ordered(_where(db, filters, user_id, today), *_COLUMNS))]


def counts(db: Database, user_id: str, today: date) -> dict[str, int]:
    """How many cases each view holds."""
    wanted = [func.sum(case((condition, 1), else_=0)) for condition in _views(user_id, today).values()]
    with db.read_scope() as session:
        row = session.execute(select(*wanted)).one()
    return {view: int(number or 0) for view, number in zip(VIEWS, row, strict=True)}


def untaken(db: Database, cutoff: datetime, urgent_cutoff: datetime) -> int:
    """How many new cases nobody has taken since before the cutoff; urgent ones (level 0) have their own."""
    late = (Case.created_at <= cutoff) | ((Case.urgency == 0) & (Case.created_at <= urgent_cutoff))
    with db.read_scope() as session:
        found = select(func.count()).select_from(Case).where(Case.state == "new", Case.assigned_to.is_(None), late)
        return int(session.scalar(found) or 0)


def newest(db: Database) -> datetime | None:
    """When the newest case came in."""
    with db.read_scope() as session:
        return session.scalar(select(Case.created_at).order_by(Case.created_at.desc()).limit(1))


def councils(db: Database) -> list[str]:
    """The councils that cases name."""
    with db.read_scope() as session:
        return list(session.scalars(select(Case.council).distinct().order_by(Case.council)))


def summaries(db: Database, ids: list[str]) -> dict[str, dict[str, Any]]:
    """The opened summaries of the cases of one page."""
    with db.read_scope() as session:
        rows = session.execute(select(Case.id, Case.sealed_summary).where(Case.id.in_(ids)))
        return {case_id: db.unseal_json("cases", "summary", case_id, sealed) for case_id, sealed in rows}


_COLUMNS = [getattr(Case, field.name) for field in fields(Line)]


def _ordered(where: list[ColumnElement[bool]], *columns: Any) -> Select[Any]:
    order = (Case.safeguarding.desc(), Case.urgency, Case.due_on.is_(None), Case.due_on, Case.created_at)
    return select(*columns).where(*where).order_by(*order)


def _views(user_id: str, today: date) -> dict[str, ColumnElement[bool]]:
    is_open = Case.state.in_(OPEN)
    soon = date.fromordinal(today.toordinal() + 7)
    return {
        "open": is_open,
        "mine": is_open & (Case.assigned_to == user_id),
        "unassigned": is_open & Case.assigned_to.is_(None),
        "late": is_open & (Case.late_on.is_not(None) | (Case.due_on < today)),
        "week": is_open & Case.due_on.between(today, soon),
        "follow": is_open & (Case.follow_up_on <= today),
        "safeguarding": is_open & Case.safeguarding,
        "done": ~is_open,
    }


def _where(db: Database, filters: Filters, user_id: str, today: date) -> list[ColumnElement[bool]]:
    found = [_views(user_id, today)[filters.view]]
    for name in ("state", "stage", "issue", "council", "channel"):
        if wanted := getattr(filters, name):
            found.append(getattr(Case, name) == wanted)
    if filters.state:
        found[0] = true()  # a state says for itself whether it is open
    if filters.tag:
        found.append(exists().where(CaseTag.case_id == Case.id, CaseTag.tag == filters.tag))
    return [*found, *_search(db, filters.q)] if filters.q else found


def _search(db: Database, query: str) -> list[ColumnElement[bool]]:
    """A reference that there is; else every word of the query must be one of the case's."""
    found = _REFERENCE.fullmatch(query.replace(" ", ""))
    reference = f"SD-{found[1]}-{found[2]}".upper() if found else ""
    if reference and _is_there(db, reference):
        return [Case.reference == reference]
    words = _rarest_first(db, fingerprints(db, counted.query_words(query)))
    if not words:
        return [false()]
    rarest = Case.id.in_(select(CaseWord.case_id).where(CaseWord.word == words[0]))
    return [rarest, *(exists().where(CaseWord.case_id == Case.id, CaseWord.word == word) for word in words[1:])]


def _is_there(db: Database, reference: str) -> bool:
    with db.read_scope() as session:
        return session.scalar(select(Case.id).where(Case.reference == reference)) is not None


def _rarest_first(db: Database, words: list[str]) -> list[str]:
    """The words by how many cases hold them; none at all when one of them is held by no case."""
    with db.read_scope() as session:
        found = select(CaseWord.word, func.count()).where(CaseWord.word.in_(words)).group_by(CaseWord.word)
        counts = dict(session.execute(found).tuples().all())
    return sorted(words, key=lambda word: counts[word]) if set(words) <= set(counts) else []
