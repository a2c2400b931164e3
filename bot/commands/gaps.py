"""`bot gaps`: the questions without a sure answer, by nearest entry; with `--feedback` how useful the answers were."""

import argparse
import sys
from collections.abc import Iterator
from datetime import date, timedelta

from bot.knowledge.entries import entries
from bot.limits import GAP_DAYS
from bot.privacy.keys import KeyMissing
from bot.settings import Settings, SettingWrong
from bot.store.engine import Database
from bot.store.learning import KeptGap, Useful, feedback, gaps


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the verb to the command line."""
    parser = subparsers.add_parser("gaps", help="print the questions without a sure answer, or how useful answers were")
    parser.add_argument(
        "--since", type=date.fromisoformat, default=None, help="a day, YYYY-MM-DD; by default all that is kept"
    )
    parser.add_argument("--feedback", action="store_true", help='count "was this useful?" by entry and version')
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints the groups or the counts; 1 when the installation cannot be read."""
    try:
        database = Database.from_settings(Settings.from_environment())
        database.migrate()
    except (KeyMissing, SettingWrong) as error:
        print(error, file=sys.stderr)
        return 1
    if arguments.feedback:
        print("\n".join(counts(feedback(database, arguments.since or date.min))))
    else:
        print("\n".join(groups(gaps(database, arguments.since or date.today() - timedelta(days=GAP_DAYS)))))
    database.close()
    return 0


def groups(found: dict[str | None, list[KeptGap]]) -> Iterator[str]:
    """A heading for each nearest entry, then its questions."""
    if not found:
        yield "No question without a sure answer is kept."
    for nearest, questions in found.items():
        entry = entries().get(nearest or "")
        yield f"{nearest or 'no entry near'} ({len(questions)}){f': {entry.title}' if entry else ''}"
        yield from (f"  {gap.day}  {gap.reason:10}  {gap.channel:8}  {' '.join(gap.text.split())}" for gap in questions)


def counts(found: list[Useful]) -> Iterator[str]:
    """A line for each version of each entry; versions that are no longer given are marked."""
    if not found:
        yield "Nobody has said yet whether an answer was useful."
    for one in found:
        entry = entries().get(one.entry)
        mark = "" if entry and entry.version == one.version else "  (an earlier version)"
        yield f"{one.entry:34}  {one.version}  useful {one.yes:4}  not {one.no:4}{mark}"
