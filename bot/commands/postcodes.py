"""`bot postcodes load FILE.csv`: loads an official postcode file, so that each postcode's constituency is known."""

import argparse
import sys
from pathlib import Path

from bot.cases.constituency import FILE, PostcodeFileWrong, load_file
from bot.settings import data_folder


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the verb to the command line."""
    parser = subparsers.add_parser("postcodes", help="the office's own table of postcodes and constituencies")
    load = parser.add_subparsers(required=True, metavar="act").add_parser(
        "load", help="read an ONSPD or NSPL file (CSV)"
    )
    load.add_argument("file", type=Path, help="the file as the Office for National Statistics publishes it")
    load.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Loads the file; 1 when it cannot be used."""
    try:
        count = load_file(arguments.file, data_folder() / FILE)
    except (PostcodeFileWrong, OSError, UnicodeDecodeError) as error:
        print(f"{arguments.file.name}: {error}", file=sys.stderr)
        return 1
    print(f"{count} postcodes loaded")
    return 0
