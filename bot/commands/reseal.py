"""`bot reseal`: seals all that is stored again with the newest key, so that older keys can be given up."""

import argparse
import sys

from sqlalchemy import create_engine

from bot.privacy.crypto import SealBroken, Vault
from bot.privacy.keys import KeyMissing, add_key
from bot.settings import Settings, SettingWrong, data_folder
from bot.store.backup import databases
from bot.store.resealing import reseal


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the verb to the command line."""
    parser = subparsers.add_parser("reseal", help="seal all that is stored with the newest key")
    parser.add_argument(
        "--new-key", action="store_true", help="make a new key first (only while the office is stopped)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Seals; 1 with the reason when it cannot."""
    try:
        if arguments.new_key:
            print(f"A new key stands first in {add_key(data_folder())}. Keep a copy of it in a safe place.")
        count = everything(Settings.from_environment())
    except (KeyMissing, SettingWrong, SealBroken) as error:
        print(error, file=sys.stderr)
        return 1
    print(
        f"{count} values are sealed with the newest key. Keep older keys for as long as you keep backups made with them."
    )
    return 0


def everything(settings: Settings) -> int:
    """Seals again what the office and the engine have stored; returns how many values."""
    count, vault = 0, Vault(settings.keys)
    for url in databases(settings):
        engine = create_engine(url, hide_parameters=True)
        count += reseal(engine, vault)
        engine.dispose()
    return count
