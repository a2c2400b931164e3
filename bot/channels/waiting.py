"""The queue in front of the engines: so many turns in them at once, so many more that wait, and beyond that a polite no.

Without it every parent would wait longer than anyone waits, and then read an apology for a turn that the engine still
worked on. Belongs to one event loop.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.limits import BUSY_SECONDS, TURNS_AT_ONCE, TURNS_WAITING


class Busy(Exception):
    """Too many turns wait; `seconds` says when to come back."""

    def __init__(self, seconds: int):
        super().__init__("too many turns wait")
        self.seconds = seconds


class Queue:
    """Counts the turns under way in this office, and lets a few at a time into the engines."""

    def __init__(self, engines: int, at_once: int = TURNS_AT_ONCE, waiting: int = TURNS_WAITING):
        self._most = engines * waiting
        self._under_way = 0
        self._at_once = asyncio.Semaphore(engines * at_once)

    @asynccontextmanager
    async def place(self, patient: bool = False) -> AsyncIterator[None]:
        """A place among the turns under way. `patient`: a channel that limits itself and always waits.

        Raises:
            Busy: when all places are taken. Nothing has been stored then. The seconds vary, so that those refused
                together do not come back together.
        """
        if self._under_way >= self._most and not patient:
            raise Busy(random.randint(*BUSY_SECONDS))  # noqa: S311 (no secret hangs on it)
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    @asynccontextmanager
    async def engine(self) -> AsyncIterator[None]:
        """One of the few places in the engines; the first who came is the first let in."""
        async with self._at_once:
            yield
