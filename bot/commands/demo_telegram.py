"""`bot demo-telegram`: the Telegram conversation in a terminal, without a token: real engine, real bot, a Bot API of our own."""

import argparse
import asyncio
import os
import sys
import tempfile
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

from bot.paths import ROOT

CHAT = 1
HELP = "Type what a parent would type. A number presses that button. /help shows the commands, /quit ends."


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the verb to the command line."""
    parser = subparsers.add_parser("demo-telegram", help="try the Telegram conversation here, without a token")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Runs until /quit; what was said is deleted with the folder that it stood in."""
    sys.path.insert(0, str(ROOT))  # the stand-in for Telegram lives with the tests
    with tempfile.TemporaryDirectory(prefix="send-desk-demo-") as folder:
        os.environ["SEND_DESK_DATA"] = folder  # the actions look for the office's database there
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # a conversation is to be read here, not TensorFlow's hints
        warnings.simplefilter("ignore")
        os.environ.pop("SEND_DESK_DATABASE_URL", None)
        with suppress(KeyboardInterrupt):
            return asyncio.run(_demo(Path(folder)))
    return 0


async def _demo(folder: Path) -> int:
    """Loads everything, then talks."""
    from bot.channels.gateway import Gateway
    from bot.channels.telegram.service import TelegramService
    from bot.channels.telegram.settings import TelegramSettings
    from bot.engine.inprocess import LocalEngine, NoModel
    from bot.engine.local_client import LocalClient
    from bot.engine.model import model_path
    from bot.privacy.keys import create_missing
    from bot.settings import Settings
    from bot.store.engine import Database
    from tests.telegram.fake_api import FakeApi

    print("Loading the engine (about twenty seconds) ...", flush=True)
    create_missing(folder)
    settings = Settings.from_environment()
    db = Database.from_settings(settings)
    db.migrate()
    try:
        path = model_path()
        engine = LocalClient(await LocalEngine.load(path if path.exists() else None))
    except NoModel as error:
        print(error, file=sys.stderr)
        return 1
    api = FakeApi().start()
    service = TelegramService(settings, TelegramSettings(api.token, api=api.url), db, Gateway(db, settings, engine))
    await service.start()
    await api.until(lambda: service.trouble != "starting")
    print(HELP)
    await _talk(api, service, folder)
    await service.stop()
    api.stop()
    db.close()
    return 0


async def _talk(api: Any, service: Any, folder: Path) -> None:
    """One line a message; everything that came back is shown before the next."""
    shown = 0
    line: str | None = "/start"
    while line is not None and line.strip() != "/quit":
        if line.strip():
            _send(api, line.strip())
            await api.until(api.taken)
            await service.queues.idle()
            for sent in api.sent[shown:]:
                _show(sent, folder)
            shown = len(api.sent)
        line = await asyncio.to_thread(_read)


def _send(api: Any, line: str) -> None:
    """A number presses a button of the newest message that has any; anything else is typed."""
    offering = next((sent for sent in reversed(api.sent) if sent.keyboard), None)
    labels = list(offering.keyboard) if offering else []
    if line.isascii() and line.isdigit() and 0 < int(line) <= len(labels):
        api.presses(offering, labels[int(line) - 1])
    else:
        api.says(CHAT, line)


def _show(sent: Any, folder: Path) -> None:
    print(f"\n{sent.text}" if sent.text else "")
    for url, words in sent.links:
        print(f"  ({words}: {url})")
    if sent.name:
        path = folder / Path(sent.name).name
        path.write_bytes(sent.content)
        print(f"[file {sent.name}, {len(sent.content)} bytes, at {path} until /quit]")
    for number, label in enumerate(sent.keyboard, start=1):
        print(f"  [{number}] {label}")


def _read() -> str | None:
    try:
        return input("\n> ")
    except EOFError:
        return None
