"""`bot review-due`: what must be reviewed by a day, earliest first."""

import argparse
from datetime import date, timedelta

from bot.knowledge.entries import entries
from bot.knowledge.review import Due, all_due, falling_due
from bot.law.content import limits

AHEAD = timedelta(days=90)


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the verb to the command line."""
    parser = subparsers.add_parser(
        "review-due", help="list the entries, letters, words and limits that fall due for review"
    )
    parser.add_argument(
        "--by", type=date.fromisoformat, default=None, help="a day, YYYY-MM-DD; by default 90 days from today"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints one line for each; 0 whatever falls due."""
    today = date.today()
    by = arguments.by or today + AHEAD
    found = falling_due(all_due(entries().values(), limits().values()), by)
    for due in found:
        print(line(due, today))
    print(f"{len(found)} to review by {by}" if found else f"Nothing falls due by {by}.")
    return 0


def line(due: Due, today: date) -> str:
    """One line: the day, marked when it is over, the kind, the name, what it is."""
    mark = "PAST" if due.day < today else ""
    return f"{due.day}  {mark:4}  {due.kind:10}  {due.name:34}  {due.what}"
