"""Keeps what was measured: one JSON line a measurement in build/bench/<kind>.jsonl, with machine, commit and moment."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.machine import machine
from bot.paths import ROOT

FOLDER = ROOT / "build" / "bench"


def keep(kind: str, **found: Any) -> dict[str, Any]:
    """Adds a measurement and shows it; returns the whole row."""
    row = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **machine(), **found}
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{kind}.jsonl").open("a", encoding="utf-8") as out:
        out.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(f"{kind}: {json.dumps(found, ensure_ascii=False)}", flush=True)
    return row


def newest(kind: str, *by: str, folder: Path = FOLDER) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The newest measurement for each value of `by`, such as the way and the number of users."""
    path = folder / f"{kind}.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    rows = [json.loads(line) for line in lines]
    return {tuple(row[name] for name in by): row for row in rows}
