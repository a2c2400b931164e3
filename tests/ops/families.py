"""Families who talk to an office at once while something is broken, and what must hold afterwards."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

FAMILIES, MESSAGES = 12, 6
PATIENCE_S = 120


@dataclass
class Family:
    """One family's conversation: its session, what it said, and what became of each message."""

    client: httpx.AsyncClient
    number: int
    lines: tuple[str, ...]
    outcomes: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    async def talk(self) -> None:
        """Says every message; one that got no answer at all is sent again under its own id, as the widget does."""
        session = (await self.again("POST", "/chat/v1/sessions")).json()["session"]
        self.headers = {"Authorization": f"Bearer {session}"}
        for said, line in enumerate(self.lines):
            body = {"message_id": f"message-{self.number}-{said}", "text": line}
            found = await self.again("POST", "/chat/v1/messages", json=body, headers=self.headers)
            self.outcomes.append(found.json()["turn"]["outcome"])

    async def again(self, method: str, path: str, **content: object) -> httpx.Response:
        """The request until it is answered with a success; an office that was killed takes its time to start on a slow machine."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            try:
                answer = await self.client.request(method, path, **content)  # type: ignore[arg-type]
                if answer.is_success:
                    return answer
                assert answer.status_code in (429, 500, 503), answer.text
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)
        raise AssertionError("never answered")

    async def kept(self) -> list[dict[str, object]]:
        """The conversation as it is kept."""
        answer = await self.again("GET", "/chat/v1/history", headers=self.headers)
        found: list[dict[str, object]] = answer.json()["turns"]
        return found


def numbered(family: int) -> tuple[str, ...]:
    """Lines that no other family says."""
    return tuple(f"family {family} says {said}" for said in range(MESSAGES))


async def families(
    base: str, fault: Callable[[], None], lines: Callable[[int], tuple[str, ...]] = numbered
) -> list[Family]:
    """All families at once, and the fault in the middle; each one's conversation is checked when all is over."""
    addresses = [f"10.0.0.{number}" for number in range(FAMILIES)]
    clients = [
        httpx.AsyncClient(base_url=base, trust_env=False, timeout=30, headers={"X-Forwarded-For": a}) for a in addresses
    ]
    found = [Family(client, number, lines(number)) for number, client in enumerate(clients)]
    talking = asyncio.gather(*(family.talk() for family in found))
    await asyncio.to_thread(fault)
    await talking
    for family in found:
        check(family, await family.kept())
        await family.client.aclose()
    return found


def check(family: Family, turns: list[dict[str, object]]) -> None:
    """Each message once and in order, each answered once, no word of another family."""
    asked = [turn for turn in turns if turn["author"] == "parent"]
    answers = Counter(turn["answers"] for turn in turns if turn["author"] == "assistant")
    assert [turn["text"] for turn in asked] == list(family.lines)
    assert answers == Counter(turn["seq"] for turn in asked)
    replies = str([turn["blocks"] for turn in turns])
    assert all(f"family {other} " not in replies for other in range(FAMILIES) if other != family.number)
