"""Passes what caseworkers write on to the parents who write on Telegram."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from starlette.concurrency import run_in_threadpool

from bot.channels.gateway import Gateway
from bot.channels.telegram import store
from bot.channels.telegram.rendering import rendered
from bot.channels.telegram.store import Chat
from bot.limits import TELEGRAM_RELAY_SECONDS
from bot.store.engine import Database
from bot.store.transcript import ConversationGone, StoredTurn

logger = logging.getLogger(__name__)


class Relay:
    """Looks for new turns of caseworkers; each is passed on once, across restarts."""

    def __init__(
        self,
        db: Database,
        gateway: Gateway,
        site: str,
        wake: Callable[[str], None],
        now: Callable[[], datetime],
    ):
        self._db = db
        self._gateway = gateway
        self._site = site
        self._wake = wake
        self._now = now

    async def run(self) -> None:
        """Looks every TELEGRAM_RELAY_SECONDS; an error is logged by its kind and tried again."""
        while True:
            try:
                await self.look()
            except Exception as error:
                logger.error("Passing on a caseworker's reply failed: %s.", type(error).__name__)
            await asyncio.sleep(TELEGRAM_RELAY_SECONDS)

    async def look(self) -> None:
        """Keeps every new turn of a caseworker for delivery."""
        for chat, told in await run_in_threadpool(store.office_turns, self._db):
            for turn in await self._turns(chat, told):
                if turn.author == "caseworker":
                    outs = rendered(turn.blocks, self._site)
                    await run_in_threadpool(store.tell, self._db, chat.key, chat.chat, turn.seq, outs, self._now())
            self._wake(chat.key)

    async def _turns(self, chat: Chat, told: int) -> list[StoredTurn]:
        try:
            return await self._gateway.history(str(chat.conversation), told)
        except ConversationGone:
            return []
