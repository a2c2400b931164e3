"""Start-up: engine, actions and office together, beside stock Rasa on the same data (benchmarks/stock.py).

python -m benchmarks.startup [--runs 3] [--ways stock,office]

Both start from a trained model and are timed until they answer over HTTP, ours until it is warm as well: the median of
several runs, in turns. Kept in build/bench/startup.jsonl.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks import results
from benchmarks.load import running, weights


def main() -> None:
    """Times each way in turns."""
    parser = argparse.ArgumentParser(prog="benchmarks.startup", description="Start-up, side by side.")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--ways", default="stock,office")
    arguments = parser.parse_args()
    names = arguments.ways.split(",")
    found: dict[str, list[float]] = {name: [] for name in names}
    memory = {}
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        for number in range(arguments.runs):
            for name in names:
                begun = time.perf_counter()
                with running(name, Path(folder) / f"{name}{number}", {}) as (_, started):
                    found[name].append(round(time.perf_counter() - begun, 1))
                    memory[name] = weights(started)
    for name, seconds in found.items():
        results.keep("startup", way=name, seconds=statistics.median(seconds), runs=seconds, memory=memory[name])


if __name__ == "__main__":
    main()
