"""`bot run`: sets up what is missing, then runs engine, actions and office together until Ctrl-C."""

import argparse
import sys

from bot.commands.doctor import problems
from bot.commands.setup import set_up
from bot.settings import SettingWrong
from bot.supervisor import Supervisor


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the verb to the command line."""
    parser = subparsers.add_parser("run", help="set up what is missing, then start office, engine and actions")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Checks the machine, sets up, starts; returns when all have stopped."""
    found = problems()
    if found:
        print("\n".join(found), file=sys.stderr)
        return 1
    try:
        settings = set_up()
    except SettingWrong as error:
        print(error, file=sys.stderr)
        return 1
    return Supervisor(settings).run()
