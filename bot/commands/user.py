"""`bot user add|reset|disable`: accounts for the inbox."""

import argparse
import getpass
import secrets
import sys

from bot.privacy.keys import KeyMissing
from bot.settings import Settings, SettingWrong
from bot.store.engine import Database
from bot.web.accounts import ROLES, AccountError, add_user, disable_user, set_password


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the verb to the command line."""
    parser = subparsers.add_parser("user", help="make, reset or disable an account for the inbox")
    parser.add_argument("deed", choices=("add", "reset", "disable"))
    parser.add_argument("email")
    parser.add_argument("--role", choices=ROLES, default="caseworker", help="for add")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Does the deed; 1 with the reason when it cannot be done."""
    try:
        database = Database.from_settings(Settings.from_environment())
        database.migrate()
        print(_do(database, arguments))
    except (AccountError, KeyMissing, SettingWrong) as error:
        print(error, file=sys.stderr)
        return 1
    database.close()
    return 0


def _do(database: Database, arguments: argparse.Namespace) -> str:
    if arguments.deed == "disable":
        disable_user(database, arguments.email)
        return f"{arguments.email} can no longer log in."
    password, told = _password()
    if arguments.deed == "add":
        add_user(database, arguments.email, password, arguments.role)
        return f"{arguments.email} can now log in.{told}"
    set_password(database, arguments.email, password)
    return f"{arguments.email} has a new password, and is logged out everywhere.{told}"


def _password() -> tuple[str, str]:
    """Asks for a password; an empty one, or no terminal, makes one and tells it once."""
    typed = getpass.getpass("Password (empty: one is made): ") if sys.stdin.isatty() else ""
    if typed:
        return typed, ""
    made = secrets.token_urlsafe(15)
    return made, f" Password, shown once: {made}"
