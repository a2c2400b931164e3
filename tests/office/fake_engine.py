"""A real server that stands in for the engine: answers over HTTP, can be stopped, started and told what to say."""

import threading
import time
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.blocks import button, buttons, text

Body = dict[str, Any]


def echo(body: Body) -> list[Body]:
    """Says what it was told, and offers one button."""
    blocks = [text(f"You said: {body['text']}"), buttons([button("Go on", '/choose{"entry": "mediation"}')])]
    return [{"blocks": blocks, "outcome": "answered", "entries": ["mediation@12345678"], "confidence": 0.9}]


class FakeEngine:
    """The engine's side of the contract; `seen` keeps every body, `erased` every conversation erased."""

    def __init__(self, port: int, secret: str):
        self.port = port
        self.secret = secret
        self.say: Callable[[Body], Any] = echo
        self.status = 200
        self.seen: list[Body] = []
        self.erased: list[str] = []
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listens; returns when it does."""
        routes = [
            Route("/webhooks/office/ready", self._ready),
            Route("/webhooks/office/messages", self._messages, methods=["POST"]),
            Route("/webhooks/office/conversations/{conversation}", self._erase, methods=["DELETE"]),
        ]
        config = uvicorn.Config(Starlette(routes=routes), port=self.port, ws="none", log_level="error")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def stop(self) -> None:
        """Closes the port; returns when it is closed."""
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join()
            self._server = None

    async def _ready(self, request: Request) -> Response:
        return JSONResponse({"ready": True, "model": "model-of-the-tests", "tracker_store": "database"})

    async def _messages(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {self.secret}":
            return JSONResponse({}, status_code=401)
        body = await request.json()
        self.seen.append(body)
        if self.status != 200:
            return JSONResponse({}, status_code=self.status)
        return JSONResponse({"replies": self.say(body)})

    async def _erase(self, request: Request) -> Response:
        self.erased.append(request.path_params["conversation"])
        return Response(status_code=204)
