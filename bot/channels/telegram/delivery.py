"""Brings one message to Telegram: what is sent how, and what each of Telegram's refusals means."""

import asyncio
import base64
import logging
from collections.abc import Awaitable, Callable
from enum import Enum, auto

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputFile, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.channels.telegram import store
from bot.channels.telegram.client import Bot
from bot.channels.telegram.outgoing import Out
from bot.channels.telegram.rendering import RATED, WORDS, Keyboard
from bot.channels.telegram.splitting import split
from bot.channels.telegram.store import Undelivered
from bot.knowledge.words import say
from bot.limits import TELEGRAM_LONGEST_PAUSE_SECONDS, TELEGRAM_MESSAGE_UNITS
from bot.store.engine import Database

logger = logging.getLogger(__name__)

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
Pause = Callable[[float], Awaitable[None]]


class Result(Enum):
    """What became of a message."""

    SENT = auto()
    CLOSED = auto()  # the chat takes nothing any more
    MOVED = auto()  # the chat has a new id, and its messages went there


class Delivery:
    """Sends the messages of one chat after another's; a chat that must wait holds up no other."""

    def __init__(self, bot: Bot, db: Database, pause: Pause, moved: Callable[[str], None]):
        """`pause` waits; it may end early, when the office stops. `moved` is told the new key of a chat."""
        self._bot = bot
        self._db = db
        self._pause = pause
        self._moved = moved

    async def deliver(self, key: str, item: Undelivered, stopping: Callable[[], bool]) -> Result | None:
        """Sends one message, however often Telegram asks to wait, and forgets it; None when the office stops first.

        A message whose answer from Telegram was lost is sent again: twice is better than never.
        """
        tries = 0
        while not stopping():
            try:
                await self._send(item)
                await asyncio.to_thread(store.delivered, self._db, item.row)
                return Result.SENT
            except RetryAfter as error:
                await self._pause(_seconds(error))
            except Forbidden:
                await asyncio.to_thread(store.close, self._db, key, "blocked")
                return Result.CLOSED
            except ChatMigrated as error:
                self._moved(await asyncio.to_thread(store.move, self._db, key, error.new_chat_id))
                return Result.MOVED
            except TelegramError as error:
                tries += 1
                logger.warning("Telegram did not take a message now: %s.", type(error).__name__)
                await self._pause(min(2 ** min(tries, 10) / 2, TELEGRAM_LONGEST_PAUSE_SECONDS))
        return None

    async def _send(self, item: Undelivered) -> None:
        sender = {"text": self._text, "document": self._document, "unbutton": self._unbutton, "leave": self._leave}
        try:
            await sender[item.out.kind](item.chat, item.out)
        except BadRequest as error:
            await self._refused(item, error)

    async def _text(self, chat: int, out: Out) -> None:
        markup = _markup(out.keyboard)
        await self._bot.send_message(
            chat, out.html, parse_mode=ParseMode.HTML, link_preview_options=NO_PREVIEW, reply_markup=markup
        )

    async def _document(self, chat: int, out: Out) -> None:
        file = InputFile(base64.b64decode(out.content), filename=out.name)
        await self._bot.send_document(chat, file, caption=out.plain or None, reply_markup=_markup(out.keyboard))

    async def _unbutton(self, chat: int, out: Out) -> None:
        markup = _markup(out.keyboard)
        await self._bot.edit_message_reply_markup(chat_id=chat, message_id=out.message, reply_markup=markup)

    async def _leave(self, chat: int, out: Out) -> None:
        await self._bot.leave_chat(chat)

    async def _refused(self, item: Undelivered, error: BadRequest) -> None:
        """A refused message goes as plain text; what is refused then too is given up, so that the next ones get through."""
        if item.out.kind in ("unbutton", "leave"):
            return  # the buttons were gone, or we were
        logger.warning("Telegram refused a %s.", item.out.kind)
        words = item.out.plain if item.out.kind == "text" else say(WORDS, "file_refused")
        parts = [part for part in split(words, TELEGRAM_MESSAGE_UNITS) if part.strip()]
        try:
            for number, part in enumerate(parts, start=1):
                keyboard = item.out.keyboard if number == len(parts) else ()
                await self._bot.send_message(
                    item.chat, part, link_preview_options=NO_PREVIEW, reply_markup=_markup(keyboard)
                )
        except BadRequest:
            logger.error("Telegram refused a message as plain text too; it was given up.")


def _markup(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    """One button a row, as their labels are whole sentences; the two that rate an answer stand side by side."""
    rows: list[list[InlineKeyboardButton]] = []
    for label, data in keyboard:
        made = InlineKeyboardButton(label, callback_data=data)
        if data.startswith(RATED) and rows and str(rows[-1][0].callback_data).startswith(RATED):
            rows[-1].append(made)
        else:
            rows.append([made])
    return InlineKeyboardMarkup(rows) if rows else None


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return float(wait if isinstance(wait, int | float) else wait.total_seconds())
