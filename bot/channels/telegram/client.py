"""The bot's client: how Telegram is reached, and which of the two modes it stands in."""

from telegram import BotCommand
from telegram.ext import BaseRateLimiter, ExtBot
from telegram.request import HTTPXRequest

from bot.channels.telegram.incoming import ALLOWED
from bot.channels.telegram.limiter import ChatLimiter
from bot.channels.telegram.menu import menu
from bot.channels.telegram.settings import TelegramSettings

Bot = ExtBot[int]

CONNECT_SECONDS = 10
READ_SECONDS = 20
CONNECTIONS = 40  # thirty messages a second, and what else is under way


class WrongMode(Exception):
    """Polling while a webhook is set, or the other way round; the text says how to mend it."""


def make_bot(settings: TelegramSettings, limiter: BaseRateLimiter[int] | None = None) -> Bot:
    """A client for this bot. An API on this machine is never reached through a proxy of the environment."""

    def request(connections: int) -> HTTPXRequest:
        kwargs = {"trust_env": False} if settings.local else None
        return HTTPXRequest(connections, READ_SECONDS, READ_SECONDS, CONNECT_SECONDS, READ_SECONDS, httpx_kwargs=kwargs)

    return ExtBot(
        settings.token,
        base_url=f"{settings.api}/bot",
        base_file_url=f"{settings.api}/file/bot",
        request=request(CONNECTIONS),
        get_updates_request=request(1),
        rate_limiter=limiter or ChatLimiter(),
    )


async def check_mode(bot: Bot, settings: TelegramSettings) -> None:
    """Compares the webhook that Telegram knows with the settings.

    Raises:
        WrongMode: when they differ: with both at once each would get only some of the messages.
    """
    known = (await bot.get_webhook_info()).url
    if known and not settings.webhook:
        raise WrongMode("A webhook is set for this bot, so it cannot be polled. Mend: bot telegram-webhook delete")
    if known != settings.webhook:
        raise WrongMode("Telegram does not know this webhook. Mend: bot telegram-webhook set")


async def show_menu(bot: Bot) -> None:
    """Sets the menu of commands.

    Raises:
        TelegramError: when Telegram does not take it now.
    """
    await bot.set_my_commands([BotCommand(name, words) for name, words in menu()])


async def set_webhook(bot: Bot, settings: TelegramSettings) -> None:
    """Tells Telegram where to bring updates; those that wait are kept."""
    await bot.set_webhook(
        settings.webhook, allowed_updates=list(ALLOWED), drop_pending_updates=False, secret_token=settings.secret
    )
