"""`bot check`: validates all content and prints file and line of each fault."""

import argparse

from bot.knowledge.check import check_all


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the verb to the command line."""
    parser = subparsers.add_parser("check", help="validate entries, phrasings, letters and limits; exit 1 on any fault")
    parser.add_argument("entry", nargs="*", help="only these entry ids")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints each fault on a line; 1 when there is any."""
    faults = check_all(set(arguments.entry) or None)
    for fault in faults:
        print(fault)
    print(f"{len(faults)} faults" if faults else "content is sound")
    return 1 if faults else 0
