"""`bot setup`: keys, database, model and the first account; whatever is there already stays as it is."""

import argparse
import os
import secrets

from bot.commands import train
from bot.privacy.keys import create_missing
from bot.settings import Settings, data_folder
from bot.store.engine import Database


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the verb to the command line."""
    parser = subparsers.add_parser("setup", help="make keys, database, model and the first account")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Sets up and says so."""
    set_up()
    print("Everything is set up. Start with: make run")
    return 0


def set_up() -> Settings:
    """Makes what is missing; returns the settings that then hold.

    Raises:
        SystemExit: when the model cannot be trained.
    """
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    for path in create_missing(data_folder()):
        print(f"Made a key: {path.name} (keep a copy of {path.parent} in a safe place)")
    settings = Settings.from_environment()
    _migrate(settings)
    if train.run(argparse.Namespace(force=False)) != 0:
        raise SystemExit("The model could not be trained; the messages above say why.")
    return settings


def _migrate(settings: Settings) -> None:
    """Brings the database up to date and makes the first account, whose password is shown this once."""
    database = Database.from_settings(settings)
    database.migrate()
    first_account(database)
    database.close()


def first_account(database: Database) -> None:
    """An admin for an installation that has no account yet."""
    from bot.web.accounts import add_user, has_users

    if has_users(database):
        return
    email, password = "admin@send-desk.example", secrets.token_urlsafe(12)
    add_user(database, email, password, "manager")
    print(f"First account for the inbox, shown once: {email}  password: {password}")
