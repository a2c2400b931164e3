"""Health pages, and the office as a real process: loopback only, quiet about people, stopped gently."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
from starlette.testclient import TestClient

from bot.paths import ROOT
from bot.settings import Settings
from tests.office.fake_engine import FakeEngine
from tests.services import free_port


def test_alive_says_so_whatever_else_is_down(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_ready_names_every_check(client: TestClient, engine: FakeEngine) -> None:
    answer = client.get("/readyz")
    checks = answer.json()["checks"]
    assert set(checks) == {"database", "engine", "knowledge", "calendar"}
    assert checks["database"]["migration"] and checks["engine"]["model"] == "model-of-the-tests"
    assert checks["calendar"]["reach"] >= "2028-12-31"
    assert all(check["ok"] for check in checks.values()) == answer.json()["ready"] == (answer.status_code == 200)


def test_not_ready_without_the_engine(client: TestClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["engine"] == {"ok": False, "error": "ClientConnectorError"}


def test_the_office_runs_as_a_process_on_loopback_and_stops_when_told(settings: Settings, engine: FakeEngine) -> None:
    port = free_port()
    environment = {
        **os.environ,
        "SEND_DESK_DATA": str(settings.data),
        "SEND_DESK_ENGINE_PORT": str(settings.engine_port),
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "bot.cli", "serve-office", "--port", str(port)]
    log = settings.data / "office.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    try:
        base = f"http://127.0.0.1:{port}"
        wait_for(f"{base}/healthz", process)
        started = httpx.post(f"{base}/chat/v1/sessions", trust_env=False).json()
        body = {"message_id": "message-1", "text": "what the parent wrote"}
        headers = {"Authorization": f"Bearer {started['session']}"}
        answer = httpx.post(f"{base}/chat/v1/messages", json=body, headers=headers, trust_env=False)
        assert answer.json()["turn"]["outcome"] == "answered"
        assert listening_addresses(process.pid, port) == {"0100007F"}
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(20)
    assert code in (0, -signal.SIGTERM)
    said = log.read_text()
    assert "what the parent wrote" not in said and "Traceback" not in said and "127.0.0.1 -" not in said


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Asks until it answers; fails when the process has ended."""
    for _ in range(600):
        assert process.poll() is None, "the office did not start"
        try:
            httpx.get(url, trust_env=False).raise_for_status()
            return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise AssertionError("the office did not answer")


def listening_addresses(pid: int, port: int) -> set[str]:
    """The addresses, as the kernel writes them, on which this port listens."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    rows += [line.split() for line in Path("/proc/net/tcp6").read_text().splitlines()[1:]]
    return {row[1].split(":")[0] for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == port}
