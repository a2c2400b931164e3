"""The Telegram channel as it runs inside the office: takes updates in, serves each chat's queue, passes caseworkers on.

Every update is stored before it is answered, every message before it is sent. `start` and `stop` are the office's.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.concurrency import run_in_threadpool
from telegram.constants import ChatAction
from telegram.error import InvalidToken, TelegramError

from bot.channels.gateway import Gateway
from bot.channels.telegram import store
from bot.channels.telegram.answering import Answering, in_order
from bot.channels.telegram.client import Bot, WrongMode, check_mode, make_bot, show_menu
from bot.channels.telegram.delivery import Delivery, Result
from bot.channels.telegram.incoming import Incoming, number_of, read
from bot.channels.telegram.polling import Polling
from bot.channels.telegram.queues import Queues
from bot.channels.telegram.relay import Relay
from bot.channels.telegram.settings import TelegramSettings
from bot.channels.telegram.store import Undelivered, Waiting
from bot.limits import (
    MAX_TURNS_A_MINUTE,
    TELEGRAM_TRIES,
    TELEGRAM_TURNS_AT_ONCE,
    TELEGRAM_TYPING_SECONDS,
    TELEGRAM_UPDATES_KEPT_DAYS,
    TIDY_SECONDS,
)
from bot.settings import Settings
from bot.store.engine import Database
from bot.web.limiter import Limiter

logger = logging.getLogger(__name__)

STOP_SECONDS = 6  # less than the office has to stop
QUICK_SECONDS = 0.3  # an answer sooner than this needs no "typing"
FRESH = timedelta(minutes=1)
RETRY_SECONDS = 5
MODE_SECONDS = 60  # how often the mode is looked at again
_SILENT = ("group", "migrated", "blocked", "unblocked", "flood")  # neither counted nor worth a "typing"


def _now() -> datetime:
    return datetime.now(UTC)


class TelegramService:
    """One bot in one office process. Belongs to one event loop."""

    def __init__(
        self,
        settings: Settings,
        telegram: TelegramSettings,
        db: Database,
        gateway: Gateway,
        bot: Bot | None = None,
        now: Callable[[], datetime] = _now,
    ):
        self.settings = telegram
        self.bot = bot or make_bot(telegram)
        self._db = db
        self._now = now
        self._conversation_days = settings.conversation_days
        self._answering = Answering(gateway, db, settings.office, settings.public_url, settings.conversation_days)
        self.queues = Queues(self._serve)
        self._delivery = Delivery(self.bot, db, self._pause, self.queues.wake)
        self._relay = Relay(db, gateway, settings.public_url, self.queues.wake, now)
        self._polling = Polling(self.bot, self.take, self._pause, self._trouble)
        self._turns = asyncio.Semaphore(TELEGRAM_TURNS_AT_ONCE)
        self._incoming = Limiter(MAX_TURNS_A_MINUTE, 60)
        self._tasks: set[asyncio.Task[Any]] = set()
        self.trouble = "starting"

    async def start(self) -> None:
        """Begins in the background: the website must not wait for Telegram."""
        self._background(self._begin())

    async def stop(self) -> None:
        """Takes nothing more in, lets the message under way reach Telegram, closes the connections."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.queues.stop(STOP_SECONDS)
        with suppress(TelegramError, RuntimeError):
            await self.bot.shutdown()

    async def take(self, updates: list[dict[str, Any]]) -> None:
        """Stores updates and wakes their chats; once this returns they are safe.

        Raises:
            bot.channels.telegram.incoming.NoUpdate: when one has no number.
        """
        received = {number_of(update): read(update) for update in updates}
        repeated = await run_in_threadpool(store.known, self._db, list(received))
        new = [(number, self._counted(incoming)) for number, incoming in received.items() if number not in repeated]
        for key in await run_in_threadpool(store.accept, self._db, new, self._now()):
            self.queues.wake(key)
        for _, incoming in new:
            if incoming and incoming.query:
                self._background(self._quietly(self.bot.answer_callback_query(incoming.query)))

    def link(self, start: str) -> str:
        """The address that opens the chat at an answer or a tool; empty until Telegram has told the bot's name."""
        with suppress(RuntimeError):
            return f"https://t.me/{self.bot.username}?start={start}"
        return ""

    async def health(self) -> dict[str, Any]:
        """For `/readyz`: the mode, how much waits, and what is wrong; a warning only, as the website serves without us."""
        waiting = await run_in_threadpool(store.count_waiting, self._db)
        mode = "webhook" if self.settings.webhook else "polling"
        told = {"error": self.trouble} if self.trouble else {}
        return {"ok": True, "warning": bool(self.trouble), "mode": mode, "waiting": waiting, **told}

    async def _begin(self) -> None:
        """Waits for the right mode, catches up, then goes on for as long as the office runs."""
        if not await self._reached():
            return
        self._background(self._quietly(show_menu(self.bot)))
        if not self.settings.webhook:
            await self._polling.catch_up()
        for key in await run_in_threadpool(store.unfinished, self._db):
            self.queues.wake(key)
        self._background(self._relay.run())
        self._background(self._tidy())
        self._background(self._forever(self._watch_mode if self.settings.webhook else self._polling.run))

    async def _reached(self) -> bool:
        """Asks Telegram who we are and for its mode until both are right; False when we cannot begin at all.

        With a webhook we begin in any case: what is owed to parents can be sent before Telegram knows the address.
        """
        while not self.queues.stopping():
            try:
                await self.bot.initialize()
                if not self.settings.webhook:
                    await check_mode(self.bot, self.settings)
                self._trouble("")
                return True
            except InvalidToken:
                self._trouble("Telegram refuses the token. Mend: copy SEND_DESK_TELEGRAM_TOKEN from @BotFather again.")
                return False
            except WrongMode as error:
                self._trouble(str(error))
                await self._pause(MODE_SECONDS)
            except TelegramError as error:
                self._trouble(f"Telegram cannot be reached: {type(error).__name__}")
                await self._pause(RETRY_SECONDS)
        return False

    async def _watch_mode(self) -> None:
        """Notices when Telegram does not know our webhook, or knows it again."""
        while True:
            try:
                await check_mode(self.bot, self.settings)
                self._trouble("")
            except (WrongMode, TelegramError) as error:
                self._trouble(str(error) if isinstance(error, WrongMode) else type(error).__name__)
            await self._pause(MODE_SECONDS)

    async def _forever(self, run: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Begins again after an error of ours, such as a full disk: what was not stored was not confirmed."""
        while True:
            try:
                await run()
            except Exception as error:
                self._trouble(type(error).__name__)
                logger.error("Telegram's loop broke off: %s.", type(error).__name__)
                await self._pause(RETRY_SECONDS)

    async def _serve(self, key: str) -> None:
        """Delivers what is under way to a chat, then answers what waits, one after the other."""
        try:
            while await self._deliver(key, await run_in_threadpool(store.undelivered, self._db, key)):
                todo = await self._todo(key)
                if not todo:
                    return
                for waiting in todo:
                    if self.queues.stopping() or not await self._answered(key, waiting):
                        return
        except Exception as error:
            logger.error("A chat's queue broke off: %s.", type(error).__name__)
            await self._pause(RETRY_SECONDS)
            self.queues.wake(key)

    async def _todo(self, key: str) -> list[Waiting]:
        found = await run_in_threadpool(store.waiting, self._db, key)
        if len(found) < 2:
            return found
        chat = await run_in_threadpool(store.chat_of, self._db, key)
        conversation = chat.conversation if chat else None
        awaited = conversation is not None and await run_in_threadpool(store.awaits_answer, self._db, conversation)
        return in_order(found, self._now(), awaited)

    async def _answered(self, key: str, waiting: Waiting) -> bool:
        """One update answered and its messages sent; False when the chat's queue must end here."""
        async with self._turns:
            outs = await self._outs(waiting)
        kept = await run_in_threadpool(store.finish, self._db, key, waiting.incoming, outs, self._now())
        return await self._deliver(key, kept)

    async def _outs(self, waiting: Waiting) -> list[Any]:
        """The answer; an update that breaks us is tried again, and in the end answered with an apology."""
        typing = asyncio.create_task(self._typing(waiting.incoming))
        try:
            return await self._answering.answer(waiting, self._now())
        except Exception as error:
            logger.error("An update could not be answered: %s.", type(error).__name__)
            await run_in_threadpool(store.begun, self._db, waiting.incoming.update)
            if waiting.tries + 1 < TELEGRAM_TRIES:
                raise
            return self._answering.gave_up()
        finally:
            typing.cancel()

    async def _deliver(self, key: str, items: list[Undelivered]) -> bool:
        """Sends messages in order; False when nothing more can be sent from here now."""
        for item in items:
            result = await self._delivery.deliver(key, item, self.queues.stopping)
            if result is not Result.SENT:
                return result is not None  # closed or moved: the rest is not for this chat any more
        return True

    async def _typing(self, incoming: Incoming) -> None:
        """Shows "typing" while the engine thinks."""
        await asyncio.sleep(QUICK_SECONDS)
        while incoming.kind not in _SILENT:
            await self._quietly(self.bot.send_chat_action(incoming.chat, ChatAction.TYPING))
            await asyncio.sleep(TELEGRAM_TYPING_SECONDS)

    def _counted(self, incoming: Incoming | None) -> Incoming | None:
        """More than a person types in a minute is not answered one by one; what waited at Telegram is not counted."""
        if incoming is None or incoming.kind in _SILENT:
            return incoming
        fresh = not incoming.at or self._now().timestamp() - incoming.at < FRESH.total_seconds()
        flooding = fresh and self._incoming.take(store.key_of(self._db, incoming.chat))
        return incoming.as_flood() if flooding else incoming

    async def _tidy(self) -> None:
        """Deletes what has outlived its days, as the gateway does with conversations."""
        while True:
            now = self._now()
            before = now - timedelta(days=self._conversation_days), now - timedelta(days=TELEGRAM_UPDATES_KEPT_DAYS)
            try:
                await run_in_threadpool(store.purge, self._db, *before)
            except Exception as error:
                logger.error("Tidying up failed: %s.", type(error).__name__)
            await asyncio.sleep(TIDY_SECONDS)

    async def _pause(self, seconds: float) -> None:
        await self.queues.pause(seconds)

    async def _quietly(self, call: Coroutine[Any, Any, Any]) -> None:
        """For what may fail without harm: typing, the menu, the answer to a button."""
        with suppress(TelegramError):
            await call

    def _trouble(self, words: str) -> None:
        """What is wrong, for health; logged when it changes."""
        if words and words != self.trouble:
            logger.error("Telegram: %s", words)
        self.trouble = words

    def _background(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
