"""Tells an open queue that cases came in, by server-sent events; without scripts there is a link to refresh.

The page says which case was the newest when it was made (`since`), and a browser that asks again says what it was told
last, so that nothing is missed between the two.
"""

import asyncio
from collections.abc import AsyncIterator

from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bot.cases import queue
from bot.store.engine import Database
from bot.web import accounts
from bot.web.access import inbox_cookie
from bot.web.office import office

EVERY_SECONDS = 5
LONGEST_SECONDS = 600  # the browser asks again; so nobody who was logged out keeps a stream


async def stream(request: Request) -> Response:
    """An event whenever the newest case is another one."""
    known = request.headers.get("last-event-id") or request.query_params.get("since", "")
    return EventSourceResponse(_changes(request, known), ping=20)


async def _changes(request: Request, known: str) -> AsyncIterator[dict[str, str]]:
    db = office(request).db
    for _ in range(LONGEST_SECONDS // EVERY_SECONDS):
        await asyncio.sleep(EVERY_SECONDS)
        if await run_in_threadpool(accounts.logged_in, db, inbox_cookie(request), None, False) is None:
            return
        newest = await run_in_threadpool(mark, db)
        if newest != known:
            known = newest
            yield {"event": "cases", "data": "new", "id": newest}


def mark(db: Database) -> str:
    """What the newest case is known by: its moment, or nothing where there is no case."""
    newest = queue.newest(db)
    return newest.strftime("%Y%m%d%H%M%S%f") if newest else "none"
