"""`bot keys rotate`: a new key, and everything sealed with it; the same as `bot reseal --new-key`."""

import argparse

from bot.commands import reseal


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the verb to the command line."""
    parser = subparsers.add_parser("keys", help="the keys that seal what is stored")
    acts = parser.add_subparsers(required=True, metavar="act")
    rotate = acts.add_parser("rotate", help="make a new key and seal everything with it (stop the office first)")
    rotate.set_defaults(run=reseal.run, new_key=True)
