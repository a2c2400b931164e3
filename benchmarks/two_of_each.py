"""Two engines and two offices on PostgreSQL and Redis, beside one of each: turns a second, and nothing mixed up.

python -m benchmarks.two_of_each [--turns 10000] [--users 20] [--only two]

All are processes of this machine; PostgreSQL and Redis are throw-away servers (Debian's packages; PostgreSQL without
fsync). Each message of a conversation goes to the other office than the one before it, and every family has a name of
its own: a name of another family in a reply or a history, a turn lost or doubled, a case too few or too many is counted.
Kept in build/bench/two_of_each.jsonl.
"""

import argparse
import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import create_engine, text

from benchmarks import parts, results, ways
from benchmarks.conversations import ANSWERS, CASE, LETTER
from benchmarks.load import weights
from benchmarks.steady import Checked
from bot.paths import ROOT
from tests.ops.servers import redis
from tests.services import postgres

KINDS = (LETTER, CASE, ANSWERS)
PASSWORD = "made-for-this-run-only"


@dataclass(frozen=True)
class Offices:
    """Several offices, asked in turns."""

    each: tuple[ways.Office, ...]
    name: str = "offices"
    turns: Iterator[int] = field(default_factory=count)

    async def begin(self, http: aiohttp.ClientSession, number: int) -> dict[str, str]:
        """A session of either office opens both."""
        return await self.each[number % len(self.each)].begin(http, number)

    async def say(self, http: aiohttp.ClientSession, talk: dict[str, str], line: str, message_id: str) -> ways.Answer:
        """One message, to the next office."""
        return await self.each[next(self.turns) % len(self.each)].say(http, talk, line, message_id)

    async def history(self, http: aiohttp.ClientSession, talk: dict[str, str]) -> list[dict[str, Any]]:
        """As either keeps it: they share the database."""
        return await self.each[0].history(http, talk)


@dataclass
class Counted(Checked):
    """A checked run that ends after so many turns."""

    turns: int = 0

    async def one(self, http: aiohttp.ClientSession, number: int) -> None:
        """One conversation; the run is over when all turns are said."""
        await super().one(http, number)
        if self.said >= self.turns:
            self.until = 0.0


def main() -> None:
    """One of each, then two of each."""
    parser = argparse.ArgumentParser(prog="benchmarks.two_of_each", description="Two of each, nothing mixed up.")
    parser.add_argument("--turns", type=int, default=10_000)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--only", choices=("one", "two"))
    arguments = parser.parse_args()
    for name, number in (("one", 1), ("two", 2)):
        if arguments.only in (None, name):
            turns = arguments.turns if number == 2 else max(100, arguments.turns // 5)
            measure(number, turns, arguments.users)


def measure(number: int, turns: int, users: int) -> None:
    """So many of each, so many turns."""
    with tempfile.TemporaryDirectory(prefix="bench") as folder, postgres() as url, redis(PASSWORD) as (port, _):
        with several(number, Path(folder), url, port) as (offices, running_parts):
            run = Counted(offices, float("inf"), kinds=KINDS, turns=turns)
            begun = time.perf_counter()
            asyncio.run(run.all(users))
            seconds = time.perf_counter() - begun
            figures = {**run.tally.figures(seconds), "conversations": run.conversations, "cases_stored": cases_in(url)}
            memory = weights(running_parts)
        results.keep(
            "two_of_each", of_each=number, users=users, **figures, wrong=dict(run.wrong), named=run.named, memory=memory
        )


@contextmanager
def several(number: int, folder: Path, url: str, redis_port: int) -> Iterator[tuple[Offices, list[parts.Part]]]:
    """So many of each, ready."""
    made = installations(number, folder, url, redis_port)
    with ExitStack() as stack:
        running = [part for n, one in enumerate(made, 1) for part in started(stack, one, n)]
        parts.awaited(running, made[0].port())
        yield Offices(tuple(ways.Office(f"http://127.0.0.1:{one.port()}") for one in made)), running


def installations(number: int, folder: Path, url: str, redis_port: int) -> list[parts.Installation]:
    """The installations, with the same keys and the same list of engines."""
    shared = {"REDIS_HOST": "127.0.0.1", "REDIS_PORT": str(redis_port), "REDIS_PASSWORD": PASSWORD}
    made = [parts.Installation.made(folder / str(n), SEND_DESK_DATABASE_URL=url, **shared) for n in range(number)]
    engines = " ".join(f"http://127.0.0.1:{one.port('ENGINE_PORT')}" for one in made)
    for one in made:
        one.environment["SEND_DESK_ENGINE_URLS"] = engines
        if one is not made[0]:
            shutil.copytree(made[0].data / "secrets", one.data / "secrets", dirs_exist_ok=True)
    return made


def started(stack: ExitStack, one: parts.Installation, number: int) -> list[parts.Part]:
    """Actions, engine and office of one installation."""
    endpoints = ROOT / "deploy" / "endpoints.yml"
    return [
        stack.enter_context(one.actions(f"actions {number}")),
        stack.enter_context(one.engine(endpoints, f"engine {number}")),
        stack.enter_context(one.office(f"office {number}")),
    ]


def cases_in(url: str) -> int:
    """How many cases the database holds."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = int(connection.execute(text("SELECT count(*) FROM cases")).scalar_one())
    engine.dispose()
    return found


if __name__ == "__main__":
    main()
