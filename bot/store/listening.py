"""Hears from PostgreSQL which conversation has grown or gone, whichever office stored it (LISTEN; migration 0010 tells).

https://www.postgresql.org/docs/current/sql-listen.html. A pooler in transaction mode passes no word on: whoever listens must
look by themselves now and then.
"""

import asyncio
import logging
from collections.abc import Callable

import psycopg
from sqlalchemy import make_url

from bot.limits import LISTEN_AGAIN_SECONDS

logger = logging.getLogger(__name__)


class Listener:
    """One connection that only listens, made again when it breaks. Belongs to one event loop.

    `told` is called with the id of each conversation, and with None when words may have been missed. `hears`: connected now.
    """

    def __init__(self, url: str, told: Callable[[str | None], None]):
        self._address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._told = told
        self.hears = False

    async def listen(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                await self._until_it_breaks()
            except (psycopg.Error, OSError) as error:
                logger.warning("Listening to PostgreSQL ended: %s; trying again.", type(error).__name__)
            finally:
                self.hears = False
            await asyncio.sleep(LISTEN_AGAIN_SECONDS)

    async def _until_it_breaks(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._address, autocommit=True) as connection:
            await connection.execute("LISTEN turns")
            self.hears = True
            self._told(None)
            async for word in connection.notifies():
                self._told(word.payload)
