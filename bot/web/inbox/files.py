"""Files for a caseworker: each is asked for by a form, written to the case's history, and kept nowhere."""

import json
from datetime import datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bot.cases import queue, states, work
from bot.cases.csv_safe import as_csv
from bot.cases.office_log import record
from bot.cases.queue import Filters
from bot.cases.store import CaseView, read_case
from bot.cases.summary import document
from bot.cases.work import Doer
from bot.knowledge.entries import entries
from bot.knowledge.words import say
from bot.knowledge.yaml_lines import read
from bot.law.calendar import calendar
from bot.letters.docx import MIME, docx_file, file_name
from bot.letters.fill import fill, needed
from bot.letters.for_case import facts_of
from bot.letters.library import letters
from bot.paths import KNOWLEDGE
from bot.store.engine import Database
from bot.web.accounts import everybody
from bot.web.errors import Refused
from bot.web.inbox.case_view import dates_of, view
from bot.web.inbox.pages import CHANNELS, LONDON, now, page, title, today
from bot.web.office import office

_COLUMNS = ("Reference", "State", "Urgency", "Next legal date", "Stage", "Issue", "Council", "Channel", "Safeguarding",
            "With", "Came in", "Follow up", "Limit missed on")  # fmt: skip


async def print_case(request: Request) -> Response:
    """The case on paper, or as a PDF through the browser's own print."""
    case = await _taken_out(request, "print")
    queue = case.row.queue
    shown = view(case.summary, case.contact, queue.stage, queue.issue, today(), entries())
    return page(request, "print.html", {"case": case, "view": shown, "made_at": now()})


async def case_json(request: Request) -> Response:
    """The case document of docs/case.schema.json."""
    case = await _taken_out(request, "json")
    body = json.dumps(document(case.summary, case.contact), ensure_ascii=False, indent=2)
    return download(body, "application/json", f"{case.row.reference}.json")


async def list_csv(request: Request) -> Response:
    """A filtered list, for the office's own casework software. It names no family; that it was taken out is logged."""
    form = await request.form()
    filters = Filters.from_query({key: str(value) for key, value in form.items()})
    staff = request.state.staff

    def made(db: Database) -> str:
        lines = queue.every(db, filters, staff.id, today())
        names = {user.id: user.email for user in everybody(db)}
        record(db, staff.id, "list_exported", {"count": len(lines), "view": filters.view}, now())
        return as_csv(_COLUMNS, (_cells(line, names) for line in lines))

    return download(await run_in_threadpool(made, office(request).db), "text/csv", f"cases-{today().isoformat()}.csv")


async def show_letter(request: Request) -> Response:
    """The facts of a letter to the council, as the case has them, each to be changed."""
    letter = _letter(request)
    case = await run_in_threadpool(_case, office(request).db, request.path_params["reference"])
    facts = facts_of(letter, case.summary, case.contact, dates_of(case.summary), office_lines(), case.row.reference)
    return page(request, "letter.html", _letter_context(letter, case, facts))


async def make_letter(request: Request) -> Response:
    """Shows the letter, or hands it over as a Word file."""
    letter = _letter(request)
    form = await request.form()
    facts = {fact: str(form.get(f"fact-{fact}", ""))[:3000] for fact in letter.facts}
    if form.get("do") != "file":
        case = await run_in_threadpool(_case, office(request).db, request.path_params["reference"])
        return page(request, "letter.html", _letter_context(letter, case, facts))
    await _taken_out(request, "docx", "letter", {"letter": letter.id})
    filled = fill(letter, facts, today(), calendar())
    return download(docx_file(filled, today()), MIME, file_name(filled))


def download(body: str | bytes, mime: str, name: str) -> Response:
    """A file to save, never to be shown in place."""
    return Response(body, media_type=mime, headers={"Content-Disposition": f'attachment; filename="{name}"'})


async def _taken_out(
    request: Request, form: str, kind: str = "exported", more: dict[str, str] | None = None
) -> CaseView:
    """The case; that it was taken out, and in which form, is written to its history."""
    reference = request.path_params["reference"]

    def taken(db: Database) -> CaseView:
        case = _case(db, reference)
        work.record(db, reference, Doer(request.state.staff.id, now()), kind, {"form": form, **(more or {})})
        return case

    return await run_in_threadpool(taken, office(request).db)


def _case(db: Database, reference: str) -> CaseView:
    case = read_case(db, reference)
    if case is None:
        raise Refused(404, "not_found", say("office", "not_found"))
    return case


def _letter(request: Request) -> Any:
    letter = letters().get(request.path_params["letter"])
    if letter is None or letter.audience != "office":
        raise Refused(404, "not_found", say("office", "not_found"))
    return letter


def _letter_context(letter: Any, case: CaseView, facts: dict[str, str]) -> dict[str, Any]:
    filled = fill(letter, facts, today(), calendar())
    asked = needed(letter, facts, today(), calendar())
    return {
        "letter": letter,
        "case": case,
        "facts": facts,
        "asked": asked,
        "filled": filled,
        "held": letter.held(today()),
    }


def office_lines() -> dict[str, str]:
    """Who the office is, as letters name it."""
    found: dict[str, str] = read(KNOWLEDGE / "office.yml").data
    return found


def _cells(line: queue.Line, names: dict[str, str]) -> tuple[object, ...]:
    return (
        line.reference,
        states.title(line.state),
        line.urgency,
        line.due_on or "",
        title("stages", line.stage),
        title("issues", line.issue),
        line.council,
        CHANNELS.get(line.channel, line.channel),
        "yes" if line.safeguarding else "no",
        names.get(line.assigned_to or "", ""),
        _local(line.created_at),
        line.follow_up_on or "",
        line.late_on or "",
    )


def _local(at: datetime) -> str:
    return at.astimezone(LONDON).isoformat(timespec="minutes")
