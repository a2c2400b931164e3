"""`bot subject export|erase REFERENCE`: everything held on one case, handed out or deleted."""

import argparse
import json
import sys
from datetime import UTC, datetime

from bot.privacy.erasure import NoSuchCase, erase_case, subject
from bot.settings import Settings
from bot.store.engine import Database


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the verb to the command line."""
    parser = subparsers.add_parser("subject", help="what is held on a person's case: hand it out, or delete it")
    acts = parser.add_subparsers(required=True, metavar="act")
    for name, run, told in (
        ("export", _export, "print all that is held, as JSON"),
        ("erase", _erase, "delete all of it, for good"),
    ):
        act = acts.add_parser(name, help=told)
        act.add_argument("reference", help="the case's reference, such as SD-7KQ4-XM2P")
        act.set_defaults(run=run)
    acts.choices["erase"].add_argument("--yes", action="store_true", help="do not ask again")


def _export(arguments: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    try:
        held = subject(Database.from_settings(settings), arguments.reference.upper())
    except NoSuchCase as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(held, ensure_ascii=False, indent=2))
    return 0


def _erase(arguments: argparse.Namespace) -> int:
    if (
        not arguments.yes
        and input(f"Delete all of {arguments.reference}, for good? Type yes: ").strip().lower() != "yes"
    ):
        print("Nothing was deleted.")
        return 1
    settings = Settings.from_environment()
    try:
        done = erase_case(
            Database.from_settings(settings),
            arguments.reference.upper(),
            datetime.now(UTC),
            settings.data / "engine.db",
        )
    except NoSuchCase as error:
        print(error, file=sys.stderr)
        return 1
    print(
        "deleted:", ", ".join(f"{count} in {table}" for table, count in done.rows.items()) or "the case's own contents"
    )
    return 0
