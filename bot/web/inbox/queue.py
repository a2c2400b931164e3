"""The queue page: counts, filters, search, saved views, and the alarm for what nobody has taken."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases import counted, queue
from bot.cases.alarm import HOURS_TO_TAKE, HOURS_TO_TAKE_URGENT, cutoff
from bot.cases.fields import choices
from bot.cases.index import catch_up_new
from bot.cases.queue import Filters, Line
from bot.law.calendar import calendar
from bot.store.engine import Database
from bot.store.inbox_tables import SavedView
from bot.web.accounts import everybody
from bot.web.inbox.live import mark
from bot.web.inbox.pages import CHANNELS, now, page, today
from bot.web.office import office

_MOST_VIEWS = 20


@dataclass(frozen=True)
class Shown:
    """One line of the list with what only the page says: the weightiest reason, and who has it."""

    line: Line
    reason: str
    who: str


async def show_queue(request: Request) -> Response:
    """The list of cases, most pressing first."""
    filters = Filters.from_query(request.query_params)
    context = await run_in_threadpool(_context, office(request).db, filters, request.state.staff.id)
    return page(request, "queue.html", context)


async def save_view(request: Request) -> Response:
    """Names the present filters."""
    form = await request.form()
    name = " ".join(str(form.get("name", "")).split())[:60]
    query = Filters.from_query({key: str(value) for key, value in form.items() if key not in ("name", "csrf")}).query()
    if name:
        await run_in_threadpool(_save, office(request).db, request.state.staff.id, name, query)
    return RedirectResponse(f"/inbox?{query}{'&' if query else ''}done=view", 303)


async def delete_view(request: Request) -> Response:
    """Deletes a view of one's own."""
    view = request.path_params["view"]
    await run_in_threadpool(_delete, office(request).db, request.state.staff.id, view)
    return RedirectResponse("/inbox?done=view-deleted", 303)


def _context(db: Database, filters: Filters, user_id: str) -> dict[str, object]:
    day = today()
    newest = mark(db)  # before the list is read, so that a case between the two is told rather than missed
    catch_up_new(db, day)
    found = queue.page(db, filters, user_id, day)
    return {
        "filters": filters,
        "newest": newest,
        "page": found,
        "shown": _shown(db, found.lines, day),
        "counts": queue.counts(db, user_id, day),
        "views": queue.VIEWS,
        "saved": _saved(db, user_id),
        "untaken": queue.untaken(db, cutoff(now(), HOURS_TO_TAKE, calendar()), _urgent_cutoff()),
        "options": _options(db),
    }


def _urgent_cutoff() -> datetime:
    return cutoff(now(), HOURS_TO_TAKE_URGENT, calendar())


def _shown(db: Database, lines: tuple[Line, ...], day: date) -> list[Shown]:
    summaries = queue.summaries(db, [line.id for line in lines])
    names = {user.id: user.email for user in everybody(db)}
    return [
        Shown(line, _reason(summaries[line.id], line, day), names.get(line.assigned_to or "", "")) for line in lines
    ]


def _reason(summary: dict[str, object], line: Line, day: date) -> str:
    """The weightiest reason for the urgency as it is today, or as it was when the case came in."""
    clock = counted.clock(summary, line.stage, line.issue, line.safeguarding, day)
    urgency = summary.get("urgency")
    reasons = clock.reasons if clock else urgency.get("reasons", ()) if isinstance(urgency, dict) else ()
    return str(next(iter(reasons), ""))


def _options(db: Database) -> dict[str, dict[str, str]]:
    return {
        "stage": {choice.id: choice.title for choice in choices("stages").values()},
        "issue": {choice.id: choice.title for choice in choices("issues").values()},
        "council": {name: name for name in queue.councils(db)},
        "channel": CHANNELS,
    }


def _saved(db: Database, user_id: str) -> list[SavedView]:
    with db.read_scope() as session:
        return list(session.scalars(select(SavedView).where(SavedView.user_id == user_id).order_by(SavedView.name)))


def _save(db: Database, user_id: str, name: str, query: str) -> None:
    if len(_saved(db, user_id)) < _MOST_VIEWS:
        with db.session_scope() as session:
            session.add(SavedView(user_id=user_id, name=name, query=query))


def _delete(db: Database, user_id: str, view: str) -> None:
    with db.session_scope() as session:
        found = session.get(SavedView, view)
        if found is not None and found.user_id == user_id:
            session.delete(found)
