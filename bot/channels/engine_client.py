"""Talks to the engine, or to several: one turn, one erasure, one look whether it is there.

A conversation stays with its engine (bot/channels/pinning.py). Only where no connection came about at all does the next
engine stand in: a message that may have arrived is never sent twice.
"""

import asyncio
import json
import time
from types import TracebackType
from typing import Any, cast
from urllib.parse import quote

from bot.blocks import Reply
from bot.channels.pinning import ranked
from bot.http_calls import CallFailed, ClientConnectorError, Server, packed
from bot.limits import ENGINE_AVOID_SECONDS, ENGINE_CONNECT_SECONDS, ENGINE_KEPT_SECONDS, ENGINE_SECONDS
from bot.outcomes import Outcome
from bot.settings import Settings


class EngineDown(Exception):
    """The engine gave no usable answer; the text says why and holds nothing a person wrote."""


class NotConnected(EngineDown):
    """The engine was never reached, so it has done nothing."""


class EngineClient:
    """The office's side of the contract in docs/architecture.md, "Office and engine".

    Raises:
        ValueError: when an engine's address is not plain http://.
    """

    def __init__(self, settings: Settings):
        headers = {"Authorization": f"Bearer {settings.keys.engine}"}
        self._engines = {
            engine: Server(engine, headers, ENGINE_CONNECT_SECONDS, ENGINE_KEPT_SECONDS) for engine in settings.engines
        }
        self._avoided: dict[str, float] = {}

    async def turn(self, body: dict[str, Any]) -> list[Reply]:
        """The engine's replies to one message.

        Raises:
            EngineDown: when it is not there, late, or answers nonsense.
        """
        answer = await self._turn_call(body)
        try:
            return [_checked(reply) for reply in json.loads(answer)["replies"]]
        except (ValueError, KeyError, TypeError) as error:
            raise EngineDown(f"malformed reply ({type(error).__name__})") from None

    async def erase(self, conversation: str) -> None:
        """Erases what the engine keeps of a conversation.

        Raises:
            EngineDown: when it could not be erased now.
        """
        path = f"/conversations/{quote(conversation, safe='')}"
        calls = (self._call(engine, "DELETE", path) for engine in self._engines)
        await asyncio.gather(*calls)  # by all: one that once stood in may still hold it in memory

    async def ready(self) -> dict[str, Any]:
        """What the engine says of itself: `{"ready": bool, "model": id, "tracker_store": "database"}`.

        Of several, what the first ready one says, and under `engines` which ones are ready, by their number.

        Raises:
            EngineDown: when there is none.
        """
        found = await asyncio.gather(*map(self._told, self._engines), return_exceptions=True)
        told = [one for one in found if isinstance(one, dict)]
        if not told:
            raise next(one for one in found if isinstance(one, BaseException))
        ready = {str(number): isinstance(one, dict) and one["ready"] is True for number, one in enumerate(found, 1)}
        return {**next((one for one in told if one["ready"] is True), told[0]), "engines": ready}

    async def _told(self, engine: str) -> dict[str, Any]:
        answer = await self._call(engine, "GET", "/ready", accepted=(200, 503))
        try:
            return {"ready": False, **json.loads(answer)}
        except (ValueError, TypeError):
            raise EngineDown("malformed reply to a health check") from None

    async def close(self) -> None:
        """Closes the connections."""
        for server in self._engines.values():
            server.close()

    async def __aenter__(self) -> "EngineClient":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.close()

    async def _turn_call(self, body: dict[str, Any]) -> bytes:
        """Asks the conversation's own engine; where that one cannot be connected to, the next in its order."""
        order, content = ranked(str(body["conversation"]), list(self._engines)), packed(body)
        now = time.monotonic()
        present = [engine for engine in order if self._avoided.get(engine, 0) <= now] or order
        for engine in present[:-1]:
            try:
                return await self._call(engine, "POST", "/messages", content)
            except NotConnected:
                self._avoided[engine] = time.monotonic() + ENGINE_AVOID_SECONDS
        return await self._call(present[-1], "POST", "/messages", content)

    async def _call(
        self, engine: str, method: str, path: str, content: bytes | None = None, accepted: tuple[int, ...] = (200, 204)
    ) -> bytes:
        try:
            async with asyncio.timeout(ENGINE_SECONDS):
                answer = await self._engines[engine].call(method, path, content)
        except ClientConnectorError as error:
            raise NotConnected(type(error).__name__) from None
        except (CallFailed, TimeoutError) as error:
            raise EngineDown(type(error).__name__) from None
        if answer.status not in accepted:
            raise EngineDown(f"status {answer.status}")
        return answer.body


def _checked(reply: Any) -> Reply:
    """The reply, when it has the shape of bot/blocks.py; KeyError, TypeError or ValueError when not."""
    for block in reply["blocks"]:
        block["type"]
    checked = {
        **reply,
        "blocks": list(reply["blocks"]),
        "outcome": Outcome(reply["outcome"]).value,
        "entries": [str(entry) for entry in reply.get("entries", [])],
        "confidence": reply.get("confidence"),
    }
    return cast(Reply, checked)
