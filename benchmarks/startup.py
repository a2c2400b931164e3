"""Start-up after set-up: engine, actions and office together, beside the stock `rasa init` bot on the same machine.

Both are started from a trained model and timed until they answer over HTTP; the median of three runs each, in turns.
"""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from benchmarks.machine import described
from bot.paths import ROOT

RUNS = 3
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONWARNINGS": "ignore",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}


def main() -> None:
    """Prints both medians and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        stock = make_stock(Path(folder) / "stock")
        ours, theirs = [], []
        for _ in range(RUNS):
            theirs.append(seconds_until(lambda: start_stock(stock), 5105, "/"))
            ours.append(seconds_until(lambda: start_ours(Path(folder) / "data"), 8100, "/readyz"))
    print(described())
    print(f"stock rasa init bot, one process:        {statistics.median(theirs):5.1f} s  {theirs}")
    print(f"engine, actions and office, three:       {statistics.median(ours):5.1f} s  {ours}")
    print(f"ours / stock: {statistics.median(ours) / statistics.median(theirs):.2f}")


def make_stock(folder: Path) -> Path:
    """The stock bot: `rasa init`, then `rasa train`, with Rasa's own data and configuration."""
    folder.mkdir()
    rasa(folder, "init", "--no-prompt", "--init-dir", str(folder))
    if not list((folder / "models").glob("*.tar.gz")):
        rasa(folder, "train")
    return folder


def rasa(folder: Path, *arguments: str) -> None:
    """Runs one Rasa command in a folder."""
    command = [sys.executable, "-m", "rasa", *arguments]
    subprocess.run(command, cwd=folder, env={**os.environ, **QUIET}, check=True, capture_output=True)


def start_stock(folder: Path) -> "subprocess.Popen[bytes]":
    """`rasa run` as its documentation says, on loopback."""
    command = [sys.executable, "-m", "rasa", "run", "--enable-api", "-i", "127.0.0.1", "-p", "5105"]
    return quietly(command, folder, {})


def start_ours(data: Path) -> "subprocess.Popen[bytes]":
    """`bot run` with a data folder and ports of its own."""
    ports = {
        "SEND_DESK_PORT": "8100",
        "SEND_DESK_ENGINE_PORT": "5205",
        "SEND_DESK_ACTIONS_PORT": "5255",
        "SEND_DESK_DATA": str(data),
    }
    return quietly([sys.executable, "-m", "bot.cli", "run"], ROOT, ports)


def quietly(command: list[str], folder: Path, extra: dict[str, str]) -> "subprocess.Popen[bytes]":
    """Starts a process whose output nobody reads."""
    environment = {**os.environ, **QUIET, **extra}
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def seconds_until(start: "Callable[[], subprocess.Popen[bytes]]", port: int, path: str) -> float:
    """Starts, waits for a good answer, stops; the seconds from start to answer."""
    begun = time.perf_counter()
    process = start()
    try:
        while not answers(port, path):
            if process.poll() is not None or time.perf_counter() - begun > 240:
                raise SystemExit(f"nothing answered on port {port}")
            time.sleep(0.1)
        return round(time.perf_counter() - begun, 1)
    finally:
        process.terminate()
        process.wait(30)
        while open_port(port):
            time.sleep(0.1)


def answers(port: int, path: str) -> bool:
    """Whether a GET gives 200."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def open_port(port: int) -> bool:
    """Whether something listens."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    main()
