"""`bot purge [--dry-run]`: deletes what has been kept long enough; counts only."""

import argparse
from datetime import UTC, datetime

from bot.privacy.retention import Keeping, due, purge
from bot.settings import Settings
from bot.store.engine import Database


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the verb to the command line."""
    parser = subparsers.add_parser("purge", help="delete what has been kept long enough (run it every night)")
    parser.add_argument("--dry-run", action="store_true", help="only say how much would go")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints how much went, or would go."""
    settings, keeping, now = Settings.from_environment(), Keeping.from_environment(), datetime.now(UTC)
    database = Database.from_settings(settings)
    found = (
        due(database, keeping, now) if arguments.dry_run else purge(database, keeping, now, settings.data / "engine.db")
    )
    print("would go:" if arguments.dry_run else "gone:", ", ".join(found.lines))
    return 0
