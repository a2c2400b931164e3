"""Where a turn's time goes: the engine, the actions or the office under cProfile while one family talks.

python -m benchmarks.profile_turn [--part engine|actions|office] [--turns 200] [--by tottime|cumulative] [--rows 45]
"""

import argparse
import asyncio
import pstats
import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest.mock import patch

import aiohttp

from benchmarks import parts, ways
from benchmarks.conversations import talk_of
from benchmarks.parts import Part


def main() -> None:
    """Profiles one part and prints the functions that cost most."""
    parser = argparse.ArgumentParser(prog="benchmarks.profile_turn", description="Profile one turn.")
    parser.add_argument("--part", default="engine", choices=("engine", "actions", "office"))
    parser.add_argument("--turns", type=int, default=200)
    parser.add_argument("--by", default="tottime", choices=("tottime", "cumulative"))
    parser.add_argument("--rows", type=int, default=45)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        out = Path(folder) / "profile"
        with profiled(arguments.part, out):
            installed = parts.Installation.made(Path(folder) / "data")
            with parts.ours(installed):
                asyncio.run(talks(ways.Office(f"http://127.0.0.1:{installed.port()}"), arguments.turns))
        pstats.Stats(str(out)).sort_stats(arguments.by).print_stats(arguments.rows)


@contextmanager
def profiled(name: str, out: Path) -> Iterator[None]:
    """Has the named part started under cProfile."""
    original = parts.part

    @contextmanager
    def under_profile(part: str, command: list[str], *where: object) -> Iterator[Part]:
        prefix = ["cProfile", "-o", str(out), "-m"] if part == name else []
        with original(part, [*prefix, *command], *where) as found:  # type: ignore[arg-type]
            yield found
            if prefix:  # by interrupt: after it the profile is written, after a termination it is not
                found.process.send_signal(signal.SIGINT)
                found.process.wait(30)

    with ExitStack() as stack:
        stack.enter_context(patch.object(parts, "part", under_profile))
        yield


async def talks(way: ways.Office, turns: int) -> None:
    """One family after the other."""
    said, number = 0, 0
    async with aiohttp.ClientSession() as http:
        while said < turns:
            talk = await way.begin(http, number)
            for line in talk_of(number).said:
                await way.say(http, talk, line, f"profile-{said:06}")
                said += 1
            number += 1


if __name__ == "__main__":
    main()
