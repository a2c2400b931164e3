"""Talks to the engine over loopback: one turn, one erasure, one look whether it is there."""

import asyncio
from types import TracebackType
from typing import Any, cast

import httpx

from bot.blocks import Reply
from bot.limits import ENGINE_SECONDS
from bot.outcomes import Outcome
from bot.settings import Settings


class EngineDown(Exception):
    """The engine gave no usable answer; the text says why and holds nothing a person wrote."""


class EngineClient:
    """The office's side of the contract in docs/architecture.md, "Office and engine"."""

    def __init__(self, settings: Settings):
        self._base = settings.engine_url
        headers = {"Authorization": f"Bearer {settings.keys.engine}"}
        limits = httpx.Limits(max_connections=500, max_keepalive_connections=50)
        timeout = httpx.Timeout(ENGINE_SECONDS, connect=2, pool=ENGINE_SECONDS)
        # trust_env=False: a proxy of the environment must never see a loopback call.
        self._http = httpx.AsyncClient(headers=headers, limits=limits, timeout=timeout, trust_env=False)

    async def turn(self, body: dict[str, Any]) -> list[Reply]:
        """The engine's replies to one message.

        Raises:
            EngineDown: when it is not there, late, or answers nonsense.
        """
        response = await self._call("POST", "/messages", json=body)
        try:
            return [_checked(reply) for reply in response.json()["replies"]]
        except (ValueError, KeyError, TypeError) as error:
            raise EngineDown(f"malformed reply ({type(error).__name__})") from None

    async def erase(self, conversation: str) -> None:
        """Erases what the engine keeps of a conversation.

        Raises:
            EngineDown: when it could not be erased now.
        """
        await self._call("DELETE", f"/conversations/{conversation}")

    async def ready(self) -> dict[str, Any]:
        """What the engine says of itself: `{"ready": bool, "model": id, "tracker_store": "database"}`.

        Raises:
            EngineDown: when it is not there.
        """
        response = await self._call("GET", "/ready", accepted=(200, 503))
        try:
            return {"ready": False, **response.json()}
        except (ValueError, TypeError):
            raise EngineDown("malformed reply to a health check") from None

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> "EngineClient":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.close()

    async def _call(
        self, method: str, path: str, accepted: tuple[int, ...] = (200, 204), **content: Any
    ) -> httpx.Response:
        try:
            async with asyncio.timeout(ENGINE_SECONDS):
                response = await self._http.request(method, self._base + path, **content)
        except (httpx.HTTPError, TimeoutError) as error:
            raise EngineDown(type(error).__name__) from None
        if response.status_code not in accepted:
            raise EngineDown(f"status {response.status_code}")
        return response


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
