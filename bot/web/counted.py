"""Counts every response by its status and the kind of route, refusals at the edge included."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.metrics import Metrics

_KINDS = {"chat": "chat", "widget": "widget", "inbox": "inbox", "telegram": "telegram", "static": "static"}
_HEALTH = ("healthz", "readyz", "metrics")


class Counted:
    """Outermost of all that stands in front of the routes."""

    def __init__(self, app: ASGIApp, metrics: Metrics):
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wraps `send`."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def counting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._metrics.responses.labels(message["status"], kind(scope["path"])).inc()
            await send(message)

        await self._app(scope, receive, counting)


def kind(path: str) -> str:
    """A few names, whatever is asked for: a label must not grow with what strangers send."""
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    return "health" if first in _HEALTH else _KINDS.get(first, "other")
