"""Log in with password and second factor; log out. A new cookie after each step, so that none can be planted."""

import secrets
from typing import Literal

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.knowledge.words import say
from bot.limits import LOGIN_WINDOW_MINUTES, MAX_PASSWORD_CHARS, STAFF_SESSION_HOURS
from bot.web import accounts, second_factor
from bot.web.access import cookie_name, inbox_cookie
from bot.web.inbox.pages import page
from bot.web.office import address, office


async def show_login(request: Request) -> Response:
    """The login form."""
    return login_form(request)


async def do_login(request: Request) -> Response:
    """Checks form token, limits, then the password; with a second factor the code comes next."""
    form = await request.form(max_files=0, max_fields=5)
    email, password = str(form.get("email", ""))[:254], str(form.get("password", ""))[:MAX_PASSWORD_CHARS]
    cookie = request.cookies.get(cookie_name(request, "login"), "")
    if not cookie or not accounts.same(cookie, str(form.get("csrf", ""))):
        return login_form(request, 403, say("office", "form_expired"))
    account = _count_try(request, email)
    if account is None:
        return login_form(request, 429, say("office", "login_throttled", minutes=LOGIN_WINDOW_MINUTES))
    user_id = await run_in_threadpool(accounts.check_password, office(request).db, email, password)
    if user_id is None:
        return login_form(request, 401, say("office", "login_wrong"))
    office(request).limits.logins.forget(account)
    if await run_in_threadpool(second_factor.is_on, office(request).db, user_id):
        return await logged_in(request, user_id, "/inbox/login/code", second=False)
    return await logged_in(request, user_id, "/inbox")


async def show_code(request: Request) -> Response:
    """Asks for the code of the second factor."""
    return page(request, "code.html", {})


async def do_code(request: Request) -> Response:
    """Checks the code; the half login ends and a whole one begins."""
    form = await request.form()
    user_id = request.state.staff.id
    if office(request).limits.logins.take(f"code {user_id}"):
        problem = say("office", "login_throttled", minutes=LOGIN_WINDOW_MINUTES)
        return page(request, "code.html", {"problem": problem}, 429)
    code = str(form.get("code", ""))[:64]
    if not await run_in_threadpool(second_factor.passes, office(request).db, user_id, code):
        return page(request, "code.html", {"problem": say("office", "code_wrong")}, 401)
    office(request).limits.logins.forget(f"code {user_id}")
    await run_in_threadpool(accounts.log_out, office(request).db, inbox_cookie(request))
    return await logged_in(request, user_id, "/inbox")


async def do_logout(request: Request) -> Response:
    """Ends the login."""
    await run_in_threadpool(accounts.log_out, office(request).db, inbox_cookie(request))
    response = RedirectResponse("/inbox/login", 303)
    name, secure = cookie_name(request, "inbox"), office(request).settings.secure
    response.delete_cookie(name, httponly=True, secure=secure, samesite="strict")
    return response


def _count_try(request: Request, email: str) -> str | None:
    """Counts a try against its address and its account; the account's key, or None when there were too many."""
    limits = office(request).limits
    account = office(request).db.vault.fingerprint(email)
    if limits.logins_by_address.take(address(request)) or limits.logins.take(account):
        return None
    return account


async def logged_in(
    request: Request, user_id: str, path: str, second: bool = True, by_provider: bool = False
) -> Response:
    """Opens a login with a new cookie and goes on to a page."""
    token = await run_in_threadpool(accounts.log_in, office(request).db, user_id, None, second, by_provider)
    response = RedirectResponse(path, 303)
    set_cookie(request, response, "inbox", token, STAFF_SESSION_HOURS * 3600)
    return response


def login_form(request: Request, status: int = 200, problem: str = "") -> Response:
    """The form with a token that its cookie must match, so that no other site can log somebody in."""
    csrf = secrets.token_urlsafe(24)
    response = page(request, "login.html", {"csrf": csrf, "problem": problem, "openid": office(request).openid}, status)
    set_cookie(request, response, "login", csrf, 3600)
    return response


def set_cookie(
    request: Request,
    response: Response,
    name: str,
    value: str,
    seconds: int,
    samesite: Literal["strict", "lax"] = "strict",
) -> None:
    """A cookie that scripts cannot read, bound to this host where the office is reached by https."""
    response.set_cookie(
        cookie_name(request, name),
        value,
        max_age=seconds,
        httponly=True,
        secure=office(request).settings.secure,
        samesite=samesite,
    )
