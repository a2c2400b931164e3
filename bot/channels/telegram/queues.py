"""One queue for each chat: a chat is served by one task at a time, and waits for no other chat."""

import asyncio
from collections.abc import Awaitable, Callable


class Queues:
    """Runs `serve(key)` for every chat that is woken; woken again meanwhile, it runs once more."""

    def __init__(self, serve: Callable[[str], Awaitable[None]]):
        self._serve = serve
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._stopping = asyncio.Event()

    def stopping(self) -> bool:
        """Whether no new work may begin."""
        return self._stopping.is_set()

    async def pause(self, seconds: float) -> None:
        """Waits, but not past the stop."""
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return

    def wake(self, key: str) -> None:
        """There is something to do for this chat."""
        self._again.add(key)
        if key not in self._tasks and not self.stopping():
            task = asyncio.create_task(self._run(key))
            self._tasks[key] = task
            task.add_done_callback(lambda _: self._done(key))

    async def _run(self, key: str) -> None:
        while key in self._again and not self.stopping():
            self._again.discard(key)
            await self._serve(key)

    def _done(self, key: str) -> None:
        self._tasks.pop(key, None)
        if key in self._again:
            self.wake(key)

    async def idle(self) -> None:
        """Waits until nothing is left to do."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))
            await asyncio.sleep(0)

    async def stop(self, seconds: float) -> None:
        """Lets what is under way end, so that nothing half done is done again; after `seconds` it is broken off."""
        self._stopping.set()
        if self._tasks:
            await asyncio.wait(list(self._tasks.values()), timeout=seconds)
        for task in list(self._tasks.values()):
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
