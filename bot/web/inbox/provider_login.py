"""Signing in through the organisation's own accounts: to the provider, and back. Accounts and roles stay the office's own.

The cookie between the two steps is SameSite=Lax, for the way back begins at the provider. The login's own cookie is
Strict, so the way back ends on a page of ours that goes on to the inbox by itself: a redirect would arrive without it.
"""

import json
import logging
from dataclasses import astuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.knowledge.words import say
from bot.limits import LOGIN_WINDOW_MINUTES, PROVIDER_MINUTES, STAFF_SESSION_HOURS
from bot.web import accounts
from bot.web.access import cookie_name
from bot.web.errors import Refused
from bot.web.inbox.login import login_form, set_cookie
from bot.web.inbox.pages import page
from bot.web.office import address, office
from bot.web.openid import Begun, OpenId, SignInFailed

logger = logging.getLogger(__name__)

BEGIN, BACK = "/inbox/login/provider", "/inbox/login/provider/back"
_COOKIE = "provider"


async def begin(request: Request) -> Response:
    """Sends the browser to the provider."""
    openid = _openid(request)
    if office(request).limits.logins_by_address.take(address(request)):
        return login_form(request, 429, say("office", "login_throttled", minutes=LOGIN_WINDOW_MINUTES))
    try:
        where, begun = await openid.begin()
    except SignInFailed as failed:
        return _refused(request, 502, "provider_down", failed.reason)
    response = RedirectResponse(where, 303)
    kept = office(request).tokens.issue(_COOKIE, json.dumps(astuple(begun)))
    set_cookie(request, response, _COOKIE, kept, PROVIDER_MINUTES * 60, samesite="lax")
    return response


async def finish(request: Request) -> Response:
    """Opens a login for the account with the address that the provider vouches for. Whatever happens, one try ends here."""
    openid, begun = _openid(request), _begun(request)
    if begun is None:
        return _refused(request, 403, "form_expired", "nothing begun in this browser")
    try:
        email = await openid.finish(begun, request.query_params)
    except SignInFailed as failed:
        return _refused(request, 401, "provider_refused", failed.reason)
    user_id = await run_in_threadpool(accounts.enabled_account, office(request).db, email)
    if user_id is None:
        return _refused(request, 403, "provider_no_account", "no enabled account")
    return await _logged_in(request, user_id)


async def _logged_in(request: Request, user_id: str) -> Response:
    token = await run_in_threadpool(accounts.log_in, office(request).db, user_id, None, True, True)
    response = page(request, "signed_in.html", {})
    set_cookie(request, response, "inbox", token, STAFF_SESSION_HOURS * 3600)
    return _forget(request, response)


def _openid(request: Request) -> OpenId:
    """The provider; where there is none, there is no such page."""
    found = office(request).openid
    if found is None:
        raise Refused(404, "not_found", say("office", "not_found"))
    return found


def _begun(request: Request) -> Begun | None:
    """What this browser began with in the last minutes; None when it began nothing, or its cookie is not ours."""
    cookie = request.cookies.get(cookie_name(request, _COOKIE), "")
    kept = office(request).tokens.read(_COOKIE, cookie, PROVIDER_MINUTES * 60)
    return Begun(*json.loads(kept)) if kept else None


def _refused(request: Request, status: int, words: str, reason: str) -> Response:
    """The login page with what to do; the log names the reason and no person."""
    logger.warning("Sign-in through the provider failed: %s.", reason)
    return _forget(request, login_form(request, status, say("office", words)))


def _forget(request: Request, response: Response) -> Response:
    """Takes away what was kept for the way back."""
    name, secure = cookie_name(request, _COOKIE), office(request).settings.secure
    response.delete_cookie(name, httponly=True, secure=secure, samesite="lax")
    return response
