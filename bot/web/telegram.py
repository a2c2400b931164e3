"""Telegram's webhook: an update with the right secret is stored, then acknowledged; answering it comes after."""

import json
import logging

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.telegram.incoming import NoUpdate
from bot.channels.telegram.service import TelegramService
from bot.channels.telegram.settings import PATH
from bot.knowledge.words import say
from bot.web.access import Access, guarded
from bot.web.accounts import same
from bot.web.errors import Refused

logger = logging.getLogger(__name__)

SECRET = "x-telegram-bot-api-secret-token"  # noqa: S105 (the header's name)


def routes(service: TelegramService | None) -> list[Route]:
    """The webhook's route; none where Telegram is off or polled."""
    if service is None or not service.settings.webhook:
        return []

    async def telegram_webhook(request: Request) -> Response:
        """Whoever does not know the secret is not Telegram; the body is not even read.

        What cannot be read is acknowledged too: Telegram would bring it again and again, and nothing after it.
        """
        if not same(request.headers.get(SECRET, ""), service.settings.secret):
            raise Refused(403, "forbidden", say("office", "not_allowed"))
        try:
            await service.take([json.loads(await request.body())])
        except (NoUpdate, ValueError, RecursionError):
            logger.warning("Telegram brought something that is no update.")
        return JSONResponse({"ok": True})

    return [guarded(PATH, telegram_webhook, Access.PUBLIC, ["POST"])]
