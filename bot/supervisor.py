"""Runs engine, actions and office as three processes, waits until they are ready, and stops them together."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import yaml

from bot.cores import give, shares, usable
from bot.engine.model import model_path
from bot.paths import ROOT
from bot.settings import Settings

READY_SECONDS = 180
STOP_SECONDS = 10
NAMES = ("actions", "engine", "office")


@dataclass(frozen=True)
class Part:
    """One process: its name, its command, and whether it answers yet."""

    name: str
    command: list[str]
    ready: Callable[[], bool]


class Supervisor:
    """Starts the parts, prints the addresses, restarts a part that dies, stops all on Ctrl-C."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._logs = settings.data / "logs"
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._stopping = False

    def run(self) -> int:
        """Runs until stopped."""
        signal.signal(signal.SIGTERM, self._stop_soon)
        signal.signal(signal.SIGINT, self._stop_soon)
        self._logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        started = time.monotonic()
        parts = self.parts()
        for part in parts:
            self._start(part)
        try:
            if not self._wait(parts):
                return 1
            if not self._stopping:
                print(self._welcome(time.monotonic() - started), flush=True)
            self._watch(parts)
        finally:
            self._stop()
        return 0

    def parts(self) -> list[Part]:
        """Actions, engine, office, in the order of starting."""
        s = self._settings
        python = [sys.executable, "-m"]
        engine = [
            "bot.engine.serve",
            "--port",
            str(s.engine_port),
            "--endpoints",
            str(self._endpoints()),
            "--model",
            str(model_path()),
        ]
        return [
            Part(
                "actions",
                [*python, "bot.engine.serve_actions", "--port", str(s.actions_port)],
                _answers(s.actions_port, "/health"),
            ),
            Part("engine", [*python, *engine], _answers(s.engine_port, "/webhooks/office/ready")),
            Part("office", [*python, "bot.cli", "serve-office", "--port", str(s.port)], _answers(s.port, "/healthz")),
        ]

    def _endpoints(self) -> Path:
        """endpoints.yml with this installation's port for the actions."""
        endpoints = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
        endpoints["action_endpoint"]["url"] = f"http://127.0.0.1:{self._settings.actions_port}/webhook"
        path = self._settings.data / "endpoints.yml"
        path.write_text(yaml.safe_dump(endpoints), encoding="utf-8")
        return path

    def _start(self, part: Part) -> None:
        log = (self._logs / f"{part.name}.log").open("ab")
        environment = {
            **os.environ,
            "RASA_TELEMETRY_ENABLED": "false",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "PYTHONWARNINGS": "ignore",
        }
        self._running[part.name] = subprocess.Popen(
            part.command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        give(self._running[part.name].pid, shares(NAMES, usable())[part.name])

    def _wait(self, parts: list[Part]) -> bool:
        """Waits until every part answers; says which did not."""
        print("Starting ", end="", flush=True)
        waiting = list(parts)
        end = time.monotonic() + READY_SECONDS
        while waiting and not self._stopping:
            dead = [part.name for part in waiting if self._running[part.name].poll() is not None]
            if dead or time.monotonic() > end:
                names = ", ".join(dead or [part.name for part in waiting])
                print(f"\n{names} did not start; see {self._logs}.", file=sys.stderr)
                return False
            waiting = [part for part in waiting if not part.ready()]
            print(".", end="", flush=True)
            time.sleep(0.5)
        return True

    def _watch(self, parts: list[Part]) -> None:
        """Starts a part again that has died, at most every five seconds."""
        while not self._stopping:
            for part in parts:
                if self._running[part.name].poll() is not None and not self._stopping:
                    print(f"{part.name} stopped by itself and is started again; see {self._logs}.", file=sys.stderr)
                    self._start(part)
            for _ in range(10):
                if self._stopping:
                    return
                time.sleep(0.5)

    def _welcome(self, seconds: float) -> str:
        base = f"http://127.0.0.1:{self._settings.port}"
        return (
            f"\nSEND Desk is ready ({seconds:.0f} seconds).\n  Chat page: {base}/chat\n  Inbox:     {base}/inbox\n"
            f"  Logs:      {self._logs}\nCtrl-C stops everything."
        )

    def _stop_soon(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _stop(self) -> None:
        """Office first, so that nothing new comes in; then the others."""
        for name in ("office", "engine", "actions"):
            process = self._running.get(name)
            if process and process.poll() is None:
                process.terminate()
        end = time.monotonic() + STOP_SECONDS
        for process in self._running.values():
            try:
                process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
        print("Stopped.")


def _answers(port: int, path: str) -> Callable[[], bool]:
    def ready() -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    return ready
