"""The evidence for managers: tables and charts with small numbers held back, as a page, CSV and a briefing."""

from functools import lru_cache

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bot.cases.briefing import briefing, headlines
from bot.cases.csv_safe import as_csv
from bot.cases.evidence import WORDS, Figures, Table, figures
from bot.cases.evidence_store import collect, unanswered
from bot.cases.index import catch_up_new
from bot.cases.office_log import record
from bot.knowledge.words import say
from bot.letters.docx import MIME
from bot.store.engine import Database
from bot.web.errors import Refused
from bot.web.inbox.files import download
from bot.web.inbox.pages import now, page, today
from bot.web.office import office

CHARTS = ("theme", "stage", "month", "area")


async def show_evidence(request: Request) -> Response:
    """The page: sentences, then each table with its chart."""
    found, questions = await run_in_threadpool(_read, office(request).db, office(request).settings.suppress_below)
    context = {
        "figures": found,
        "headlines": headlines(found),
        "charts": CHARTS,
        "held": say(WORDS, "held", threshold=found.threshold),
        "held_note": say(WORDS, "held_note", threshold=found.threshold),
        "not_statistics": say(WORDS, "not_statistics"),
        "unanswered": (say(WORDS, "unanswered"), questions),
        "delays": _delays(found),
    }
    return page(request, "evidence.html", context)


async def show_chart(request: Request) -> Response:
    """One chart, drawn from the same held-back numbers as the table."""
    name = request.path_params["table"]
    if name not in CHARTS:
        raise Refused(404, "not_found", say("office", "not_found"))

    def drawn(db: Database, threshold: int) -> str:
        found = _figures(db, threshold)
        return _drawn(found.table(name), say(WORDS, "held", threshold=found.threshold))

    picture = await run_in_threadpool(drawn, office(request).db, office(request).settings.suppress_below)
    return Response(picture, media_type="image/svg+xml")


async def evidence_csv(request: Request) -> Response:
    """All tables as one file."""
    found = await _taken_out(request, "csv")
    held = say(WORDS, "held", threshold=found.threshold)
    rows = [
        (table.title, line.label, held if line.count is None else line.count)
        for table in found.tables
        for line in table.lines
    ]
    rows += [(say(WORDS, "cases"), found.period, held if found.total is None else found.total)]
    rows += [(label, found.period, words) for label, words in _delays(found)]
    note = (say(WORDS, "not_statistics"), say(WORDS, "held_note", threshold=found.threshold), "")
    return download(as_csv(("Table", "Row", "Cases"), [*rows, note]), "text/csv", "evidence.csv")


async def evidence_briefing(request: Request) -> Response:
    """One page for the MP."""
    found = await _taken_out(request, "docx")
    made = briefing(found, office(request).settings.office.constituency, today())
    return download(made, MIME, "evidence-briefing.docx")


def _read(db: Database, threshold: int) -> tuple[Figures, int]:
    catch_up_new(db, today())
    return _figures(db, threshold), unanswered(db, now())


def _figures(db: Database, threshold: int) -> Figures:
    """What may be shown; `threshold` is the office's SEND_DESK_SUPPRESS_BELOW."""
    return figures(collect(db, today()), today(), threshold)


async def _taken_out(request: Request, form: str) -> Figures:
    def taken(db: Database, threshold: int) -> Figures:
        record(db, request.state.staff.id, "evidence_exported", {"form": form}, now())
        return _figures(db, threshold)

    return await run_in_threadpool(taken, office(request).db, office(request).settings.suppress_below)


def _delays(found: Figures) -> list[tuple[str, str]]:
    held = say(WORDS, "held", threshold=found.threshold)
    pairs = (("delay_median", found.median_weeks), ("delay_worst", found.worst_weeks))
    return [(say(WORDS, key), held if weeks is None else say(WORDS, "weeks", weeks=weeks)) for key, weeks in pairs]


@lru_cache(maxsize=16)
def _drawn(table: Table, held: str) -> str:
    from bot.cases.evidence_chart import chart  # matplotlib takes a second to load; only this page needs it

    return chart(table, held)
