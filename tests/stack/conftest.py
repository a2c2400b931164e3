"""The whole assistant as `make run` starts it: office, engine and actions as processes of their own, with a new data folder."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.paths import ROOT
from bot.privacy.keys import create_missing
from bot.settings import Settings
from bot.store.engine import Database
from bot.web.accounts import add_user
from tests.browser import chromium
from tests.services import free_port

__all__ = ["chromium"]
EMAIL, PASSWORD = "stack@example.org", "a long enough password"
START_SECONDS = 300


@dataclass
class Stack:
    """The running assistant, its ports and its data."""

    settings: Settings
    process: "subprocess.Popen[bytes]"

    @property
    def url(self) -> str:
        """The office."""
        return f"http://127.0.0.1:{self.settings.port}"

    def part(self, name: str) -> int:
        """The process id of a part, by a word of its command line."""
        found = subprocess.run(["pgrep", "-f", "--", name], capture_output=True, text=True, check=True).stdout.split()
        return int(found[0])


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Started once for all tests of this folder; ports are free ones."""
    folder = tmp_path_factory.mktemp("stack")
    names = ("SEND_DESK_PORT", "SEND_DESK_ENGINE_PORT", "SEND_DESK_ACTIONS_PORT")
    environment = {**os.environ, "SEND_DESK_DATA": str(folder), **{name: str(free_port()) for name in names}}
    create_missing(folder, environment)
    settings = Settings.from_environment(environment)
    prepare(settings)
    command = [sys.executable, "-m", "bot.cli", "run"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_ready(f"http://127.0.0.1:{settings.port}/readyz", process, folder)
        yield Stack(settings, process)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def prepare(settings: Settings) -> None:
    """A database with one caseworker in it."""
    database = Database.from_settings(settings)
    database.migrate()
    add_user(database, EMAIL, PASSWORD, "caseworker")
    database.close()


def wait_until_ready(url: str, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    """Polls until the office says that everything is there."""
    end = time.monotonic() + START_SECONDS
    while not answers(url):
        if process.poll() is not None or time.monotonic() > end:
            logs = "\n".join(path.read_text(errors="replace")[-1500:] for path in (folder / "logs").glob("*.log"))
            pytest.fail(f"the assistant did not start:\n{logs}")
        time.sleep(0.5)


def answers(url: str) -> bool:
    """Whether a GET gives 200."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
