"""The case page: the summary first, the clock, what was told, the conversation with the parent, notes, history."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bot.cases import replies, states
from bot.cases.delivery_settings import DeliverySettings
from bot.cases.store import read_case
from bot.cases.visits import additions
from bot.knowledge.entries import entries
from bot.knowledge.words import say
from bot.law.picture import picture
from bot.store.engine import Database
from bot.store.inbox_tables import CaseNote, CaseTag
from bot.store.tables import Case, CaseEvent
from bot.web.accounts import everybody
from bot.web.errors import Refused
from bot.web.inbox import snippets
from bot.web.inbox.case_view import view
from bot.web.inbox.files import office_lines
from bot.web.inbox.pages import page, picture_markup, today
from bot.web.office import office


@dataclass(frozen=True)
class Said:
    """One piece of the correspondence. `kind`: note, reply or parent."""

    kind: str
    at: datetime
    who: str
    text: str
    delivery: str = ""


@dataclass(frozen=True)
class Happened:
    """One event of the history, in words."""

    seq: int
    at: datetime
    who: str
    kind: str
    detail: str


async def show_case(request: Request) -> Response:
    """One case."""
    return await case_page(request, chosen=request.query_params.get("snippet", "")[:100])


async def case_page(request: Request, status: int = 200, chosen: str = "", **more: Any) -> Response:
    """The page, with a problem and what was typed kept where a deed could not be done.

    Args:
        chosen: the snippet that the reply begins with.
        more: `problem`, a sentence; `kept`, texts by form; `transcript`, turns to show.
    """
    reference = request.path_params["reference"]
    context = await run_in_threadpool(_context, office(request).db, reference)
    if context is None:
        raise Refused(404, "not_found", say("office", "not_found"))
    kept = {"reply": snippets.text(chosen, context["case"], office_lines(), today())} if chosen else {}
    return page(request, "case.html", {"kept": kept, "transcript": None, **context, **more}, status)


def _context(db: Database, reference: str) -> dict[str, Any] | None:
    case = read_case(db, reference)
    if case is None:
        return None
    people = {user.id: user for user in everybody(db)}
    queue = case.row.queue
    shown = view(case.summary, case.contact, queue.stage, queue.issue, today(), entries())
    timeline = picture_markup(picture(shown.timeline)) if shown.timeline else None
    return {
        "case": case,
        "more": _more(db, reference),
        "view": shown,
        "timeline": timeline,
        "people": {key: user.email for key, user in people.items()},
        "workers": {u.id: u.email for u in people.values() if not u.disabled and u.role in ("caseworker", "manager")},
        "ways": {way: replies.WAYS[way] for way in replies.ways(db, reference, _mail_on())},
        "speaks": replies.conversation_state(db, case.conversation_id),
        "said": _said(db, reference, {key: user.email for key, user in people.items()}),
        "history": _history(db, reference, {key: user.email for key, user in people.items()}),
        "snippets": snippets.offered(case, today()),
    }


@lru_cache(maxsize=1)
def _mail_on() -> bool:
    """Whether this office has a mail server; read once, as all settings are."""
    return DeliverySettings.from_environment().mail is not None


def _more(db: Database, reference: str) -> dict[str, Any]:
    """What belongs to the work on the case rather than to what was sent."""
    with db.read_scope() as session:
        row = session.execute(
            select(
                Case.id,
                Case.version,
                Case.follow_up_on,
                Case.outcome,
                Case.merged_into,
                Case.due_on,
                Case.late_on,
                Case.urgency,
            ).where(Case.reference == reference)
        ).one()
        tags = list(session.scalars(select(CaseTag.tag).where(CaseTag.case_id == row.id).order_by(CaseTag.tag)))
    outcome = states.OUTCOMES.get(row.outcome or "", row.outcome or "")
    return {**row._mapping, "outcome": outcome, "tags": tags}


def _said(db: Database, reference: str, people: dict[str, str]) -> list[Said]:
    """Notes, replies and what the parent wrote since, newest first."""
    found = [
        Said("reply", one.at, people.get(one.author, "?"), one.text, one.delivery)
        for one in replies.replies(db, reference)
    ]
    found += [Said("parent", at, "The parent", text) for at, text in additions(db, reference)]
    with db.read_scope() as session:
        notes = session.scalars(
            select(CaseNote).join(Case, Case.id == CaseNote.case_id).where(Case.reference == reference)
        )
        found += [
            Said(
                "note",
                note.at,
                people.get(note.author, "?"),
                db.vault.unseal("case_notes", "text", note.id, note.sealed_text),
            )
            for note in notes
        ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _history(db: Database, reference: str, people: dict[str, str]) -> list[Happened]:
    with db.read_scope() as session:
        found = select(CaseEvent).join(Case, Case.id == CaseEvent.case_id).where(Case.reference == reference)
        rows = session.scalars(found.order_by(CaseEvent.seq.desc()))
        return [
            Happened(row.seq, row.at, people.get(row.actor, row.actor), row.kind, _detail(row, people)) for row in rows
        ]


_SPEAKS = {"bot": "the assistant", "office": "the office", "closed": "nobody (closed)"}


def _detail(row: CaseEvent, people: dict[str, str]) -> str:
    """An event's data in words: from, to, and what is named beside."""
    names: dict[str, str] = {**{key: state.title for key, state in states.STATES.items()}, **people, **_SPEAKS}
    before, after = (row.data.get(key) for key in ("from", "to"))
    told = (
        f"{names.get(str(before), before) or 'none'} to {names.get(str(after), after) or 'none'}"
        if after or before
        else ""
    )
    more = [
        str(row.data[key]) for key in ("outcome", "into", "reference", "way", "letter", "form") if row.data.get(key)
    ]
    tags = [f"+{tag}" for tag in row.data.get("added", ())] + [f"-{tag}" for tag in row.data.get("removed", ())]
    return ", ".join([part for part in (told, *more, *tags) if part])
