"""Start-up: engine, actions and office together, beside stock Rasa: the bot of `rasa init`, and stock on the same data.

python -m benchmarks.startup [--runs 3] [--ways init,stock,office]

`init` is made and trained by Rasa's own commands; `stock` is that of benchmarks/stock.py. All start from a trained model and are timed until they answer over HTTP, ours until it is warm as well: the median of
several runs, in turns. Kept in build/bench/startup.jsonl.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import parts, results
from benchmarks.load import running, weights


def main() -> None:
    """Times each way in turns."""
    parser = argparse.ArgumentParser(prog="benchmarks.startup", description="Start-up, side by side.")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--ways", default="init,stock,office")
    arguments = parser.parse_args()
    names = arguments.ways.split(",")
    found: dict[str, list[float]] = {name: [] for name in names}
    memory = {}
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        init = made_by_rasa(Path(folder) / "init") if "init" in names else Path(folder)
        for number in range(arguments.runs):
            for name in names:
                begun = time.perf_counter()
                with started(name, Path(folder) / f"{name}{number}", init) as parts_:
                    found[name].append(round(time.perf_counter() - begun, 1))
                    memory[name] = weights(parts_)
    for name, seconds in found.items():
        results.keep("startup", way=name, seconds=statistics.median(seconds), runs=seconds, memory=memory[name])


@contextmanager
def started(name: str, folder: Path, init: Path) -> Iterator[list[parts.Part]]:
    """One way, until the block ends."""
    if name == "init":
        with parts.stock(init) as found:
            yield found
    else:
        with running(name, folder, {}) as (_, found):
            yield found


def made_by_rasa(folder: Path) -> Path:
    """The bot of `rasa init`, trained."""
    folder.mkdir()
    for command in (["init", "--no-prompt", "--init-dir", str(folder)], ["train"]):
        environment = {**os.environ, **parts.QUIET}
        subprocess.run(
            [sys.executable, "-m", "rasa", *command], cwd=folder, env=environment, check=True, capture_output=True
        )
    return folder


if __name__ == "__main__":
    main()
