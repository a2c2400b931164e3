"""The case as a plain page: consent, the questions, the review, the sending. Needs neither scripts nor the engine.

Nothing is kept between the steps: the review page carries what was typed, and sending reads it once more. The key in
the page, signed by us, makes one case of a form that is sent twice.
"""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.blocks import Reply
from bot.cases import constituency, plain_form, switches
from bot.cases.codes import code_for, hashed, spaced
from bot.cases.fields import consent
from bot.cases.plain_form import CONSENT, OUTSIDE, PAGE, Filled, page_fields
from bot.cases.reading import offered
from bot.cases.step import FormSetting
from bot.cases.store import QueueFields, submit
from bot.dialogue.heard import Heard
from bot.dialogue.memory import Memory
from bot.knowledge.entries import entries
from bot.knowledge.words import say
from bot.web.access import Access, guarded
from bot.web.office import OfficeState, address, office

logger = logging.getLogger(__name__)

PURPOSE = "case-form"
MOST_FIELDS = 60


def routes() -> list[Route]:
    """The form's one address."""
    return [guarded("/case", show_form, Access.PUBLIC), guarded("/case", post_form, Access.PUBLIC, ["POST"])]


@dataclass(frozen=True)
class Posted:
    """What the browser sent: the fields, the step that was pressed, and the key."""

    typed: Mapping[str, str]
    step: str
    key: str
    stale: bool = False  # the key was missing or too old, so that it was not sent


async def show_form(request: Request) -> Response:
    """The empty form."""
    return await _closed(request) or _form(request, Posted({}, "", _new_key()), {})


async def post_form(request: Request) -> Response:
    """Reads the form; shows it again with what is unclear, or the review; stores it when that is sent."""
    closed = await _closed(request)
    if closed:
        return closed
    posted = await _posted(request)
    setting = _setting(office(request), posted.key)
    filled = plain_form.read_page(posted.typed, setting)
    if filled.problems or posted.step == "change":
        problems = filled.problems if posted.step != "change" else {}
        return _form(request, posted, problems, filled.outside)
    if posted.step != "send":
        return _review(request, posted, filled, setting, say(PAGE, "stale") if posted.stale else "")
    return await _send(request, posted, filled, setting)


async def _send(request: Request, posted: Posted, filled: Filled, setting: FormSetting) -> Response:
    """Stores the case: reference and code, or an apology with the review still there."""
    phone = office(request).settings.office.phone
    if office(request).limits.cases.take(address(request)):
        return _review(request, posted, filled, setting, say(PAGE, "too_many", phone=phone), 429)
    try:
        reference, code = await run_in_threadpool(_stored, office(request), filled, setting)
    except Exception as error:  # full disk, locked or unreachable database: the parent must hear that it was not sent
        logger.error("A case of the plain form could not be stored: %s.", type(error).__name__)
        return _review(request, posted, filled, setting, say(PAGE, "not_stored", phone=phone), 503)
    blocks = plain_form.confirmation(filled.draft, reference, spaced(code), setting)
    return _page(request, "case_sent.html", {"shown": SimpleNamespace(blocks=blocks, seq=0)})


def _stored(state: OfficeState, filled: Filled, setting: FormSetting) -> tuple[str, str]:
    """The reference and the code. The same key again is the same case with the same code. Blocking."""
    made = plain_form.submitted(filled.draft, setting)
    code = code_for(state.settings.keys.fingerprint, made.key)
    reference = submit(
        state.db,
        idempotency_key=made.key,
        conversation_id=None,
        summary=made.summary,
        contact=made.contact,
        queue=QueueFields(**made.queue),
        consent_version=made.consent_version,
        now=made.now,
        code_hash=hashed(code),
    )
    return reference, code


async def _closed(request: Request) -> Response | None:
    """The reason, while the office takes no cases by the website."""
    state = office(request)
    for part in ("web", "intake"):
        reason = await run_in_threadpool(switches.why_off, state.db, part)
        if reason:
            page = {"title": say(PAGE, "title"), "message": reason}
            return state.templates.TemplateResponse(request, "error.html", page, 503)
    return None


async def _posted(request: Request) -> Posted:
    form = await request.form(max_files=0, max_fields=MOST_FIELDS)
    names = [*(one.id for one in page_fields()), CONSENT, OUTSIDE]
    typed = {name: value.replace("\x00", "") for name in names if isinstance(value := form.get(name), str)}
    key = office(request).tokens.read(PURPOSE, str(form.get("key", "")))
    step = str(form.get("step", ""))
    if key is None:
        return Posted(typed, "review" if step == "send" else step, _new_key(), stale=step == "send")
    return Posted(typed, step, key)


def _form(request: Request, posted: Posted, problems: Mapping[str, str], outside: bool = False) -> Response:
    told = consent()
    mp = office(request).settings.office.mp
    context = {
        "posted": posted,
        "problems": problems,
        "outside": outside,
        "choices": {one.id: offered(one) for one in page_fields()},
        "consent": {
            "title": told.title,
            "lines": [line.replace("{mp}", mp) for line in told.lines],
            "close": told.close,
        },
        "constituency": office(request).settings.office.constituency,
    }
    return _page(request, "case_form.html", context, 400 if problems else 200)


def _review(
    request: Request, posted: Posted, filled: Filled, setting: FormSetting, problem: str = "", status: int = 200
) -> Response:
    shown = SimpleNamespace(blocks=plain_form.review(filled.draft, setting), seq=0)
    return _page(request, "case_review.html", {"posted": posted, "shown": shown, "problem": problem}, status)


def _page(request: Request, template: str, context: dict[str, Any], status: int = 200) -> Response:
    posted = context.get("posted")
    common = {
        "fields": page_fields(),
        "say": lambda key, **values: say(PAGE, key, **values),
        "key": office(request).tokens.issue(PURPOSE, posted.key) if posted else "",
    }
    return office(request).templates.TemplateResponse(request, template, {**common, **context}, status)


def _setting(state: OfficeState, key: str) -> FormSetting:
    """The form's surroundings; the day is the office's."""
    return FormSetting(
        today=state.today(),
        now=datetime.now(UTC),
        channel="web",
        conversation="",
        aside=_no_aside,
        known=entries(),
        office=state.settings.office,
        constituency=lambda postcode: constituency.look_up(postcode, state.settings.data / constituency.FILE),
        token=key,
    )


def _no_aside(heard: Heard, memory: Memory) -> tuple[Reply, Memory]:
    """A page has no questions in between."""
    raise NotImplementedError


def _new_key() -> str:
    return secrets.token_urlsafe(24)
