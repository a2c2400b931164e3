"""Throw-away servers for the tests: skipped with a reason when missing, a failure when REQUIRE_SERVICES=1."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def missing(what: str) -> None:
    """Ends the test: skipped, or failed where every service is required."""
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(f"{what} is required here (REQUIRE_SERVICES=1) and is not installed.")
    pytest.skip(f"{what} is not installed.")


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def postgres() -> Iterator[str]:
    """A new PostgreSQL server on its own socket; yields the URL of its empty database.

    PostgreSQL refuses to run as root, which test containers often are: it then runs as the user `postgres`.
    """
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    pg_ctl = str(programs[-1]) if programs else shutil.which("pg_ctl")
    if not pg_ctl:
        missing("PostgreSQL (Debian package postgresql)")
    as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp", ignore_cleanup_errors=True) as folder:
        if as_user:
            shutil.chown(folder, "postgres", "postgres")
        yield from _running([*as_user, str(pg_ctl)], folder)


def _running(pg_ctl: list[str], folder: str) -> Iterator[str]:
    data = ["-D", f"{folder}/data"]
    _run([*pg_ctl, "initdb", *data, "-o", "--username=tests --auth=trust --encoding=UTF8 --no-sync"], folder)
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    _run([*pg_ctl, "start", "-w", *data, "-l", f"{folder}/log", "-o", options], folder)
    try:
        yield f"postgresql+psycopg://tests@/postgres?host={folder}"
    finally:
        _run([*pg_ctl, "stop", "-m", "immediate", *data], folder)


def _run(command: list[str], folder: str) -> None:
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
