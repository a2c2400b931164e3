"""The answers as plain pages: all of them by group, a search without scripts, one page an entry, "was this useful?"."""

from collections.abc import Callable
from datetime import date
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.blocks import Block, Link
from bot.dialogue.talk import urgent
from bot.knowledge.entries import Entry, entries
from bot.knowledge.search import find
from bot.knowledge.signals import signal_by_words
from bot.knowledge.words import say, words
from bot.law.reckoning import in_words
from bot.limits import MAX_SEARCH_CHARS, SEARCH_RESULTS
from bot.store.learning import keep_feedback
from bot.web.access import Access, guarded
from bot.web.errors import Refused, bad_request, too_many
from bot.web.office import address, office

GROUP = "group_"  # texts of knowledge/words/answers.yml: the groups, in the order in which they are shown
CHANNEL = "page"


def routes() -> list[Route]:
    """The pages of the answers."""
    return [
        guarded("/answers", show_answers, Access.PUBLIC),
        guarded("/answers/{entry_id}", show_answer, Access.PUBLIC),
        guarded("/answers/{entry_id}/useful", was_useful, Access.PUBLIC, ["POST"]),
    ]


async def show_answers(request: Request) -> Response:
    """All answers by group; with `?q=` those that fit the words, the closest first."""
    asked = request.query_params.get("q", "")[:MAX_SEARCH_CHARS].strip()
    context: dict[str, Any] = {"asked": asked, "groups": [], "found": [], "danger": []}
    if asked:
        context["found"], context["danger"] = await run_in_threadpool(_searched, asked)
    if not context["found"]:
        context["groups"] = _groups(await run_in_threadpool(entries))
    return _page(request, "answers_list.html", context)


async def show_answer(request: Request) -> Response:
    """One entry in full; one that is held says so in place of its text."""
    known = await run_in_threadpool(entries)
    entry = _entry(request, known)
    context = {"entry": entry, "related": [known[other] for other in entry.related if other in known]}
    told = {"thanks": request.query_params.get("useful", ""), "telegram": _telegram(request, entry)}
    return _page(request, "answers_page.html", {**context, **told})


async def was_useful(request: Request) -> Response:
    """Keeps a "was this useful?" about the version that was read, then goes back to the page."""
    entry = _entry(request, await run_in_threadpool(entries))
    form = await request.form(max_files=0, max_fields=5)
    useful = form.get("useful")
    if useful not in ("yes", "no"):
        raise bad_request()
    if seconds := office(request).limits.feedback.take(address(request)):
        raise too_many(seconds)
    if form.get("version") == entry.version:  # an older page is thanked for, but says nothing of this version
        day = office(request).today()
        await run_in_threadpool(
            keep_feedback, office(request).db, entry.id, entry.version, useful == "yes", day, CHANNEL
        )
    return RedirectResponse(f"/answers/{entry.id}?useful={useful}#useful", 303)


def _entry(request: Request, known: dict[str, Entry]) -> Entry:
    entry = known.get(request.path_params["entry_id"])
    if entry is None:
        raise Refused(404, "not_found", say("office", "not_found"))
    return entry


def _searched(asked: str) -> tuple[tuple[Entry, ...], list[Block]]:
    """The entries that fit, and the signposts of a danger that the words tell of."""
    found = find(asked, SEARCH_RESULTS)
    danger = signal_by_words(asked) or found.danger
    return found.entries, urgent(danger)["blocks"] if danger else []


def _groups(known: dict[str, Entry]) -> list[tuple[str, str, list[Entry]]]:
    """Each group's id, name and entries by title; groups in the order of their names in the words file."""
    keys = [key for key in words("answers") if key.startswith(GROUP)]
    by_group: list[tuple[str, str, list[Entry]]] = []
    for key in keys:
        group = key.removeprefix(GROUP).replace("_", "-")
        inside = sorted(
            (entry for entry in known.values() if entry.group == group), key=lambda entry: entry.title.casefold()
        )
        if inside:
            by_group.append((group, say("answers", key), inside))
    return by_group


def _page(request: Request, template: str, context: dict[str, Any]) -> Response:
    """A page that says its texts with `say`, days in words, and knows what is held today."""
    today = office(request).today()
    tools: dict[str, Callable[..., str]] = {
        "say": _say,
        "in_words": in_words,
        "held": lambda entry: _held(entry, today),
    }
    return office(request).templates.TemplateResponse(request, template, {**context, **tools})


def _telegram(request: Request, entry: Entry) -> Link | None:
    """The link that opens this answer on Telegram, while that channel is on."""
    channel = request.app.state.telegram
    url = channel.link(entry.id) if channel else ""
    return {"text": say("telegram", "from_page"), "url": url} if url else None


def _say(key: str, **values: object) -> str:
    return say("answers", key, **values)


def _held(entry: Entry, today: date) -> str:
    """Why an entry is not shown on this day; empty when it is."""
    if not entry.held(today):
        return ""
    if entry.valid_until is not None and today > entry.valid_until:
        return _say("ended", date=in_words(entry.valid_until))
    return _say("held", date=in_words(entry.review_by))
