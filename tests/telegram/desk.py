"""The office with Telegram on, beside a Bot API of our own: started, stopped and started again in one test."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.blocks import text
from bot.channels.engine_client import EngineClient
from bot.channels.gateway import Gateway
from bot.channels.telegram.client import make_bot
from bot.channels.telegram.limiter import ChatLimiter
from bot.channels.telegram.service import TelegramService
from bot.channels.telegram.settings import PATH, TelegramSettings
from bot.limits import MAX_TURNS_A_MINUTE
from bot.settings import Settings
from bot.store.engine import Database
from bot.web.limiter import Limiter
from bot.web.telegram import routes
from tests.services import free_port
from tests.telegram.fake_api import FakeApi, Json, Sent

SECRET = "a-secret-of-the-tests-0123456789"
UNLIMITED = 1_000_000.0


class Service(TelegramService):
    """The real service, but its pauses are noted instead of waited for."""

    paused: list[float]

    async def _pause(self, seconds: float) -> None:
        self.paused.append(seconds)
        await asyncio.sleep(0)


@dataclass
class Desk:
    """A running office and the Bot API beside it. `mode` is polling or webhook."""

    api: FakeApi
    settings: Settings
    db: Database
    mode: str = "polling"
    engine: Any = None
    now: Any = None
    a_minute: int = MAX_TURNS_A_MINUTE  # how much one person may write; a test types faster than anybody
    service: Service = field(init=False)
    gateway: Gateway = field(init=False)

    def telegram(self, port: int = 0) -> TelegramSettings:
        """The channel's settings for the mode."""
        webhook = f"http://127.0.0.1:{port}{PATH}" if self.mode == "webhook" else ""
        return TelegramSettings(self.api.token, webhook, SECRET if webhook else "", self.api.url)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Desk"]:
        """The office from its start to its orderly stop."""
        port = free_port()
        self.gateway = Gateway(self.db, self.settings, self.engine or EngineClient(self.settings))
        telegram = self.telegram(port)
        bot = make_bot(telegram, ChatLimiter(UNLIMITED, UNLIMITED))
        clock = self.now or (lambda: datetime.now(UTC))
        Service.paused = []
        self.service = Service(self.settings, telegram, self.db, self.gateway, bot, clock)
        self.service._incoming = Limiter(self.a_minute, 60)
        async with self._web(port, telegram):
            await self.service.start()
            await self.api.until(lambda: self.service.trouble != "starting")
            try:
                yield self
            finally:
                await self.service.stop()
                if self.engine is None:
                    await self.gateway.close()

    @asynccontextmanager
    async def _web(self, port: int, telegram: TelegramSettings) -> AsyncIterator[None]:
        """In webhook mode a web server with the office's own route."""
        if not telegram.webhook:
            yield
            return
        self.api.webhook = {"url": telegram.webhook, "secret_token": telegram.secret}
        app = Starlette(routes=list(routes(self.service)), exception_handlers={HTTPException: _refused})
        server = uvicorn.Server(uvicorn.Config(app, port=port, ws="none", log_level="error", lifespan="off"))
        serving = asyncio.create_task(server.serve())
        await self.api.until(lambda: server.started)
        try:
            yield
        finally:
            server.should_exit = True
            await serving

    async def arrives(self) -> None:
        """Lets what people have sent come in, and everything be answered."""
        if self.mode == "webhook":
            assert set(await self.api.bring()) <= {200}
        else:
            await self.api.until(self.api.taken)
        await self.service.queues.idle()

    async def says(self, chat: int, text: str, **more: Any) -> list[Sent]:
        """A person writes; the messages that came back."""
        before = len(self.api.to(chat))
        self.api.says(chat, text, **more)
        await self.arrives()
        return self.api.to(chat)[before:]

    async def sends(self, chat: int, **content: Any) -> list[Sent]:
        """A person sends something; the messages that came back."""
        before = len(self.api.to(chat))
        self.api.sends(chat, **content)
        await self.arrives()
        return self.api.to(chat)[before:]

    async def updates(self, chat: int, **content: Json) -> list[Sent]:
        """Any update; the messages that came back to a chat."""
        before = len(self.api.to(chat))
        self.api.update(**content)
        await self.arrives()
        return self.api.to(chat)[before:]

    async def presses(self, sent: Sent, label: str) -> list[Sent]:
        """A person presses the button whose label contains these words; the messages that came back."""
        before = len(self.api.to(sent.chat))
        self.api.presses(sent, next(found for found in sent.keyboard if label in found))
        await self.arrives()
        return self.api.to(sent.chat)[before:]


async def _refused(request: Request, error: Exception) -> Response:
    return Response(status_code=getattr(error, "status_code", 500))


def read(messages: list[Sent]) -> str:
    """All that a person reads of some messages."""
    return "\n\n".join(sent.text for sent in messages)


def reply(*paragraphs: str, outcome: str = "answered") -> list[dict[str, Any]]:
    """An engine's reply of plain paragraphs."""
    return [{"blocks": [text(each) for each in paragraphs], "outcome": outcome, "entries": [], "confidence": None}]


def run(desk: Desk, body: Callable[[], Awaitable[None]]) -> None:
    """One test body with the office running."""

    async def whole() -> None:
        async with desk.running():
            await body()

    asyncio.run(whole())
