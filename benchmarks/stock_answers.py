"""How well stock Rasa (benchmarks/stock.py) answers the measuring sets: the same questions as docs/evaluation.md.

python -m benchmarks.stock_answers

An answer is what its rules would say: the response selector's entry for `ask`, nothing where the fallback classifier
abstains. Titles are never offered, so a first reply is all there is. Kept in build/bench/stock_answers.jsonl.
"""

import asyncio
import json
import os
import statistics
import time
from typing import Any

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")

from rasa.core.agent import Agent, load_agent

from benchmarks import results
from benchmarks.stock import FOLDER, TOLD
from bot.engine.quiet import quiet
from bot.paths import ROOT

MEASURING = ROOT / "tests" / "measuring"
SETS = ("in_scope", "out_of_scope", "urgent")


def main() -> None:
    """Answers the sets and keeps the shares."""
    quiet()
    asyncio.run(whole())


async def whole() -> None:
    """Loads the model once."""
    agent = await load_agent(str(FOLDER / "models" / "stock.tar.gz"))
    await agent.parse_message("hello")
    found = {name: [(row, *await heard(agent, row["text"])) for row in rows(name)] for name in SETS}
    spent = [seconds for answers in found.values() for _, _, seconds in answers]
    scope, outside, urgent = (found[name] for name in SETS)
    training = json.loads(TOLD.read_text(encoding="utf-8")) if TOLD.exists() else {}
    results.keep(
        "stock_answers",
        in_scope_right=share(label.removeprefix("ask/") in row["entries"] for row, label, _ in scope),
        in_scope_abstained=share(label == "nlu_fallback" for _, label, _ in scope),
        out_of_scope_abstained=share(not label.startswith("ask/") for _, label, _ in outside),
        urgent_heard=share(label.startswith("urgent_") for _, label, _ in urgent),
        false_alarms=share(label.startswith("urgent_") for _, label, _ in scope),
        ms_a_message=round(statistics.median(spent) * 1000, 1),
        training=training,
    )


async def heard(agent: Agent, text: str) -> tuple[str, float]:
    """What the message is taken for: an intent, or `ask/<entry id>`; and the seconds it took."""
    begun = time.perf_counter()
    parsed: dict[str, Any] = await agent.parse_message(text)
    seconds = time.perf_counter() - begun
    name = str(parsed["intent"]["name"])
    if name == "ask":
        name = str(parsed["response_selector"]["ask"]["response"]["intent_response_key"])
    return name, seconds


def rows(name: str) -> list[dict[str, Any]]:
    """One measuring set."""
    return [json.loads(line) for line in (MEASURING / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def share(found: Any) -> float:
    """The share that is true."""
    each = list(found)
    return round(sum(each) / len(each), 3)


if __name__ == "__main__":
    main()
