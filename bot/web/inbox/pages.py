"""Renders the inbox's pages: own templates, strict; GOV.UK components through their macros; banners and form errors."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, PackageLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.cases import states, work
from bot.cases.fields import choices
from bot.law.clocks import lateness
from bot.law.reckoning import in_words
from bot.letters.content import LetterKind
from bot.letters.library import letters
from bot.web.accounts import Staff
from bot.web.office import office

LONDON = ZoneInfo("Europe/London")
CHANNELS = {"web": "Website", "telegram": "Telegram", "ask": "Command line", "form": "Plain form"}
# What a redirect may say on the next page: only these words, so that no address can put words on a page.
DONE = {
    "state": "State changed.",
    "assign": "Assigned.",
    "follow-up": "Follow-up day saved.",
    "tags": "Tags saved.",
    "note": "Note added. It is not sent to anyone.",
    "reply": "Reply sent. The office has the conversation now; the assistant stays quiet.",
    "conversation": "Saved who speaks in the conversation.",
    "finish": "Case finished.",
    "reopen": "Case open again.",
    "merge": "Case merged.",
    "view": "View saved.",
    "view-deleted": "View deleted.",
    "switch": "Saved. Parents see it from now on.",
    "user": "Account changed.",
    "password": "Password changed. You are logged out everywhere else.",
    "retry": "It will be tried again.",
}
KINDS = {
    "submitted": "Sent by the parent", "added": "Parent added something", "wrote": "Parent wrote", "withdrawn": "Withdrawn",
    "moved": "State", "assigned": "Assigned", "follow_up": "Follow-up day", "tagged": "Tags", "noted": "Note added",
    "replied": "Reply sent", "conversation": "Conversation", "merged_here": "Another case merged into this one",
    "transcript_shown": "Transcript shown", "urgency": "Urgency, by the clock", "exported": "Exported", "letter": "Letter made",
}  # fmt: skip


class Components:
    """The GOV.UK macros as functions: `components.button({...})`. Their templates expect lenient undefined values."""

    def __init__(self) -> None:
        loader = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
        self._environment = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)

    def __getattr__(self, name: str) -> Any:
        """The macro of a component, such as `summary_list`."""
        if name.startswith("_"):
            raise AttributeError(name)
        template = self._environment.get_template(
            f"govuk_frontend_jinja/components/{name.replace('_', '-')}/macro.html"
        )
        macro = getattr(template.module, "govuk" + "".join(part.title() for part in name.split("_")))
        setattr(self, name, macro)
        return macro


@cache
def environment() -> Environment:
    """The inbox's templates: everything escaped, a missing value is an error."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"components": Components(), "states": states, "all_tags": work.tags}
    made.filters |= {
        "day": in_words,
        "short_day": short_day,
        "moment": moment,
        "moment_day": lambda at: short_day(at.astimezone(LONDON).date()),
        "moment_time": lambda at: f"{at.astimezone(LONDON):%H:%M}",
        "state": states.title,
        "stage": lambda value: title("stages", value),
        "issue": lambda value: title("issues", value),
        "channel": lambda value: CHANNELS.get(value, value),
        "event": lambda value: KINDS.get(value, value.replace("_", " ").capitalize()),
        "path": lambda value: quote(str(value), safe=""),
    }
    return made


def page(request: Request, template: str, context: Mapping[str, Any], status: int = 200) -> Response:
    """One page of the inbox; `staff` is whoever is logged in, None before that."""
    staff: Staff | None = getattr(request.state, "staff", None)
    shared = {
        "office": office(request).settings.office,
        "staff": staff,
        "today": today(),
        "done": DONE.get(request.query_params.get("done", ""), ""),
        "problem": "",
    }
    html = environment().get_template(template).render({**shared, **context})
    return HTMLResponse(html, status)


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def today() -> date:
    """The day in London: legal dates are counted there."""
    return now().astimezone(LONDON).date()


def title(kind: str, value: str) -> str:
    """What a stage or an issue is called; unknown ones as they are stored."""
    found = choices(kind).get(value)
    return found.title if found else value.replace("-", " ").capitalize()


def short_day(day: date) -> str:
    """ "7 Dec 2026"."""
    return f"{day.day} {day:%b} {day.year}"


def moment(at: datetime) -> str:
    """ "23 Nov 2026, 10:30", in London."""
    local = at.astimezone(LONDON)
    return f"{short_day(local.date())}, {local:%H:%M}"


def left(due: date, on: date) -> str:
    """ "12 days left", "7 weeks and 2 days late"."""
    return lateness(due, on).words


@cache
def urgency_names() -> dict[int, str]:
    """What each level of urgency is called."""
    from bot.cases.fields import load

    return {int(level): str(name) for level, name in load("priority")["levels"].items()}


def picture_markup(svg: str) -> Markup:
    """A picture made by bot.law.picture, which escapes all text in it."""
    return Markup(svg)  # noqa: S704


_EVERYBODY = ("viewer", "caseworker", "manager")


def nav() -> list[tuple[str, str, tuple[str, ...]]]:
    """The parts of the inbox: name, path, the roles that see it."""
    return [
        ("Cases", "/inbox", _EVERYBODY),
        ("Evidence", "/inbox/evidence", ("manager",)),
        ("Running it", "/inbox/running", ("manager",)),
    ]


def office_letters() -> list[LetterKind]:
    """The letters that the office writes to the council."""
    return [letter for letter in letters().values() if letter.audience == "office"]


environment().globals |= {"left": left, "urgency_names": urgency_names, "nav": nav, "office_letters": office_letters}
environment().globals["state_options"] = {state.id: state.title for state in states.STATES.values()}
