"""Load: made families talk through stock Rasa, our engine alone and the office, side by side, for 1 to 300 at once.

python -m benchmarks.load [--ways stock,engine,office] [--users 1,20,100,300] [--seconds 30] [--think 0]

Each user begins a conversation, says its lines one after the other as soon as the reply is there, and begins the next.
Who is refused politely waits as long as was said and sends the same message again. Kept in build/bench/load.jsonl, with
the memory of each process before and after.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp

from benchmarks import parts, results, ways
from benchmarks.conversations import MIXED, Talk, talk_of
from benchmarks.stock import FOLDER as STOCK

WARM_UP_SECONDS = 5


@dataclass
class Tally:
    """What became of the messages of one run; `since`: what was answered before counts for nothing."""

    since: float = 0.0
    seconds: list[float] = field(default_factory=list)
    refused: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    cases: int = 0

    def add(self, answer: ways.Answer) -> None:
        """Counts one message."""
        if time.perf_counter() < self.since:
            return
        if answer.kind == "answered":
            self.seconds.append(answer.seconds)
            self.cases += answer.case
        elif answer.kind == "refused":
            self.refused += 1
        else:
            self.errors[answer.told] += 1

    def figures(self, over: float) -> dict[str, Any]:
        """Turns a second, milliseconds, errors by kind."""
        ordered = sorted(self.seconds)
        return {
            "turns": len(ordered),
            "turns_a_second": round(len(ordered) / over, 1),
            "median_ms": round(statistics.median(ordered) * 1000, 1) if ordered else None,
            "p95_ms": round(ordered[int(len(ordered) * 0.95)] * 1000, 1) if ordered else None,
            "refused": self.refused,
            "errors": dict(self.errors),
            "cases": self.cases,
        }


@dataclass
class Run:
    """One run's users, who share the counter of conversations."""

    way: ways.Way
    until: float
    think: float = 0.0
    kinds: tuple[Talk, ...] = MIXED
    tally: Tally = field(default_factory=Tally)
    numbers: Iterator[int] = field(default_factory=count)
    said: int = 0

    async def all(self, users: int) -> Tally:
        """Lets so many users talk until the time is over."""
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
            await asyncio.gather(*(self.user(http) for _ in range(users)))
        return self.tally

    async def user(self, http: aiohttp.ClientSession) -> None:
        """Conversation after conversation."""
        while time.perf_counter() < self.until:
            number = next(self.numbers)
            try:
                talk = await self.way.begin(http, number)
            except (aiohttp.ClientError, TimeoutError) as error:
                self.tally.errors[f"begin: {type(error).__name__}"] += 1
                await asyncio.sleep(0.5)
                continue
            for line in talk_of(number, self.kinds).said:
                if time.perf_counter() >= self.until or (await self.turn(http, talk, line)).kind != "answered":
                    break
                await asyncio.sleep(self.think)

    async def turn(self, http: aiohttp.ClientSession, talk: Any, line: str) -> ways.Answer:
        """One message, sent again after each polite refusal; what became of it."""
        message_id = uuid4().hex
        while True:
            answer = await self.way.say(http, talk, line, message_id)
            self.tally.add(answer)
            self.said += answer.kind == "answered"
            if answer.kind != "refused" or time.perf_counter() >= self.until:
                return answer
            await asyncio.sleep(answer.retry_after)


def main() -> None:
    """Measures each way at each number of users."""
    parser = argparse.ArgumentParser(prog="benchmarks.load", description="Load, side by side.")
    parser.add_argument("--ways", default="stock,engine,office")
    parser.add_argument("--users", default="1,20,100,300")
    parser.add_argument("--seconds", type=float, default=30, help="for each way and number of users")
    parser.add_argument("--think", type=float, default=0, help="seconds that a user thinks before each message")
    parser.add_argument("--database-url", default="", help="of the office; a new SQLite file by default")
    arguments = parser.parse_args()
    more = {"SEND_DESK_DATABASE_URL": arguments.database_url} if arguments.database_url else {}
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        for name in arguments.ways.split(","):
            with running(name, Path(folder) / name, more) as (way, running_parts):
                for users in map(int, arguments.users.split(",")):
                    measure(way, running_parts, users, arguments.seconds, arguments.think)


@contextmanager
def running(name: str, data: Path, more: dict[str, str]) -> Iterator[tuple[ways.Way, list[parts.Part]]]:
    """A way with its processes, ready and warm."""
    if name == "stock":
        with parts.stock(STOCK) as found:
            yield ways.Stock(found[0].url.rstrip("/")), found
        return
    installed = parts.Installation.made(data, **more)
    with parts.ours(installed, with_office=name == "office") as found:
        if name == "office":
            yield ways.Office(f"http://127.0.0.1:{installed.port()}"), found
        else:
            yield ways.Engine(f"http://127.0.0.1:{installed.port('ENGINE_PORT')}", installed.secret), found


def measure(way: ways.Way, running_parts: list[parts.Part], users: int, seconds: float, think: float) -> dict[str, Any]:
    """One number of users, after a warm-up of the same kind."""
    before, spent = weights(running_parts), processor(running_parts)
    now = time.perf_counter()
    run = Run(way, now + WARM_UP_SECONDS + seconds, think, tally=Tally(now + WARM_UP_SECONDS))
    figures = asyncio.run(run.all(users)).figures(seconds)
    spent = {
        name: round((after - spent[name]) * 1000 / max(1, run.said), 1)
        for name, after in processor(running_parts).items()
    }
    told = {"way": way.name, "users": users, "seconds": seconds, "think": think, **figures}
    starts = {part.name: part.ready_s for part in running_parts}
    told["cpu_ms_a_turn"] = spent
    return results.keep("load", **told, memory_before=before, memory=weights(running_parts), ready_s=starts)


def processor(running_parts: list[parts.Part]) -> dict[str, float]:
    """The processor seconds of each process so far."""
    return {part.name: part.processor() for part in running_parts}


def weights(running_parts: list[parts.Part]) -> dict[str, dict[str, float]]:
    """The memory of each process."""
    return {part.name: part.memory() for part in running_parts}


if __name__ == "__main__":
    main()
