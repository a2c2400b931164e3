"""Fetches updates: each batch is stored before Telegram is told, by the next call, that it may forget it."""

from collections.abc import Awaitable, Callable
from typing import Any

from telegram.error import Conflict, EndPointNotFound, InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram.client import READ_SECONDS, Bot
from bot.channels.telegram.incoming import ALLOWED, is_update, number_of
from bot.limits import TELEGRAM_LONGEST_PAUSE_SECONDS

LONG_POLL_SECONDS = 50
BATCH = 100  # the most that Telegram gives at once

Take = Callable[[list[dict[str, Any]]], Awaitable[None]]


class Polling:
    """The loop of getUpdates."""

    def __init__(self, bot: Bot, take: Take, pause: Callable[[float], Awaitable[None]], trouble: Callable[[str], None]):
        """`take` stores a batch; `trouble` is told what is wrong, or "" when all is well."""
        self._bot = bot
        self._take = take
        self._pause = pause
        self._trouble = trouble
        self._offset: int | None = None
        self._tries = 0

    async def catch_up(self) -> None:
        """Fetches all that waits, before anything is answered: after a long wait the newest come first."""
        while await self._once(0) == BATCH:
            pass

    async def run(self) -> None:
        """Fetches until cancelled; a cancelled call loses nothing, as its updates were not confirmed."""
        while True:
            await self._once(LONG_POLL_SECONDS)

    async def _once(self, seconds: int) -> int:
        try:
            found = await self._fetch(seconds)
            await self._take(found)
        except TelegramError as error:
            await self._wait(error)
            return 0
        if found:
            self._offset = max(number_of(update) for update in found) + 1
        self._tries = 0
        self._trouble("")
        return len(found)

    async def _fetch(self, seconds: int) -> list[dict[str, Any]]:
        """The updates as they came. `Bot.get_updates` would log what people wrote if one of them had an unknown shape,
        and stop at it for good; method names are not case-sensitive, and this spelling leaves the parsing to us."""
        asked = {"timeout": seconds, "limit": BATCH, "allowed_updates": list(ALLOWED)}
        if self._offset is not None:
            asked["offset"] = self._offset
        found = await self._bot.do_api_request("getupdates", asked, read_timeout=READ_SECONDS + seconds)
        return [update for update in found if is_update(update)] if isinstance(found, list) else []

    async def _wait(self, error: TelegramError) -> None:
        self._tries += 1
        trouble = type(error).__name__
        if isinstance(error, Conflict):
            trouble = "Another program polls this bot, or a webhook is set. Mend: stop the other, or bot telegram-webhook delete"
        if isinstance(error, InvalidToken | EndPointNotFound):
            trouble = "Telegram refuses the token. Mend: copy SEND_DESK_TELEGRAM_TOKEN from @BotFather again."
        self._trouble(trouble)
        asked = error.retry_after if isinstance(error, RetryAfter) else 0
        own = min(2 ** min(self._tries, 10) / 2, TELEGRAM_LONGEST_PAUSE_SECONDS)
        await self._pause(float(asked if isinstance(asked, int | float) else asked.total_seconds()) or own)
