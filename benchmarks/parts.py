"""Starts what is measured as processes of its own on loopback, waits for them, weighs them and stops them."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from bot.cores import give, shares, usable
from bot.engine.model import MODELS, model_path
from bot.paths import ROOT
from bot.privacy.keys import create_missing

START_SECONDS = 300
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONWARNINGS": "ignore",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}


@dataclass
class Part:
    """One running process, where it answers, and the seconds until it did."""

    name: str
    url: str
    process: "subprocess.Popen[bytes]"
    log: Path
    ready_s: float = 0.0

    def memory(self) -> dict[str, float]:
        """RSS and PSS of the process and its children, in MB; PSS counts shared pages once."""
        pids = [self.process.pid, *_children(self.process.pid)]
        found = [_rollup(pid) for pid in pids]
        return {kind: round(sum(one[kind] for one in found) / 1024, 1) for kind in ("Rss", "Pss")}

    def processor(self) -> float:
        """Seconds of processor time that the process and its children have used."""
        pids = [self.process.pid, *_children(self.process.pid)]
        return sum(_ticks(pid) for pid in pids) / os.sysconf("SC_CLK_TCK")


@dataclass
class Installation:
    """One data folder with its keys and ports; `environment` is what its processes are started with."""

    data: Path
    environment: dict[str, str] = field(default_factory=dict)

    @classmethod
    def made(cls, data: Path, **more: str) -> "Installation":
        """A new one on ports of its own. Limits by address stay as they are: callers come as through a proxy
        (SEND_DESK_PROXIES), each conversation from an address of its own."""
        data.mkdir(parents=True, exist_ok=True)
        create_missing(data, {})
        ports = {f"SEND_DESK_{name}": str(free_port()) for name in ("PORT", "ENGINE_PORT", "ACTIONS_PORT")}
        told = {"SEND_DESK_DATA": str(data), "SEND_DESK_PROXIES": "127.0.0.1", **ports, **more}
        return cls(data, told)

    def port(self, name: str = "PORT") -> int:
        """The office's port, or `ENGINE_PORT`, `ACTIONS_PORT`."""
        return int(self.environment[f"SEND_DESK_{name}"])

    @property
    def secret(self) -> str:
        """What the office shows the engine."""
        return (self.data / "secrets" / "engine.secret").read_text(encoding="ascii").strip()

    @contextmanager
    def actions(self, name: str = "actions") -> Iterator[Part]:
        """The action server."""
        port = self.port("ACTIONS_PORT")
        with part(name, ["bot.engine.serve_actions", "--port", str(port)], port, "/health", self) as found:
            yield found

    @contextmanager
    def engine(self, endpoints: Path = ROOT / "endpoints.yml", name: str = "engine") -> Iterator[Part]:
        """Rasa with the office's channel: `rasa run`, less its command line (bot/engine/serve.py)."""
        port, path = self.port("ENGINE_PORT"), self._endpoints(endpoints)
        command = ["bot.engine.serve", "--port", str(port), "--endpoints", str(path), "--model", str(model())]
        with part(name, command, port, "/webhooks/office/ready", self) as found:
            yield found

    @contextmanager
    def office(self, name: str = "office") -> Iterator[Part]:
        """The office."""
        with part(name, ["bot.cli", "serve-office"], self.port(), "/healthz", self) as found:
            yield found

    def _endpoints(self, original: Path) -> Path:
        """The endpoints with this installation's own port for the actions."""
        told = yaml.safe_load(original.read_text(encoding="utf-8"))
        told["action_endpoint"]["url"] = f"http://127.0.0.1:{self.port('ACTIONS_PORT')}/webhook"
        path = self.data / "endpoints.yml"
        path.write_text(yaml.safe_dump(told), encoding="utf-8")
        return path


@contextmanager
def ours(installation: Installation, with_office: bool = True) -> Iterator[list[Part]]:
    """Actions, engine and, unless told otherwise, the office: started together, handed over when all answer."""
    with ExitStack() as stack:
        parts = [stack.enter_context(installation.actions()), stack.enter_context(installation.engine())]
        if with_office:
            parts.append(stack.enter_context(installation.office()))
        cores = shares(tuple(one.name for one in parts), usable())
        for one in parts:  # as `bot run` does
            give(one.process.pid, cores[one.name])
        yield awaited(parts, installation.port() if with_office else None)


@contextmanager
def stock(folder: Path) -> Iterator[list[Part]]:
    """The stock bot of benchmarks/stock.py by `rasa run`, with its REST channel."""
    port = free_port()
    command = ["rasa", "run", "-i", "127.0.0.1", "-p", str(port)]
    with part("stock", command, port, "/", folder) as found:
        yield awaited([found])


@contextmanager
def part(name: str, command: list[str], port: int, path: str, where: "Installation | Path") -> Iterator[Part]:
    """A Python module as a process; ended with the block. Its log is beside its data."""
    folder = where if isinstance(where, Path) else where.data
    environment = {**os.environ, **QUIET, **({} if isinstance(where, Path) else where.environment)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as installed for use: else each start compiles every module anew
    log = folder / f"{name}.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=folder if isinstance(where, Path) else ROOT,
            env=environment, stdout=out, stderr=out,
        )  # fmt: skip
    try:
        yield Part(name, f"http://127.0.0.1:{port}{path}", process, log)
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def awaited(parts: list[Part], office_port: int | None = None) -> list[Part]:
    """The parts once each answers; with an office, once it says that all of them do."""
    begun = time.perf_counter()
    waiting = list(parts)
    while waiting:
        for one in [one for one in waiting if answers(one.url)]:
            one.ready_s = round(time.perf_counter() - begun, 1)
            waiting.remove(one)
        for one in waiting:
            if one.process.poll() is not None or time.perf_counter() - begun > START_SECONDS:
                raise SystemExit(f"{one.name} did not start:\n{one.log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)
    while office_port and not answers(f"http://127.0.0.1:{office_port}/readyz"):
        time.sleep(0.05)
    return parts


def model() -> Path:
    """The model of the present content; while that is being changed, the newest one."""
    present = model_path()
    return present if present.exists() else max(MODELS.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def answers(url: str) -> bool:
    """Whether a GET gives 200."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _children(pid: int) -> list[int]:
    found = [int(child) for path in Path(f"/proc/{pid}/task").glob("*/children") for child in path.read_text().split()]
    return [*found, *(grandchild for child in found for grandchild in _children(child))]


def _ticks(pid: int) -> int:
    """User and system time, as the kernel counts it."""
    told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return int(told[11]) + int(told[12])


def _rollup(pid: int) -> dict[str, float]:
    """Kilobytes by kind, as the kernel counts them."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    return {line.split(":")[0]: float(line.split()[1]) for line in lines}
