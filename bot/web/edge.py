"""What stands in front of every route: security headers, and a limit on the size and slowness of bodies."""

import asyncio

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.limits import BODY_SECONDS, MAX_BODY_BYTES, TELEGRAM_UPDATE_BYTES
from bot.settings import Settings
from bot.web.errors import too_long

# `same-origin` rather than `no-referrer`: with the latter a browser hides the Origin that access.py checks.
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex",
}
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; require-trusted-types-for 'script'; frame-ancestors "
)


_FRAMED = ("chat", "answers")  # what the sites that the settings name may frame; a chat links to answers


class SecurityHeaders:
    """Adds the security headers to every response, errors included."""

    def __init__(self, app: ASGIApp, settings: Settings):
        self._app = app
        self._secure = settings.secure
        self._chat_ancestors = " ".join(("'self'", *settings.origins))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wraps `send`."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message), scope["path"])
            await send(message)

        await self._app(scope, receive, with_headers)

    def _add(self, headers: MutableHeaders, path: str) -> None:
        ancestors = self._chat_ancestors if path.partition("/")[2].partition("/")[0] in _FRAMED else "'none'"
        headers["Content-Security-Policy"] = _CSP + ancestors
        for name, value in _ALWAYS.items():
            headers[name] = value
        if not path.startswith("/static/") and not (path.startswith("/widget/") and "cache-control" in headers):
            headers["Cache-Control"] = "no-store"
        if self._secure:
            headers["Strict-Transport-Security"] = "max-age=31536000"


_LARGER = {"/telegram/webhook": TELEGRAM_UPDATE_BYTES}


class BodyLimit:
    """Refuses a body that is too large before or while it arrives, and one that takes too long."""

    def __init__(self, app: ASGIApp, most: int = MAX_BODY_BYTES, seconds: float = BODY_SECONDS):
        self._app = app
        self._most = most
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wraps `receive`."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        most = _LARGER.get(scope["path"], self._most)
        got, whole = 0, False
        end = asyncio.get_running_loop().time() + self._seconds

        async def limited() -> Message:
            nonlocal got, whole
            if not declared.isdigit() or int(declared) > most:
                raise too_long()
            if whole:
                return await receive()
            try:
                async with asyncio.timeout_at(end):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408) from None
            got += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if got > most:
                raise too_long()
            return message

        await self._app(scope, limited, send)
