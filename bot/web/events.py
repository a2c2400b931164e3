"""Tells open pages at once when their conversation has grown: one look at the database for all of them together."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator

from starlette.concurrency import run_in_threadpool

from bot.limits import EVENT_STREAMS_PER_CONVERSATION, EVENT_WATCH_SECONDS
from bot.store import transcript
from bot.store.engine import Database

logger = logging.getLogger(__name__)

_GONE = -1


class Watch:
    """Looks at the watched conversations every few seconds, while there are any. Belongs to one event loop.

    It asks the database rather than this process, so that what another process stored is noticed too.
    """

    def __init__(self, db: Database, seconds: float = EVENT_WATCH_SECONDS):
        self._db = db
        self._seconds = seconds
        self._streams: dict[str, list[asyncio.Queue[int]]] = defaultdict(list)
        self._looking: asyncio.Task[None] | None = None

    def full(self, conversation: str) -> bool:
        """Whether a conversation has as many streams as it may."""
        return len(self._streams.get(conversation, ())) >= EVENT_STREAMS_PER_CONVERSATION

    async def changes(self, conversation: str) -> AsyncGenerator[int, None]:
        """The number of the newest turn, at first and whenever it grows; ends when the conversation is deleted."""
        queue: asyncio.Queue[int] = asyncio.Queue()
        self._streams[conversation].append(queue)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
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
        while self._streams:
            try:
                watched = list(self._streams)
                self._tell(watched, await run_in_threadpool(transcript.newest, self._db, watched))
            except Exception as error:
                logger.error("Looking for new turns failed: %s.", type(error).__name__)
            await asyncio.sleep(self._seconds)

    def _tell(self, watched: list[str], newest: dict[str, int]) -> None:
        """A stream that was opened during the look waits for the next one."""
        for conversation in watched:
            for queue in self._streams.get(conversation, ()):
                queue.put_nowait(newest.get(conversation, _GONE))
