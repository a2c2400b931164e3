"""`bot outbox list|run|retry`: what is not delivered yet, and another try."""

import argparse
import asyncio
import sys
from datetime import UTC, datetime

from bot.cases import outbox
from bot.cases.delivery import ways
from bot.cases.delivery_settings import DeliverySettings
from bot.settings import Settings
from bot.store.engine import Database


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the verb to the command line."""
    parser = subparsers.add_parser("outbox", help="mails and webhook calls that are not delivered yet")
    acts = parser.add_subparsers(required=True, metavar="act")
    acts.add_parser("list", help="what waits, is held, failed or unsure").set_defaults(run=_list)
    acts.add_parser("run", help="deliver what is due now").set_defaults(run=_run)
    again = acts.add_parser("retry", help="put one row back to be delivered")
    again.add_argument("id", help="the row's id, from `bot outbox list`")
    again.set_defaults(run=_retry)


def _list(arguments: argparse.Namespace) -> int:
    for row in outbox.stuck(_database()):
        print(f"{row.id}  {row.state:8}  {row.key}  tries {row.attempts}  {row.last_error or ''}")
    return 0


def _run(arguments: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    database = Database.from_settings(settings)
    found = ways(database, DeliverySettings.from_environment(), settings.public_url)
    delivered = asyncio.run(outbox.deliver_due(database, found, lambda: datetime.now(UTC)))
    print(f"{delivered} delivered, {len(outbox.stuck(database))} open")
    return 0


def _retry(arguments: argparse.Namespace) -> int:
    if outbox.retry(_database(), arguments.id, datetime.now(UTC)):
        print("put back")
        return 0
    print("There is no row with this id that failed, is held or unsure.", file=sys.stderr)
    return 1


def _database() -> Database:
    return Database.from_settings(Settings.from_environment())
