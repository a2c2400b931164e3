"""A member's own account: the second factor and its recovery codes."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.knowledge.words import say
from bot.web import second_factor
from bot.web.inbox.pages import page
from bot.web.office import office


async def show_account(request: Request) -> Response:
    """Who is logged in, and whether a second factor is set up."""
    left = await run_in_threadpool(second_factor.codes_left, office(request).db, request.state.staff.id)
    return page(request, "account.html", {"codes_left": left})


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


async def _setup(request: Request, problem: str = "", status: int = 200) -> Response:
    staff = request.state.staff
    secret = await run_in_threadpool(second_factor.begin, office(request).db, staff.id)
    spaced = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    context = {"secret": spaced, "address": second_factor.address(secret, staff.email), "problem": problem}
    return page(request, "second_factor.html", context, status)
