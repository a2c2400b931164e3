"""Tells open pages at once when their conversation has grown: by PostgreSQL's word, else by one look for all of them together."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import suppress

from starlette.concurrency import run_in_threadpool

from bot.limits import EVENT_SILENCE_SECONDS, EVENT_STREAMS_PER_CONVERSATION, EVENT_WATCH_SECONDS
from bot.store import transcript
from bot.store.engine import Database
from bot.store.listening import Listener

logger = logging.getLogger(__name__)

_GONE = -1


class Watch:
    """Looks at the watched conversations while there are any. Belongs to one event loop.

    With SQLite it looks at all of them every few seconds. With PostgreSQL it hears which have grown, whichever office stored
    it, looks at those alone, and at all of them only after a long silence.
    """

    def __init__(self, db: Database, seconds: float = EVENT_WATCH_SECONDS, silence: float = EVENT_SILENCE_SECONDS):
        self._db = db
        self._seconds, self._silence = seconds, silence
        self._streams: dict[str, list[asyncio.Queue[int]]] = defaultdict(list)
        self._looking: asyncio.Task[None] | None = None
        self._listener = None if db.url.startswith("sqlite") else Listener(db.url, self.wake)
        self._grown: set[str] = set()
        self._woken = asyncio.Event()
        self._look_at_all = 0.0

    def wake(self, conversation: str | None) -> None:
        """This conversation has grown, or is newly watched; None: any may have."""
        if conversation is None:
            self._look_at_all = 0.0
        elif conversation in self._streams:
            self._grown.add(conversation)
        else:
            return
        self._woken.set()

    def full(self, conversation: str) -> bool:
        """Whether a conversation has as many streams as it may."""
        return len(self._streams.get(conversation, ())) >= EVENT_STREAMS_PER_CONVERSATION

    async def changes(self, conversation: str) -> AsyncGenerator[int, None]:
        """The number of the newest turn, at first and whenever it grows; ends when the conversation is deleted."""
        queue: asyncio.Queue[int] = asyncio.Queue()
        self._streams[conversation].append(queue)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        self.wake(conversation)
        told = _GONE
        try:
            while (newest := await queue.get()) != _GONE:
                if newest > told:
                    told = newest
                    yield newest
        finally:
            self._streams[conversation].remove(queue)
            if not self._streams[conversation]:
                del self._streams[conversation]

    async def _look(self) -> None:
        """Until nobody watches any more; an error is logged by its kind and the next look tries again."""
        listening = asyncio.create_task(self._listener.listen()) if self._listener else None
        try:
            while self._streams:
                wanted = await self._next()
                try:
                    self._tell(wanted, await run_in_threadpool(transcript.newest, self._db, wanted))
                except Exception as error:
                    logger.error("Looking for new turns failed: %s.", type(error).__name__)
        finally:
            if listening:
                listening.cancel()

    async def _next(self) -> list[str]:
        """The conversations to look at next: those that have grown, or all of them when it is time."""
        loop = asyncio.get_running_loop()
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._look_at_all):
                await self._woken.wait()
        self._woken.clear()
        grown, self._grown = self._grown, set()
        if loop.time() < self._look_at_all:
            return [conversation for conversation in grown if conversation in self._streams]
        hears = self._listener is not None and self._listener.hears
        self._look_at_all = loop.time() + (self._silence if hears else self._seconds)
        return list(self._streams)

    def _tell(self, watched: list[str], newest: dict[str, int]) -> None:
        """A stream that was opened during the look waits for the next one."""
        for conversation in watched:
            for queue in self._streams.get(conversation, ()):
                queue.put_nowait(newest.get(conversation, _GONE))
