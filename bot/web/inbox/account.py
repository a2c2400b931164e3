"""A member's own account: the password, the second factor and its recovery codes."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.knowledge.words import say
from bot.limits import LOGIN_WINDOW_MINUTES, MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS
from bot.web import accounts, second_factor
from bot.web.inbox.login import logged_in
from bot.web.inbox.pages import page
from bot.web.office import office


async def show_account(request: Request) -> Response:
    """Who is logged in, and whether a second factor is set up."""
    return await _account(request)


async def do_password(request: Request) -> Response:
    """Changes one's own password; every other login of the account ends, this one begins anew."""
    form, staff = await request.form(), request.state.staff
    if office(request).limits.logins.take(f"password {staff.id}"):
        return await _account(request, say("office", "login_throttled", minutes=LOGIN_WINDOW_MINUTES), 429)
    present, new = (str(form.get(name, ""))[:MAX_PASSWORD_CHARS] for name in ("present", "new"))
    try:
        changed = await run_in_threadpool(accounts.change_password, office(request).db, staff.id, present, new)
    except accounts.AccountError as error:
        return await _account(request, str(error), 422)
    if not changed:
        return await _account(request, say("office", "password_wrong"), 422)
    return await logged_in(request, staff.id, "/inbox/account?done=password", by_provider=staff.by_provider)


async def show_second_factor(request: Request) -> Response:
    """The secret to type into an authenticator app, and the form for its first code."""
    if request.state.staff.has_second:
        return RedirectResponse("/inbox/account", 303)
    return await _setup(request)


async def do_second_factor(request: Request) -> Response:
    """Switches it on with the first right code, and shows the recovery codes this once."""
    form = await request.form()
    if request.state.staff.has_second:
        return RedirectResponse("/inbox/account", 303)
    if office(request).limits.logins.take(f"setup {request.state.staff.id}"):
        return await _setup(request, say("office", "code_wrong"), 429)
    code = str(form.get("code", ""))[:64]
    codes = await run_in_threadpool(second_factor.confirm, office(request).db, request.state.staff.id, code)
    if codes is None:
        return await _setup(request, say("office", "code_wrong"), 422)
    spaced = [" ".join(one[i : i + 4] for i in range(0, 16, 4)) for one in codes]
    return page(request, "recovery.html", {"codes": spaced})


async def _account(request: Request, problem: str = "", status: int = 200) -> Response:
    left = await run_in_threadpool(second_factor.codes_left, office(request).db, request.state.staff.id)
    return page(request, "account.html", {"codes_left": left, "least": MIN_PASSWORD_CHARS, "problem": problem}, status)


async def _setup(request: Request, problem: str = "", status: int = 200) -> Response:
    staff = request.state.staff
    secret = await run_in_threadpool(second_factor.begin, office(request).db, staff.id)
    spaced = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    context = {"secret": spaced, "address": second_factor.address(secret, staff.email), "problem": problem}
    return page(request, "second_factor.html", context, status)
