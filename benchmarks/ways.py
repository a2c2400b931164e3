"""The three ways a message can take: stock Rasa's REST channel, our engine's channel alone, the office's public API."""

import json
import time
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from uuid import uuid4

import aiohttp

Kind = Literal["answered", "refused", "error"]
TIMEOUT = aiohttp.ClientTimeout(total=60)


@dataclass(frozen=True)
class Answer:
    """What became of one message. refused: politely, by 429 or 503 that says when to come back (`retry_after`)."""

    kind: Kind
    seconds: float
    retry_after: int = 0
    told: str = ""
    case: bool = False
    raw: str = ""


class Way(Protocol):
    """One way; `begin` opens a conversation and hands back what `say` wants to know of it."""

    name: str

    async def begin(self, http: aiohttp.ClientSession, number: int) -> Any:
        """A new conversation."""

    async def say(self, http: aiohttp.ClientSession, talk: Any, text: str, message_id: str) -> Answer:
        """One message."""


@dataclass(frozen=True)
class Stock:
    """`POST /webhooks/rest/webhook` of the stock bot."""

    base: str
    name: str = "stock"

    async def begin(self, http: aiohttp.ClientSession, number: int) -> str:
        """Rasa takes the sender's word for who it is."""
        return uuid4().hex

    async def say(self, http: aiohttp.ClientSession, talk: str, text: str, message_id: str) -> Answer:
        """An answer is any text at all."""
        body = {"sender": talk, "message": text}
        return await _asked(
            http, f"{self.base}/webhooks/rest/webhook", body, {}, lambda found: (bool(found), "", False)
        )


@dataclass(frozen=True)
class Engine:
    """The office's channel of our engine, with its secret."""

    base: str
    secret: str
    name: str = "engine"

    async def begin(self, http: aiohttp.ClientSession, number: int) -> str:
        """The office would make the id."""
        return uuid4().hex

    async def say(self, http: aiohttp.ClientSession, talk: str, text: str, message_id: str) -> Answer:
        """As the office asks."""
        body = {"conversation": talk, "text": text, "payload": None, "channel": "web", "message_id": message_id}
        headers = {"Authorization": f"Bearer {self.secret}"}
        return await _asked(http, f"{self.base}/webhooks/office/messages", body, headers, _of_engine)


@dataclass(frozen=True)
class Office:
    """The public chat API, each conversation from an address of its own, as behind a proxy."""

    base: str
    name: str = "office"

    async def begin(self, http: aiohttp.ClientSession, number: int) -> dict[str, str]:
        """A session, and the headers that open it."""
        address = {"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}
        async with http.post(f"{self.base}/chat/v1/sessions", headers=address, timeout=TIMEOUT) as response:
            response.raise_for_status()
            return {"Authorization": f"Bearer {(await response.json())['session']}", **address}

    async def say(self, http: aiohttp.ClientSession, talk: dict[str, str], text: str, message_id: str) -> Answer:
        """As the widget asks."""
        body = {"text": text, "message_id": message_id}
        return await _asked(http, f"{self.base}/chat/v1/messages", body, talk, _of_office)

    async def history(self, http: aiohttp.ClientSession, talk: dict[str, str]) -> list[dict[str, Any]]:
        """The turns as they are kept."""
        async with http.get(f"{self.base}/chat/v1/history", headers=talk, timeout=TIMEOUT) as response:
            response.raise_for_status()
            found: list[dict[str, Any]] = (await response.json())["turns"]
            return found


async def _asked(
    http: aiohttp.ClientSession, url: str, body: dict[str, Any], headers: dict[str, str], read: Any
) -> Answer:
    """One request, timed until its last byte. `read` gives (is it an answer, what went wrong, is there a case)."""
    begun = time.perf_counter()
    try:
        async with http.post(url, json=body, headers=headers, timeout=TIMEOUT) as response:
            content, status, later = await response.read(), response.status, response.headers.get("Retry-After", "")
    except (aiohttp.ClientError, TimeoutError) as error:
        return Answer("error", time.perf_counter() - begun, told=type(error).__name__)
    seconds = time.perf_counter() - begun
    if status in (429, 503) and later.isdigit():
        return Answer("refused", seconds, int(later), f"status {status}")
    if status != 200:
        return Answer("error", seconds, told=f"status {status}")
    good, told, case = read(json.loads(content))
    return Answer("answered" if good else "error", seconds, told=told, case=case, raw=content.decode())


def _of_engine(found: Any) -> tuple[bool, str, bool]:
    outcomes = [reply["outcome"] for reply in found["replies"]]
    good = bool(outcomes) and "failed" not in outcomes
    return good, "" if good else f"outcomes {outcomes}", any(reply.get("case") for reply in found["replies"])


def _of_office(found: Any) -> tuple[bool, str, bool]:
    turn = found["turn"]
    good = turn["outcome"] != "failed"
    kinds = {block["type"] for block in turn["blocks"]}
    return good, "" if good else "outcome failed", "reference" in kinds
