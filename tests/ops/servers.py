"""Throw-away servers and processes for the faults: Redis, and the office as a process of its own."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from bot.paths import ROOT
from tests.office.test_health_and_serving import wait_for
from tests.services import free_port, missing


@contextmanager
def redis(password: str, port: int = 0) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    """A Redis that keeps nothing, on a free port unless one is given; yields its port and its process."""
    program = shutil.which("redis-server") or missing("Redis (Debian package redis-server)")
    port = port or free_port()
    command = [str(program), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--requirepass", password]
    process = subprocess.Popen(command, cwd="/tmp", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert process.stdout
    while b"Ready to accept connections" not in (line := process.stdout.readline()):
        assert line, "Redis did not start"
    try:
        yield port, process
    finally:
        process.kill()
        process.wait()


@contextmanager
def office_process(environment: dict[str, str]) -> Iterator[tuple[httpx.Client, "subprocess.Popen[bytes]"]]:
    """The office as it is run; yields a client and its process."""
    base = f"http://127.0.0.1:{environment['SEND_DESK_PORT']}"
    log = Path(environment["SEND_DESK_DATA"]) / "office.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "serve-office"],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=out,
            stderr=out,
        )
    try:
        wait_for(f"{base}/healthz", process)
        with httpx.Client(base_url=base, trust_env=False, timeout=30) as client:
            yield client, process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
