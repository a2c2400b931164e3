"""`bot telegram-webhook set|show|delete`: tells Telegram where to bring updates. A step of its own: Telegram limits it."""

import argparse
import asyncio
import sys

from telegram.error import InvalidToken, TelegramError

from bot.channels.telegram.client import make_bot, set_webhook, show_menu
from bot.channels.telegram.settings import TelegramSettings
from bot.settings import SettingWrong


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the verb to the command line."""
    parser = subparsers.add_parser(
        "telegram-webhook", help="set, show or delete the address that Telegram brings updates to"
    )
    parser.add_argument("deed", choices=("set", "show", "delete"))
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Does the deed; 1 with the reason when it cannot be done."""
    try:
        settings = TelegramSettings.from_environment()
        if settings is None:
            raise SettingWrong("SEND_DESK_TELEGRAM_TOKEN is not set. Mend: copy the token from @BotFather.")
        if arguments.deed == "set" and not settings.webhook:
            raise SettingWrong(
                "SEND_DESK_TELEGRAM_WEBHOOK_URL is not set; without it the office polls, and needs no webhook."
            )
        print(asyncio.run(_do(arguments.deed, settings)))
    except InvalidToken:
        print("Telegram refuses the token. Mend: copy it from @BotFather again.", file=sys.stderr)
        return 1
    except (SettingWrong, TelegramError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


async def _do(deed: str, settings: TelegramSettings) -> str:
    """Nothing that waits at Telegram is dropped, whatever the deed."""
    async with make_bot(settings) as bot:
        if deed == "set":
            await set_webhook(bot, settings)
            await show_menu(bot)
        if deed == "delete":
            await bot.delete_webhook(drop_pending_updates=False)
        found = await bot.get_webhook_info()
    address = found.url or "none: the office may poll"
    trouble = f" Last error: {found.last_error_message}." if found.last_error_message else ""
    return f"Webhook: {address}. Updates waiting: {found.pending_update_count}.{trouble}"
