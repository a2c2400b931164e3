"""What the Telegram bridge adds to a message, without the engine: from the update's arrival to the answer at the Bot API.

Real database, gateway, client and HTTP to a Bot API on this machine; the engine answers at once. Run it with
`python -m benchmarks.telegram_bridge`.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from benchmarks.machine import described
from bot.blocks import button, buttons, text
from bot.channels.gateway import Gateway
from bot.channels.telegram.client import make_bot
from bot.channels.telegram.limiter import ChatLimiter
from bot.channels.telegram.service import TelegramService
from bot.channels.telegram.settings import TelegramSettings
from bot.privacy.keys import create_missing
from bot.settings import Settings
from bot.store.engine import Database
from bot.web.limiter import Limiter
from tests.telegram.fake_api import FakeApi

MESSAGES = 300
TARGET_MS = 10
UNLIMITED = 1_000_000.0


class AtOnce:
    """An engine that answers without thinking."""

    async def turn(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """An answer of usual length."""
        blocks = [text("Plain words about plans and appeals. " * 20), buttons([button("Tell me more", "/more")])]
        return [{"blocks": blocks, "outcome": "answered", "entries": [], "confidence": 0.9}]

    async def close(self) -> None:
        """Nothing to close."""


def main() -> None:
    """Prints the medians and 95th percentiles, and whether the target is met."""
    with tempfile.TemporaryDirectory() as folder:
        spent = asyncio.run(measure(Path(folder)))
    print(described())
    bridge = [
        whole - turn - sent for whole, turn, sent in zip(spent["whole"], spent["turn"], spent["sent"], strict=True)
    ]
    for name, found in (
        ("from arrival to the answer at the Bot API", spent["whole"]),
        ("of it in the gateway, as for the website", spent["turn"]),
        ("of it in the call to the Bot API", spent["sent"]),
        ("added by the bridge", bridge),
    ):
        print(
            f"{name:45s} median {statistics.median(found):6.1f} ms   p95 {statistics.quantiles(found, n=20)[-1]:6.1f} ms"
        )
    met = "met" if statistics.median(bridge) < TARGET_MS else "NOT met"
    print(f"target: under {TARGET_MS} ms median added by the bridge: {met}")


async def measure(folder: Path) -> dict[str, list[float]]:
    """Milliseconds of each message, one after the other: whole, in the gateway's turn, in the call that sends."""
    create_missing(folder, {})
    settings = Settings.from_environment({"SEND_DESK_DATA": str(folder)})
    db = Database.from_settings(settings)
    db.migrate()
    api = FakeApi().start()
    telegram = TelegramSettings(api.token, api=api.url)
    gateway = Gateway(db, settings, AtOnce())  # type: ignore[arg-type]
    service = TelegramService(settings, telegram, db, gateway, make_bot(telegram, ChatLimiter(UNLIMITED, UNLIMITED)))
    service._incoming = Limiter(1_000_000, 1)
    spent: dict[str, list[float]] = {"whole": [], "turn": [], "sent": [], "moments": []}
    gateway.turn = timed(gateway.turn, spent["turn"])  # type: ignore[method-assign]
    service._delivery._text = timed(service._delivery._text, spent["sent"], spent["moments"])  # type: ignore[method-assign]
    for number in range(MESSAGES + 20):
        await one(service, number, spent)
    await service.stop()
    api.stop()
    db.close()
    return {name: found[-MESSAGES:] for name, found in spent.items()}


async def one(service: TelegramService, number: int, spent: dict[str, list[float]]) -> None:
    """One message of one of ten chats, which wrote before."""
    chat = number % 10 + 1
    message = {"message_id": number, "date": int(time.time()), "chat": {"id": chat, "type": "private"}, "text": "hello"}
    began, before = time.perf_counter(), len(spent["sent"])
    await service.take([{"update_id": number, "message": message}])
    await service.queues.idle()
    spent["whole"].append((spent["moments"][before] - began) * 1000)
    for name in ("sent", "moments"):  # the first message of a chat has a second answer, about privacy
        del spent[name][before + 1 :]


def timed(
    call: Callable[..., Awaitable[Any]], into: list[float], moments: list[float] | None = None
) -> Callable[..., Awaitable[Any]]:
    """The same call, with its milliseconds noted, and when it ended."""

    async def noting(*args: Any, **kwargs: Any) -> Any:
        began = time.perf_counter()
        try:
            return await call(*args, **kwargs)
        finally:
            into.append((time.perf_counter() - began) * 1000)
            if moments is not None:
                moments.append(time.perf_counter())

    return noting


if __name__ == "__main__":
    main()
