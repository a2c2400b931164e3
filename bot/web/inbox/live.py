"""Tells an open queue that cases came in, by server-sent events; without scripts there is a link to refresh."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bot.cases import queue
from bot.web import accounts
from bot.web.access import inbox_cookie
from bot.web.office import office

EVERY_SECONDS = 5
LONGEST_SECONDS = 600  # the browser asks again; so nobody who was logged out keeps a stream


async def stream(request: Request) -> Response:
    """An event whenever the newest case is another one."""
    known = await run_in_threadpool(queue.newest, office(request).db)
    return EventSourceResponse(_changes(request, known), ping=20)


async def _changes(request: Request, known: datetime | None) -> AsyncIterator[dict[str, str]]:
    db = office(request).db
    for _ in range(LONGEST_SECONDS // EVERY_SECONDS):
        await asyncio.sleep(EVERY_SECONDS)
        if await run_in_threadpool(accounts.logged_in, db, inbox_cookie(request), None, False) is None:
            return
        newest = await run_in_threadpool(queue.newest, db)
        if newest != known:
            known = newest
            yield {"event": "cases", "data": "new"}
