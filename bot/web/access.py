"""Who may use a route. Every route says so, and the office refuses to start with one that does not."""

from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from bot.knowledge.words import say
from bot.web import accounts
from bot.web.errors import Refused, session_ended
from bot.web.office import address, office

Endpoint = Callable[[Request], Awaitable[Response]]
Check = Callable[[Request], Awaitable[Response | None]]
SAFE = ("GET", "HEAD", "OPTIONS")


class Access(StrEnum):
    """The rule of a route."""

    PUBLIC = "public"  # anyone; forms only from our own pages
    PUBLIC_API = "public_api"  # anyone, from our own pages and from the sites that the settings name
    CHAT = "chat"  # the holder of a conversation's token, in the Authorization header: no cookie, so no forgery
    METRICS = "metrics"  # the monitoring's token; on a trial on one machine, that machine alone
    HALF = "half"  # whose password was right and whose second factor is still to come
    ACCOUNT = "account"  # logged in, even before a second factor that this office demands is set up
    STAFF = "staff"  # any member of the office who is logged in; forms with their CSRF token
    WORK = "work"  # caseworkers and managers
    MANAGE = "manage"  # managers


class UndeclaredRoute(Exception):
    """A route without an access rule."""


def guarded(path: str, endpoint: Endpoint, access: Access, methods: Sequence[str] = ("GET",)) -> Route:
    """A route that its rule stands in front of."""
    check = _CHECKS[access]

    async def checked(request: Request) -> Response:
        return await check(request) or await endpoint(request)

    route = Route(path, checked, methods=list(methods), name=endpoint.__name__)
    route.access = access  # type: ignore[attr-defined]
    return route


def assert_declared(routes: Sequence[BaseRoute]) -> None:
    """Walks all routes.

    Raises:
        UndeclaredRoute: when one was not made by `guarded`; mounts of static files excepted.
    """
    for route in routes:
        if isinstance(route, Mount) and route.path == "/static":
            continue
        if isinstance(route, Mount):
            assert_declared(route.routes)
        elif not hasattr(route, "access"):
            raise UndeclaredRoute(f"{route} has no access rule. Mend: make it with bot.web.access.guarded.")


def cookie_name(request: Request, name: str) -> str:
    """A cookie's name; by https with the prefix that binds it to this host."""
    return f"__Host-{name}" if office(request).settings.secure else name


async def _public(request: Request) -> Response | None:
    if request.method not in SAFE:
        _same_origin(request)
    return None


async def _public_api(request: Request) -> Response | None:
    """A browser on any other site is refused; programs, which send no Origin, are not."""
    origin = request.headers.get("origin")
    own = _host(origin) == request.headers.get("host")
    if origin and not own and origin not in office(request).settings.origins:
        raise Refused(403, "forbidden", say("office", "not_allowed"))
    return None


async def _chat(request: Request) -> Response | None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    conversation = office(request).tokens.read("chat", token.strip()) if kind.lower() == "bearer" else None
    if conversation is None:
        raise session_ended()
    request.state.conversation = conversation
    return None


async def _metrics(request: Request) -> Response | None:
    """Without a token nobody may, but for a trial's own machine: behind a proxy everybody seems to come from there."""
    settings = office(request).settings
    given = request.headers.get("authorization", "")
    if settings.metrics_token:
        allowed = accounts.same(given, f"Bearer {settings.metrics_token}")
    else:
        forwarded = any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip", "via"))
        allowed = settings.local and address(request) in ("127.0.0.1", "::1") and not forwarded
    if not allowed:
        raise Refused(401, "not_allowed", say("office", "not_allowed"))
    return None


def _staff(*roles: str, half: bool = False, bare: bool = False) -> Check:
    """A check that lets in logged-in members with one of these roles.

    Args:
        half: those whose second factor is still to come, and nobody else.
        bare: also those who have none, where this office demands one.
    """

    async def check(request: Request) -> Response | None:
        by_hand = "x-by-itself" not in request.headers  # an open queue that fetches itself keeps no login alive
        staff = await run_in_threadpool(accounts.logged_in, office(request).db, inbox_cookie(request), None, by_hand)
        if staff is None or staff.second == half:
            return _elsewhere(
                request, "/inbox/login" if staff is None else "/inbox/login/code" if not half else "/inbox"
            )
        if office(request).settings.secure and not (staff.has_second or staff.by_provider or bare or half):
            return _elsewhere(request, "/inbox/account/second-factor")
        if staff.role not in roles:
            raise Refused(403, "forbidden", say("office", "role_forbids"))
        if request.method not in SAFE:
            await _check_form(request, staff)
        request.state.staff = staff
        return None

    return check


def inbox_cookie(request: Request) -> str:
    """The cookie of a login."""
    return request.cookies.get(cookie_name(request, "inbox"), "")


def _elsewhere(request: Request, path: str) -> Response:
    """A page that must be seen first; a form that came without it is refused, so that it is not lost unseen."""
    if request.method in SAFE:
        return RedirectResponse(path, 303)
    raise Refused(403, "forbidden", say("office", "form_expired"))


async def _check_form(request: Request, staff: accounts.Staff) -> None:
    """Refuses a form from another site or without this login's token."""
    _same_origin(request)
    form = await request.form(max_files=0, max_fields=60)
    if not accounts.same(str(form.get("csrf", "")), staff.csrf):
        raise Refused(403, "forbidden", say("office", "form_expired"))


def _same_origin(request: Request) -> None:
    """Refuses a form that another site sent. Old browsers send neither header; SameSite cookies cover those."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    foreign = (
        site not in ("same-origin", "none") if site else bool(origin) and _host(origin) != request.headers.get("host")
    )
    if foreign:
        raise Refused(403, "forbidden", say("office", "not_allowed"))


def _host(origin: str | None) -> str | None:
    try:
        return urlsplit(origin or "").netloc or None
    except ValueError:
        return None


_CHECKS: dict[Access, Check] = {
    Access.PUBLIC: _public,
    Access.PUBLIC_API: _public_api,
    Access.CHAT: _chat,
    Access.METRICS: _metrics,
    Access.HALF: _staff(*accounts.ROLES, half=True),
    Access.ACCOUNT: _staff(*accounts.ROLES, bare=True),
    Access.STAFF: _staff(*accounts.ROLES),
    Access.WORK: _staff("caseworker", "manager"),
    Access.MANAGE: _staff("manager"),
}
