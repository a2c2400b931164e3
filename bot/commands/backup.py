"""`bot backup FILE`: one sealed file with all that is stored; the office may go on working."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.privacy.keys import KeyMissing
from bot.settings import Settings, SettingWrong
from bot.store.backup import BackupError, make


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the verb to the command line."""
    parser = subparsers.add_parser("backup", help="write all that is stored to one sealed file")
    parser.add_argument("file", type=Path, help="a new file; {time} in its name becomes the present moment")
    parser.add_argument("--keep-days", type=int, help="delete older files of the same ending in its folder afterwards")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Makes it; 1 with the reason when it cannot be made."""
    now = datetime.now(UTC)
    path = Path(str(arguments.file).replace("{time}", now.strftime("%Y%m%dT%H%M%SZ")))
    try:
        size = make(Settings.from_environment(), path, now)
    except (BackupError, KeyMissing, SettingWrong) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{path}: {size / 1024:.0f} kB. It opens only with the keys of this installation: keep those elsewhere.")
    if arguments.keep_days is not None:
        print(f"Deleted {delete_old(path, arguments.keep_days, now)} backups older than {arguments.keep_days} days.")
    return 0


def delete_old(newest: Path, days: int, now: datetime) -> int:
    """Deletes the backups beside the newest one that are older than so many days, so that erased data ends there too."""
    end = now.timestamp() - days * 86400
    old = [path for path in newest.parent.glob(f"*{newest.suffix}") if path != newest and path.stat().st_mtime < end]
    for path in old:
        path.unlink()
    return len(old)
