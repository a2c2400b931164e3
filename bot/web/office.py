"""What every request of the office can reach: settings, database, gateway, tokens, limits, templates."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.templating import Jinja2Templates

from bot.channels.gateway import PERSON, Gateway
from bot.channels.render import in_words
from bot.knowledge.words import say
from bot.limits import (
    CASES_AN_HOUR_PER_ADDRESS,
    FEEDBACK_A_MINUTE_PER_ADDRESS,
    LOGIN_TRIES_PER_ACCOUNT,
    LOGIN_TRIES_PER_ADDRESS,
    LOGIN_WINDOW_MINUTES,
    MAX_MESSAGE_CHARS,
    MAX_TURNS_A_MINUTE,
    MAX_TURNS_A_MINUTE_PER_ADDRESS,
    NEW_SESSIONS_A_MINUTE_PER_ADDRESS,
)
from bot.settings import Settings
from bot.store.engine import Database
from bot.web.events import Watch
from bot.web.limiter import Limiter
from bot.web.openid import OpenId
from bot.web.tokens import Tokens

HERE = Path(__file__).parent
STATIC = HERE / "static"


@dataclass(frozen=True)
class Limits:
    """One limiter for each thing that is limited."""

    turns: Limiter
    turns_by_address: Limiter
    new_sessions: Limiter
    feedback: Limiter
    logins: Limiter
    logins_by_address: Limiter
    cases: Limiter

    @classmethod
    def fresh(cls, turns_a_minute: int = MAX_TURNS_A_MINUTE) -> "Limits":
        """All at their full measure; `turns_a_minute` of one conversation."""
        window = LOGIN_WINDOW_MINUTES * 60
        return cls(
            turns=Limiter(turns_a_minute, 60),
            turns_by_address=Limiter(MAX_TURNS_A_MINUTE_PER_ADDRESS, 60),
            new_sessions=Limiter(NEW_SESSIONS_A_MINUTE_PER_ADDRESS, 60),
            feedback=Limiter(FEEDBACK_A_MINUTE_PER_ADDRESS, 60),
            logins=Limiter(LOGIN_TRIES_PER_ACCOUNT, window),
            logins_by_address=Limiter(LOGIN_TRIES_PER_ADDRESS, window),
            cases=Limiter(CASES_AN_HOUR_PER_ADDRESS, 3600),
        )


@dataclass(frozen=True)
class OfficeState:
    """The running office."""

    settings: Settings
    db: Database
    gateway: Gateway
    tokens: Tokens
    limits: Limits
    templates: Jinja2Templates
    watch: Watch
    today: Callable[[], date] = date.today  # the office's own day; tests set another
    openid: OpenId | None = None  # sign-in through the organisation's own accounts, where it is set up


def office(request: Request) -> OfficeState:
    """The running office of a request."""
    found: OfficeState = request.app.state.office
    return found


def address(request: Request) -> str:
    """Where a request comes from; behind a proxy uvicorn has put the real one in place (SEND_DESK_PROXIES)."""
    return request.client.host if request.client else "unknown"


def make_templates(settings: Settings) -> Jinja2Templates:
    """The templates: everything escaped, a missing value is an error."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"office": settings.office, "PERSON": PERSON, "MAX_MESSAGE_CHARS": MAX_MESSAGE_CHARS}
    environment.globals["conversation_days"] = settings.conversation_days
    environment.globals["say_widget"] = partial(say, "widget")  # the page without scripts says it as the widget does
    environment.filters |= {"safe_url": safe_url, "day": in_words}
    return Jinja2Templates(env=environment)


def safe_url(url: str) -> str:
    """The URL if it is https, http, mailto, tel or a path of this site; else `#`."""
    if url.startswith("/") and not url.startswith(("//", "/\\")):
        return url
    try:
        return url if urlsplit(url).scheme in ("https", "http", "mailto", "tel") else "#"
    except ValueError:
        return "#"
