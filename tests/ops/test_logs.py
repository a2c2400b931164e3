"""Logs are JSON, one id leads from the channel to the case, and no word of a parent is in them."""

import json
import logging
import os
import signal
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.json_logs import JsonFormatter, about_turn, facts
from bot.paths import ROOT
from bot.settings import Settings
from bot.store.engine import Database
from tests.office.fake_engine import FakeEngine
from tests.office.test_health_and_serving import wait_for

CANARY = "canary-words of a parent"


@contextmanager
def running(command: list[str], environment: dict[str, str], log: Path, url: str) -> Iterator[None]:
    """One of our processes until the block ends; its output goes to a file."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env={**os.environ, "PYTHONWARNINGS": "ignore", **environment},
            stdout=out,
            stderr=out,
        )
    try:
        wait_for(url, process)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def lines(log: Path) -> list[dict[str, Any]]:
    """The log's lines, each of which must be JSON, once libraries have been imported and warned of their own code."""
    found = log.read_text().splitlines()
    start = next(number for number, line in enumerate(found) if line.startswith("{"))
    assert all("Warning: " in line or line.startswith("  ") for line in found[:start])
    return [json.loads(line) for line in found[start:]]


def test_the_office_logs_each_turn_by_its_id_and_none_of_its_words(
    environment: dict[str, str], settings: Settings, db: Database
) -> None:
    engine = FakeEngine(settings.engine_port, settings.keys.engine)
    engine.start()
    log = settings.data / "office.log"
    base = f"http://127.0.0.1:{settings.port}"
    try:
        with running(["bot.cli", "serve-office"], environment, log, f"{base}/healthz"):
            post = httpx.Client(base_url=base, trust_env=False).post
            headers = {"Authorization": f"Bearer {post('/chat/v1/sessions').json()['session']}"}
            post("/chat/v1/messages", json={"message_id": "message-1", "text": CANARY}, headers=headers)
            engine.say = lambda body: {"nonsense": body["text"]}
            post("/chat/v1/messages", json={"message_id": "message-2", "text": CANARY}, headers=headers)
    finally:
        engine.stop()
    conversation = engine.seen[0]["conversation"]
    told = [line for line in lines(log) if line["said"] == "turn"]
    assert [line["outcome"] for line in told] == ["answered", "failed"]
    assert told[0]["turn"] == about_turn(conversation, "message-1") != told[1]["turn"]
    assert told[0]["part"] == "office" and told[0]["ms"] >= 0
    failed = next(line for line in lines(log) if line["level"] == "error")
    assert failed["turn"] == told[1]["turn"]
    said = log.read_text()
    assert "canary" not in said and conversation not in said and "127.0.0.1" not in said and "Bearer" not in said


def test_the_actions_log_the_same_id_with_the_case_and_no_word(
    environment: dict[str, str], settings: Settings, db: Database
) -> None:
    log = settings.data / "actions.log"
    base = f"http://127.0.0.1:{settings.actions_port}"
    command = ["bot.engine.serve_actions", "--port", str(settings.actions_port)]
    call = {
        "next_action": "action_reply",
        "sender_id": "conversation-1",
        "tracker": {
            "sender_id": "conversation-1",
            "slots": {},
            "latest_message": {"text": CANARY, "metadata": {"message_id": "message-1"}, "intent": {"name": "greet"}},
            "events": [],
        },
        "domain": {},
    }
    with running(command, environment, log, f"{base}/health"):
        post = httpx.Client(base_url=base, trust_env=False).post
        post("/webhook", json=call)
        post("/webhook", json={**call, "tracker": CANARY})
        post("/webhook", content=CANARY)
        post("/webhook", content=zlib.compress(json.dumps(call).encode()), headers={"Content-Encoding": "deflate"})
    told = lines(log)
    actions = [line for line in told if line["said"] == "action"]
    assert actions[0]["turn"] == about_turn("conversation-1", "message-1")
    assert actions[0]["action"] == "action_reply" and actions[0]["status"] == 200
    assert any(line["level"] == "error" for line in told)
    assert "canary" not in log.read_text()


def test_a_case_that_was_made_is_named_in_the_actions_log() -> None:
    from bot.engine.watched import _case

    made = {"events": [], "responses": [{"custom": {"blocks": [], "case": "SD-7KQ4-XM2P"}}]}
    assert _case(json.dumps(made).encode()) == "SD-7KQ4-XM2P"
    assert _case(b'{"responses": [{"custom": {"blocks": []}}]}') is None


@pytest.mark.parametrize("error", [ValueError(CANARY), KeyError(CANARY)])
def test_an_error_is_told_by_kind_and_place_never_by_its_text(error: Exception) -> None:
    try:
        raise error
    except Exception:
        record = logging.LogRecord("bot.x", logging.ERROR, "f", 1, "A turn failed", (), sys.exc_info())
    record.__dict__ |= facts(outcome="failed")
    text = JsonFormatter("office").format(record)
    line = json.loads(text)
    assert line["error"] == type(error).__name__ and line["outcome"] == "failed"
    assert line["where"][-1].startswith("test_logs.py:") and "canary" not in text
