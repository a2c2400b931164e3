"""The `bot` command line: finds its verbs in bot/commands and runs one."""

import argparse
import importlib
import pkgutil
import sys

import bot.commands


def main(argv: list[str] | None = None) -> int:
    """Runs one verb; the exit code is what the verb returns."""
    arguments = parser().parse_args(argv)
    return int(arguments.run(arguments) or 0)


def parser() -> argparse.ArgumentParser:
    """The parser with every verb of bot/commands."""
    top = argparse.ArgumentParser(prog="bot", description="SEND Desk: content, answers, cases and upkeep.")
    verbs = top.add_subparsers(required=True, metavar="verb")
    for module in sorted(pkgutil.iter_modules(bot.commands.__path__), key=lambda found: found.name):
        importlib.import_module(f"bot.commands.{module.name}").register(verbs)
    return top


if __name__ == "__main__":
    sys.exit(main())
