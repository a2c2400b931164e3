"""What a caseworker does to a case, each from a form of the case page; then back to the page, so that nothing is done twice.

Where somebody else changed the case meanwhile, the page says so, does nothing, and keeps what was typed.
"""

from collections.abc import Callable
from datetime import date

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases import replies, work
from bot.cases.replies import conversation_state
from bot.cases.states import IllegalMove
from bot.cases.store import read_case
from bot.cases.work import Doer, NoSuchCase, NotPossible, Stale
from bot.channels.render import plain
from bot.knowledge.words import say
from bot.limits import MAX_HISTORY_TURNS, MAX_REPLY_CHARS
from bot.store import transcript
from bot.store.engine import Database
from bot.web.errors import Refused
from bot.web.inbox.case import case_page
from bot.web.inbox.pages import now
from bot.web.office import office

Deed = Callable[[Database, str, Doer], None]
STALE = "Somebody else changed this case while you had it open. Nothing was saved. Look at what changed below, then try again."


async def do_state(request: Request) -> Response:
    """Moves the case to another open state."""
    form = await request.form()
    return await _do(request, form, "state", lambda db, ref, doer: work.move(db, ref, doer, _text(form, "to")))


async def do_assign(request: Request) -> Response:
    """Gives the case to somebody, or to nobody."""
    form = await request.form()
    return await _do(
        request, form, "assign", lambda db, ref, doer: work.assign(db, ref, doer, _text(form, "to") or None)
    )


async def do_follow_up(request: Request) -> Response:
    """Sets or clears the follow-up day."""
    form = await request.form()
    return await _do(
        request, form, "follow-up", lambda db, ref, doer: work.follow_up(db, ref, doer, _day(_text(form, "day")))
    )


async def do_tags(request: Request) -> Response:
    """Sets the tags."""
    form = await request.form()
    wanted = {str(tag) for tag in form.getlist("tag")}
    return await _do(request, form, "tags", lambda db, ref, doer: work.set_tags(db, ref, doer, wanted))


async def do_note(request: Request) -> Response:
    """Adds a note; never sent."""
    form = await request.form()
    return await _do(request, form, "note", lambda db, ref, doer: work.note(db, ref, doer, _long(form, "text")))


async def do_reply(request: Request) -> Response:
    """Answers the parent."""
    form = await request.form()
    speaker = say("office", "caseworker_speaks", office=office(request).settings.office.name)

    def deed(db: Database, reference: str, doer: Doer) -> None:
        replies.reply(db, reference, doer, _long(form, "text"), _text(form, "way"), speaker)

    return await _do(request, form, "reply", deed)


async def do_conversation(request: Request) -> Response:
    """Hands the conversation to the office or back to the assistant."""
    form = await request.form()
    return await _do(
        request, form, "conversation", lambda db, ref, doer: replies.hand_over(db, ref, doer, _text(form, "to"))
    )


async def do_finish(request: Request) -> Response:
    """Finishes the case with an outcome."""
    form = await request.form()

    def deed(db: Database, reference: str, doer: Doer) -> None:
        work.finish(db, reference, doer, _text(form, "to"), _text(form, "outcome"))

    return await _do(request, form, "finish", deed)


async def do_reopen(request: Request) -> Response:
    """Takes the case up again; undoes a merge."""
    return await _do(request, await request.form(), "reopen", work.reopen)


async def do_merge(request: Request) -> Response:
    """Merges the case into another."""
    form = await request.form()
    return await _do(request, form, "merge", lambda db, ref, doer: work.merge(db, ref, doer, _text(form, "into")))


async def show_transcript(request: Request) -> Response:
    """Shows the conversation on the case page; that it was shown is written to the history."""

    def read(db: Database, reference: str, doer: Doer) -> list[dict[str, object]] | None:
        case = read_case(db, reference)
        if case is None:
            raise NoSuchCase(reference)
        if not case.conversation_id or conversation_state(db, case.conversation_id) is None:
            return None
        work.record(db, reference, doer, "transcript_shown")
        turns = transcript.history(db, case.conversation_id, 0, MAX_HISTORY_TURNS)
        return [{"author": t.author, "at": t.at, "text": t.text or plain(list(t.blocks))} for t in turns]

    doer = Doer(request.state.staff.id, now())
    try:
        turns = await run_in_threadpool(read, office(request).db, request.path_params["reference"], doer)
    except NoSuchCase:
        raise Refused(404, "not_found", say("office", "not_found")) from None
    return await case_page(request, transcript=turns or [])


async def _do(request: Request, form: FormData, deed_name: str, deed: Deed) -> Response:
    """Does a deed and goes back to the case, or says on the page why it was not done."""
    reference = request.path_params["reference"]
    try:
        doer = Doer(request.state.staff.id, now(), _version(form, deed_name))
        await run_in_threadpool(deed, office(request).db, reference, doer)
    except NoSuchCase:
        raise Refused(404, "not_found", say("office", "not_found")) from None
    except Stale:
        return await case_page(request, 409, problem=STALE, kept={deed_name: _text(form, "text")})
    except (NotPossible, IllegalMove) as error:
        return await case_page(request, 422, problem=str(error), kept={deed_name: _text(form, "text")})
    return RedirectResponse(f"/inbox/cases/{reference}?done={deed_name}", 303)


def _version(form: FormData, deed_name: str) -> int | None:
    """The version that the page showed; notes and tags only add and need none."""
    if deed_name in ("note", "tags"):
        return None
    version = _text(form, "version")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise NotPossible("The form is not whole. Open the case again.")
    return int(version)


def _text(form: FormData, name: str) -> str:
    return str(form.get(name, ""))


def _long(form: FormData, name: str) -> str:
    text = _text(form, name)
    if len(text) > MAX_REPLY_CHARS:
        raise NotPossible(f"That is too long: keep it under {MAX_REPLY_CHARS:,} characters.")
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise NotPossible("Give a real day, such as 2026-12-07.") from None
