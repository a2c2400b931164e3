"""`bot ask`: answers questions on the command line with the same engine and actions as the channels."""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.blocks import Block, Reply
from bot.channels.render import plain
from bot.engine.model import model_path
from bot.privacy.keys import create_missing
from bot.settings import Settings
from bot.store.engine import Database

if TYPE_CHECKING:
    from bot.engine.inprocess import LocalEngine


ELSEWHERE = ("SEND_DESK_DATABASE_URL",)  # where the office's data may be, other than in its folder


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the verb to the command line."""
    parser = subparsers.add_parser("ask", help="answer one question, or each line of a JSONL file")
    parser.add_argument("question", nargs="*", help="the question")
    parser.add_argument("--jsonl", type=Path, help='a file of {"id", "text"} or {"id", "turns": [...]} lines')
    parser.add_argument("--today", type=date.fromisoformat, default=None, help="the day to answer on, YYYY-MM-DD")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints the reply, or one JSON line for each line of the file."""
    if arguments.jsonl:
        rows = [json.loads(line) for line in arguments.jsonl.read_text(encoding="utf-8").splitlines() if line.strip()]
        asyncio.run(_print_rows(rows, arguments.today))
        return 0
    if not arguments.question:
        print("Give a question, or --jsonl FILE.", file=sys.stderr)
        return 2
    asyncio.run(_print_reply(" ".join(arguments.question), arguments.today))
    return 0


async def _print_rows(rows: list[dict[str, Any]], today: date | None) -> None:
    async for answer in answers(rows, today):
        print(json.dumps(answer, ensure_ascii=False), flush=True)


async def _print_reply(question: str, today: date | None) -> None:
    async for answer in answers([{"id": "question", "text": question}], today):
        print(answer["reply"])


@cache
def office_of_its_own() -> "tempfile.TemporaryDirectory[str]":
    """Keys and an empty database for this process alone: a question that begins a case never touches the office's own data."""
    folder = tempfile.TemporaryDirectory(prefix="send-desk-ask")
    os.environ["SEND_DESK_DATA"] = folder.name
    for name in ELSEWHERE:
        os.environ.pop(name, None)
    create_missing(Path(folder.name))
    database = Database.from_settings(Settings.from_environment())
    database.migrate()
    database.close()
    return folder


async def answers(rows: list[dict[str, Any]], today: date | None = None) -> AsyncIterator[dict[str, Any]]:
    """Answers each row in a fresh conversation.

    Args:
        rows: {"id", "text"} or {"id", "turns"}.
        today: the day that dates are relative to; None is the real day.

    Yields:
        {"id", "outcome", "entries", "confidence", "reply", "latency_ms"}; `reply` is a list for turns, and the other
        fields are those of the last turn.
    """
    office_of_its_own()
    from bot.engine.inprocess import LocalEngine  # here, so that the other verbs start without Rasa

    path = model_path()
    engine = await LocalEngine.load(path if path.exists() else None)
    for number, row in enumerate(rows):
        turns = row["turns"] if "turns" in row else [row["text"]]
        started = time.perf_counter()
        found = [await _turn(engine, f"ask-{number}", str(turn), today) for turn in turns]
        latency = (time.perf_counter() - started) * 1000 / len(turns)
        yield _row(row, found, latency)


async def _turn(engine: "LocalEngine", conversation: str, text: str, today: date | None) -> list[Reply]:
    return await engine.turn(conversation, text, channel="ask", today=today.isoformat() if today else None)


def _row(row: dict[str, Any], found: list[list[Reply]], latency: float) -> dict[str, Any]:
    texts = ["\n\n".join(plain(reply["blocks"]) for reply in replies) for replies in found]
    last = found[-1][-1] if found and found[-1] else None
    return {
        "id": row.get("id"),
        "outcome": last["outcome"] if last else "failed",
        "entries": [mark.split("@")[0] for mark in last["entries"]] if last else [],
        "confidence": last["confidence"] if last else None,
        "reply": texts if "turns" in row else texts[0],
        "latency_ms": round(latency, 1),
        "offered": offered(last) if last else [],
        "words": sum(len(plain(_without_sources(reply)).split()) for reply in (found[-1] if found else [])),
    }


def offered(reply: Reply) -> list[str]:
    """The entries whose titles the reply offers to choose from."""
    payloads = [item["payload"] for block in reply["blocks"] if block["type"] == "buttons" for item in block["items"]]
    return [json.loads(payload[len("/choose") :])["entry"] for payload in payloads if payload.startswith("/choose")]


def _without_sources(reply: Reply) -> list[Block]:
    return [block for block in reply["blocks"] if block["type"] not in ("sources", "letter", "buttons")]
