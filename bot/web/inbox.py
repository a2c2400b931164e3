"""The inbox: log in, the list of cases by the legal clock, one case, log out."""

import secrets

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.cases.store import open_cases, read_case
from bot.knowledge.words import say
from bot.limits import LOGIN_WINDOW_MINUTES, STAFF_SESSION_HOURS
from bot.web import accounts
from bot.web.access import Access, cookie_name, guarded
from bot.web.errors import Refused
from bot.web.office import address, office


def routes() -> list[Route]:
    """The office's own pages."""
    return [
        guarded("/inbox/login", show_login, Access.PUBLIC),
        guarded("/inbox/login", do_login, Access.PUBLIC, ["POST"]),
        guarded("/inbox", show_inbox, Access.STAFF),
        guarded("/inbox/cases/{reference}", show_case, Access.STAFF),
        guarded("/inbox/logout", do_logout, Access.STAFF, ["POST"]),
    ]


async def show_login(request: Request) -> Response:
    """The login form."""
    return _login_form(request)


async def do_login(request: Request) -> Response:
    """Checks form token, limits, then the password."""
    form = await request.form(max_files=0, max_fields=5)
    email, password = str(form.get("email", ""))[:254], str(form.get("password", ""))[:1000]
    cookie = request.cookies.get(cookie_name(request, "login"), "")
    if not cookie or not accounts.same(cookie, str(form.get("csrf", ""))):
        return _login_form(request, 403, say("office", "form_expired"))
    keys = _count_try(request, email)
    if keys is None:
        return _login_form(request, 429, say("office", "login_throttled", minutes=LOGIN_WINDOW_MINUTES))
    user_id = await run_in_threadpool(accounts.check_password, office(request).db, email, password)
    if user_id is None:
        return _login_form(request, 401, say("office", "login_wrong"))
    office(request).limits.logins.forget(keys)
    return await _logged_in(request, user_id)


async def show_inbox(request: Request) -> Response:
    """All open cases, most urgent first."""
    cases = await run_in_threadpool(open_cases, office(request).db)
    context = {"cases": cases, "staff": request.state.staff}
    return office(request).templates.TemplateResponse(request, "inbox.html", context)


async def show_case(request: Request) -> Response:
    """One case: what the parent agreed to send."""
    case = await run_in_threadpool(read_case, office(request).db, request.path_params["reference"])
    if case is None:
        raise Refused(404, "not_found", say("office", "not_found"))
    context = {"case": case, "staff": request.state.staff}
    return office(request).templates.TemplateResponse(request, "case.html", context)


async def do_logout(request: Request) -> Response:
    """Ends the login."""
    name = cookie_name(request, "inbox")
    await run_in_threadpool(accounts.log_out, office(request).db, request.cookies.get(name, ""))
    response = RedirectResponse("/inbox/login", 303)
    response.delete_cookie(name, httponly=True, secure=office(request).settings.secure, samesite="strict")
    return response


def _count_try(request: Request, email: str) -> str | None:
    """Counts a try against its address and its account; the account's key, or None when there were too many."""
    limits = office(request).limits
    account = office(request).db.vault.fingerprint(email)
    if limits.logins_by_address.take(address(request)) or limits.logins.take(account):
        return None
    return account


async def _logged_in(request: Request, user_id: str) -> Response:
    token = await run_in_threadpool(accounts.log_in, office(request).db, user_id)
    response = RedirectResponse("/inbox", 303)
    _cookie(request, response, "inbox", token, STAFF_SESSION_HOURS * 3600)
    return response


def _login_form(request: Request, status: int = 200, problem: str = "") -> Response:
    """The form with a token that its cookie must match, so that no other site can log somebody in."""
    csrf = secrets.token_urlsafe(24)
    context = {"csrf": csrf, "problem": problem}
    response = office(request).templates.TemplateResponse(request, "login.html", context, status)
    _cookie(request, response, "login", csrf, 3600)
    return response


def _cookie(request: Request, response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        cookie_name(request, name),
        value,
        max_age=seconds,
        httponly=True,
        secure=office(request).settings.secure,
        samesite="strict",
    )
