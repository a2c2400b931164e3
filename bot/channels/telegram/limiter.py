"""Telegram's own limits: one message a second to a chat, thirty a second in all.

The library's AIORateLimiter holds everybody up when one chat is told to wait; here that error goes to the chat's own queue.
"""

from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any

from aiolimiter import AsyncLimiter
from telegram.ext import BaseRateLimiter

from bot.limits import TELEGRAM_ALL_PER_SECOND, TELEGRAM_CHAT_PER_SECOND

MOST_CHATS = 10_000


class ChatLimiter(BaseRateLimiter[int]):
    """Waits before a message is sent, as long as the chat's limit and the whole bot's ask."""

    def __init__(self, a_chat: float = TELEGRAM_CHAT_PER_SECOND, in_all: float = TELEGRAM_ALL_PER_SECOND):
        self._a_chat = a_chat
        self._in_all = AsyncLimiter(in_all, 1)
        self._chats: OrderedDict[Any, AsyncLimiter] = OrderedDict()

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        """Runs the request in its time; other calls than messages are not counted by Telegram."""
        if endpoint.startswith("send") and endpoint != "sendChatAction":
            await self._chat(data.get("chat_id")).acquire()
            await self._in_all.acquire()
        return await callback(*args, **kwargs)

    def _chat(self, chat: Any) -> AsyncLimiter:
        found = self._chats.pop(chat, None) or AsyncLimiter(self._a_chat, 1)
        self._chats[chat] = found
        if len(self._chats) > MOST_CHATS:
            self._chats.popitem(last=False)
        return found
