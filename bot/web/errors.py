"""Errors as people and programs read them: one JSON shape for the API, one plain page for the rest."""

import logging
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.knowledge.words import say
from bot.limits import MAX_MESSAGE_CHARS
from bot.web.office import office

logger = logging.getLogger(__name__)

API = "/chat/v1/"


class Refused(HTTPException):
    """A request that is refused, with a code for programs and a friendly sentence for people."""

    def __init__(self, status: int, code: str, message: str, retry_after: int | None = None):
        headers = {"Retry-After": str(retry_after)} if retry_after is not None else None
        super().__init__(status, message, headers)
        self.code = code
        self.retry_after = retry_after


def bad_request() -> Refused:
    """Something that cannot be read."""
    return Refused(400, "bad_request", say("office", "bad_request"))


def session_ended() -> Refused:
    """No session, a forged or expired one, or a deleted conversation."""
    return Refused(401, "session_ended", say("office", "session_ended"))


def too_many(seconds: int) -> Refused:
    """More than the limit; says when to try again."""
    return Refused(429, "too_many", say("office", "too_many", seconds=seconds), seconds)


def busy(seconds: int, phone: str) -> Refused:
    """More people write than can be answered; nothing was stored."""
    return Refused(503, "busy", say("office", "busy", seconds=seconds, phone=phone), seconds)


def too_long() -> Refused:
    """A message or a body over its limit."""
    return Refused(413, "too_long", say("office", "too_long", limit=f"{MAX_MESSAGE_CHARS:,}"))


_WORDS = {400: "bad_request", 403: "not_allowed", 404: "not_found", 405: "not_allowed", 408: "too_slow"}


async def http_error(request: Request, error: Exception) -> Response:
    """Answers a refusal, or an error that Starlette itself raised."""
    if not isinstance(error, HTTPException):
        return await server_error(request, error)
    if isinstance(error, Refused):
        return _answer(request, error.status_code, error.code, error.detail, dict(error.headers or {}))
    code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_")
    message = say("office", _WORDS.get(error.status_code, "bad_request"))
    return _answer(request, error.status_code, code, message, dict(error.headers or {}))


async def server_error(request: Request, error: Exception) -> Response:
    """Answers an error of ours. The server logs where it happened; the reader gets the office's number."""
    words = say("office", "failed", phone=office(request).settings.office.phone)
    # The server drops the connection after an error; told so, no client sends its next message into it.
    return _answer(request, 500, "failed", words, {"Connection": "close"})


def _answer(request: Request, status: int, code: str, message: str, headers: dict[str, str]) -> Response:
    if request.url.path.startswith(API):
        retry = {"retry_after": int(headers["Retry-After"])} if "Retry-After" in headers else {}
        return JSONResponse({"error": {"code": code, "message": message, **retry}}, status, headers)
    page = {"title": "Something is not right", "message": message}
    return office(request).templates.TemplateResponse(request, "error.html", page, status, headers)
