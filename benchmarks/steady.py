"""Many families for many minutes: nothing may fail, no turn or case be lost or doubled, memory stay flat.

python -m benchmarks.steady [--users 300] [--minutes 10] [--think 0] [--every 60]

Every sixth conversation sends a whole case. After each conversation its history is read and compared with what was said;
at the end the cases in the database are compared with those that were confirmed. Kept in build/bench/steady.jsonl.
"""

import argparse
import asyncio
import sqlite3
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks import parts, results, ways
from benchmarks.conversations import CASE, MIXED, name_of, names_in, talk_of
from benchmarks.load import Run, Tally, weights

KINDS = (*MIXED, CASE)


@dataclass
class Checked(Run):
    """A run that looks at every conversation when it is over; `wrong` counts what should not be."""

    wrong: Counter[str] = field(default_factory=Counter)
    conversations: int = 0
    named: int = 0  # replies that hold the family's own name: without them a mix-up could not show

    async def user(self, http: aiohttp.ClientSession) -> None:
        """Conversation after conversation, each checked."""
        while time.perf_counter() < self.until:
            number = next(self.numbers)
            try:
                await self.one(http, number)
            except (aiohttp.ClientError, TimeoutError) as error:
                self.tally.errors[f"session or history: {type(error).__name__}"] += 1

    async def one(self, http: aiohttp.ClientSession, number: int) -> None:
        """One conversation, whole, even if the time is over meanwhile: else its last turn could not be judged."""
        talk = await self.way.begin(http, number)
        told = talk_of(number, self.kinds)
        said = 0
        for line in told.said:
            said += 1
            answer = await self.turn(http, talk, line)
            if answer.kind != "answered":
                return
            named = names_in(answer.raw)
            self.named += name_of(number) in named
            self.wrong["names of other families"] += bool(named - {name_of(number)})
            if time.perf_counter() >= self.until:
                break
            await asyncio.sleep(self.think)
        self.look(await self.way.history(http, talk), said, number)  # type: ignore[attr-defined]
        self.conversations += 1

    def look(self, history: list[dict[str, Any]], said: int, number: int) -> None:
        """Every message once, every message answered once, no name of another family."""
        asked = [turn["seq"] for turn in history if turn["author"] == "parent"]
        answered = [turn["answers"] for turn in history if turn["author"] == "assistant"]
        self.wrong["turns lost or doubled"] += len(asked) != said
        self.wrong["answers lost or doubled"] += sorted(answered) != sorted(asked)
        self.wrong["names of other families"] += bool(names_in(str(history)) - {name_of(number)})


def main() -> None:
    """Runs, weighs each process every so often, checks, keeps."""
    parser = argparse.ArgumentParser(prog="benchmarks.steady", description="Steady load, checked.")
    parser.add_argument("--users", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--think", type=float, default=0)
    parser.add_argument("--every", type=float, default=60, help="seconds between two looks at the memory")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        installed = parts.Installation.made(Path(folder))
        with parts.ours(installed) as running_parts:
            way = ways.Office(f"http://127.0.0.1:{installed.port()}")
            seconds = arguments.minutes * 60
            run = Checked(way, time.perf_counter() + seconds, arguments.think, KINDS)
            memory = asyncio.run(weighed(run, running_parts, arguments.users, arguments.every))
            told = {"users": arguments.users, "minutes": arguments.minutes, "think": arguments.think}
            stored = cases_in(Path(folder) / "office.db")
            figures = {**run.tally.figures(seconds), "conversations": run.conversations, "cases_stored": stored}
            results.keep("steady", **told, **figures, wrong=dict(run.wrong), named=run.named, memory=memory)


async def weighed(run: Run, running_parts: list[parts.Part], users: int, every: float) -> list[dict[str, float]]:
    """Lets the users talk; the PSS of each process in MB, at first and every so many seconds."""
    found = []
    talking: asyncio.Task[Tally] = asyncio.create_task(run.all(users))
    while not talking.done():
        found.append({name: one["Pss"] for name, one in weights(running_parts).items()})
        await asyncio.wait([talking], timeout=every)
    talking.result()
    return found


def cases_in(database: Path) -> int:
    """How many cases there are."""
    with sqlite3.connect(database, timeout=30) as connection:
        return int(connection.execute("SELECT count(*) FROM cases").fetchone()[0])


if __name__ == "__main__":
    main()
