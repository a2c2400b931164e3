"""The engine in this process where the office expects it over HTTP: for the Telegram demo and the journeys of its tests."""

from typing import Any

from bot.blocks import Reply
from bot.channels.engine_client import EngineClient
from bot.engine.inprocess import LocalEngine


class LocalClient(EngineClient):
    """A client of an engine that was loaded here. `today` may be set, so that dates come out the same on every day."""

    def __init__(self, engine: LocalEngine, today: str | None = None):
        self._engine = engine
        self.today = today

    async def turn(self, body: dict[str, Any]) -> list[Reply]:
        """The engine's replies to one message."""
        rest = {name: value for name, value in body.items() if name not in ("conversation", "text", "today")}
        return await self._engine.turn(body["conversation"], body["text"], today=self.today, **rest)

    async def erase(self, conversation: str) -> None:
        """Forgets a conversation."""
        await self._engine.forget(conversation)

    async def ready(self) -> dict[str, Any]:
        """It is loaded, else it would not be here."""
        return {"ready": True, "model": "local", "tracker_store": "memory"}

    async def close(self) -> None:
        """Nothing to close."""
