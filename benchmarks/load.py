"""Load: made families talk through stock Rasa, our engine alone and the office, side by side, for 1 to 300 at once.

python -m benchmarks.load [--ways stock,engine,office] [--users 1,20,100,300] [--seconds 30] [--rounds 3] [--think 0]

Each user begins a conversation, says its lines one after the other as soon as the reply is there, and begins the next.
Who is refused politely waits as long as was said and sends the same message again. All ways are ready from the start and
take turns, so that a slow minute of the machine is not one way's alone; nobody talks to those whose turn it is not. Kept in
build/bench/load.jsonl, with the memory of each process before and after.
"""

import argparse
import asyncio
import math
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp

from benchmarks import parts, results, ways
from benchmarks.conversations import MIXED, Talk, talk_of
from benchmarks.stock import FOLDER as STOCK

WARM_UP_SECONDS = 3


@dataclass
class Tally:
    """What became of the messages of one run; what was answered before `since` or after `until` counts for nothing."""

    since: float = 0.0
    until: float = math.inf
    seconds: list[float] = field(default_factory=list)
    refused: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    cases: int = 0

    def add(self, answer: ways.Answer) -> None:
        """Counts one message."""
        now = time.perf_counter()
        if now < self.since or (answer.kind == "answered" and now > self.until):
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
    parser.add_argument("--rounds", type=int, default=3, help="into which the seconds are cut, the ways in turns")
    parser.add_argument("--think", type=float, default=0, help="seconds that a user thinks before each message")
    parser.add_argument("--database-url", default="", help="of the office; a new SQLite file by default")
    arguments = parser.parse_args()
    more = {"SEND_DESK_DATABASE_URL": arguments.database_url} if arguments.database_url else {}
    with tempfile.TemporaryDirectory(prefix="bench") as folder, ExitStack() as stack:
        names = arguments.ways.split(",")
        ready = [stack.enter_context(running(name, Path(folder) / name, more)) for name in names]
        for users in map(int, arguments.users.split(",")):
            found = [Measured(way, parts_, users, arguments.think) for way, parts_ in ready]
            for _ in range(arguments.rounds):
                for one in found:
                    one.go_on(arguments.seconds / arguments.rounds)
            for one in found:
                one.keep()


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


@dataclass
class Measured:
    """One way with one number of users, measured in rounds."""

    way: ways.Way
    parts: list[parts.Part]
    users: int
    think: float
    tally: Tally = field(default_factory=Tally)
    seconds: float = 0.0
    said: int = 0
    spent: dict[str, float] = field(default_factory=dict)
    before: dict[str, dict[str, float]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    def go_on(self, seconds: float) -> None:
        """One round, after a warm-up of the same kind."""
        self.before = self.before or weights(self.parts)
        spent, now = processor(self.parts), time.perf_counter()
        self.tally.since, self.tally.until = now + WARM_UP_SECONDS, now + WARM_UP_SECONDS + seconds
        run = Run(self.way, self.tally.until, self.think, tally=self.tally, numbers=self.numbers)
        asyncio.run(run.all(self.users))
        self.seconds += seconds
        self.said += run.said
        for name, after in processor(self.parts).items():
            self.spent[name] = self.spent.get(name, 0.0) + after - spent[name]

    def keep(self) -> dict[str, Any]:
        """Writes down the figures of all rounds."""
        told = {"way": self.way.name, "users": self.users, "seconds": self.seconds, "think": self.think}
        turn = {name: round(spent * 1000 / max(1, self.said), 1) for name, spent in self.spent.items()}
        starts = {part.name: part.ready_s for part in self.parts}
        weighed = {"memory_before": self.before, "memory": weights(self.parts), "ready_s": starts}
        return results.keep("load", **told, **self.tally.figures(self.seconds), cpu_ms_a_turn=turn, **weighed)


def processor(running_parts: list[parts.Part]) -> dict[str, float]:
    """The processor seconds of each process so far."""
    return {part.name: part.processor() for part in running_parts}


def weights(running_parts: list[parts.Part]) -> dict[str, dict[str, float]]:
    """The memory of each process."""
    return {part.name: part.memory() for part in running_parts}


if __name__ == "__main__":
    main()
