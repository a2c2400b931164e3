"""What a turn costs at the 5th, 50th and 200th turn of one conversation, and what a conversation leaves in the database.

python -m benchmarks.depth [--ways stock,engine,office] [--times 3] [--conversations 60]

Around each of the three turns the same question is asked five times, so that like is compared with like. Kept in
build/bench/depth.jsonl and build/bench/growth.jsonl.
"""

import argparse
import asyncio
import sqlite3
import statistics
import tempfile
from pathlib import Path
from uuid import uuid4

import aiohttp

from benchmarks import results, ways
from benchmarks.conversations import CASE, MIXED, Talk, long_talk, talk_of
from benchmarks.load import running

AT = (5, 50, 200)
PROBE = "how much does an appeal cost"
UNLIMITED = {"SEND_DESK_TURNS_A_MINUTE": "100000"}  # one conversation, faster than any person types


def main() -> None:
    """Measures each way; growth for the office alone."""
    parser = argparse.ArgumentParser(prog="benchmarks.depth", description="Late turns, and growth.")
    parser.add_argument("--ways", default="stock,engine,office")
    parser.add_argument("--times", type=int, default=3, help="conversations of 202 turns")
    parser.add_argument("--conversations", type=int, default=60, help="for the growth of the database")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        for name in arguments.ways.split(","):
            data = Path(folder) / name
            with running(name, data, UNLIMITED) as (way, _):
                late(way, arguments.times)
                if isinstance(way, ways.Office):
                    for kinds, what in ((MIXED, "conversation"), ((CASE,), "conversation with a case")):
                        grown(way, data, what, kinds, arguments.conversations)


def late(way: ways.Way, times: int) -> None:
    """Median milliseconds at each depth."""
    found: dict[int, list[float]] = {at: [] for at in AT}
    for _ in range(times):
        for at, seconds in asyncio.run(one_long(way)):
            found[at].append(seconds * 1000)
    medians = {str(at): round(statistics.median(taken), 1) for at, taken in found.items()}
    results.keep("depth", way=way.name, median_ms=medians, ratio=round(medians["200"] / medians["5"], 2))


async def one_long(way: ways.Way) -> list[tuple[int, float]]:
    """One conversation; the seconds of the turns that are looked at."""
    taken = []
    async with aiohttp.ClientSession() as http:
        talk = await way.begin(http, 0)
        for number, line in enumerate(long_talk(AT[-1] + 2), start=1):
            if isinstance(talk, dict):  # an address takes 120 messages a minute: this family moves about
                talk["X-Forwarded-For"] = f"10.200.0.{number}"
            near = [at for at in AT if abs(number - at) <= 2]
            answer = await way.say(http, talk, PROBE if near else line, uuid4().hex)
            if answer.kind != "answered":
                raise SystemExit(f"{way.name}, turn {number}: {answer.told}")
            taken += [(at, answer.seconds) for at in near]
    return taken


def grown(way: ways.Office, data: Path, what: str, kinds: tuple[Talk, ...], conversations: int) -> None:
    """Bytes in office.db and engine.db for a conversation."""
    before = size(data)
    turns = asyncio.run(talked(way, kinds, conversations))
    more = {name: size(data)[name] - before[name] for name in before}
    told = {name: round(found / conversations) for name, found in more.items()}
    each = round(sum(more.values()) / turns)
    results.keep("growth", what=what, turns=round(turns / conversations, 1), bytes_each=told, bytes_a_turn=each)


async def talked(way: ways.Office, kinds: tuple[Talk, ...], conversations: int) -> int:
    """Lets so many families talk, one after the other; the turns they took."""
    turns = 0
    async with aiohttp.ClientSession() as http:
        for number in range(conversations):
            talk = await way.begin(http, number)
            for line in talk_of(number, kinds).said:
                await way.say(http, talk, line, uuid4().hex)
                turns += 1
    return turns


def size(data: Path) -> dict[str, int]:
    """The bytes of each database, its log written back first."""
    found = {}
    for path in sorted(data.glob("*.db")):
        with sqlite3.connect(path, timeout=30) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
        found[path.name] = path.stat().st_size
    return found


if __name__ == "__main__":
    main()
