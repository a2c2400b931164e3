"""`bot restore FILE`: puts a backup in place of what the database holds. The office must be stopped."""

import argparse
import sys
from pathlib import Path

from bot.commands.doctor import problems
from bot.privacy.keys import KeyMissing
from bot.settings import Settings, SettingWrong
from bot.store.backup import BackupError, Restored, restore


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the verb to the command line."""
    parser = subparsers.add_parser("restore", help="put a backup in place of what the database holds")
    parser.add_argument("file", type=Path)
    parser.add_argument("--replace", action="store_true", help="even though the database holds data")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Restores; 1 with the reason when it cannot, 2 when some values open with no key."""
    running = [problem for problem in problems() if "in use" in problem]
    if running:
        print("\n".join(["The office seems to run; stop it first.", *running]), file=sys.stderr)
        return 1
    try:
        found = restore(Settings.from_environment(), arguments.file, arguments.replace)
    except (BackupError, KeyMissing, SettingWrong) as error:
        print(error, file=sys.stderr)
        return 1
    return told(found)


def told(found: Restored) -> int:
    """Says what was restored, and what cannot be read."""
    print(f"Restored: all as it stood at {found.made_at}.")
    for column, count in found.unreadable.items():
        print(f"{column}: {count} values open with no key of this installation.", file=sys.stderr)
    if found.unreadable:
        print(
            "Mend: add the key they were sealed with to SEND_DESK_ENCRYPTION_KEYS, behind the newest.", file=sys.stderr
        )
    return 2 if found.unreadable else 0
