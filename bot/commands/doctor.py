"""`bot doctor`: what stands in the way of running here, each with its mend."""

import argparse
import os
import shutil
import socket
import sys

from bot.paths import ROOT
from bot.settings import SettingWrong, data_folder, port_from

NEEDED_BYTES = 500 * 1024 * 1024  # model, database and logs of a trial
PORTS = (("SEND_DESK_PORT", 8000), ("SEND_DESK_ENGINE_PORT", 5005), ("SEND_DESK_ACTIONS_PORT", 5055))


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the verb to the command line."""
    parser = subparsers.add_parser("doctor", help="say what is missing: Python, disk, ports, folders")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints each problem; 1 when there is any."""
    found = problems()
    print("\n".join(found) or "All is well: Python 3.11, disk, folders and ports are there.")
    return 1 if found else 0


def problems() -> list[str]:
    """Every problem found, in words that say how to mend it."""
    return [*_python(), *_disk(), *_folder(), *_ports()]


def _python() -> list[str]:
    if sys.version_info[:2] == (3, 11):
        return []
    return [
        f"Python 3.11 is needed, this is {sys.version.split()[0]}. On Debian 12: apt-get install python3.11; then make setup."
    ]


def _disk() -> list[str]:
    free = shutil.disk_usage(ROOT).free
    return [] if free > NEEDED_BYTES else [f"Only {free // 2**20} MB of disk are free; at least 500 MB are needed."]


def _folder() -> list[str]:
    folder = data_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / ".writable").touch()
        (folder / ".writable").unlink()
    except OSError as error:
        return [f"The data folder {folder} cannot be written ({error.strerror}). Set SEND_DESK_DATA to one that can."]
    return []


def _ports() -> list[str]:
    found = []
    for name, default in PORTS:
        try:
            port = port_from(os.environ, name, default)
        except SettingWrong as wrong:
            found.append(str(wrong))
            continue
        if _taken(port):
            found.append(f"Port {port} is in use. Stop what uses it, or set {name} to another port.")
    return found


def _taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
