"""`make bench`: names the benchmarks; each is run by itself, because each wants the machine to itself."""

import pkgutil

import benchmarks

HELPERS = {"__main__", "machine", "conversations", "parts", "ways", "results", "performance_words"}

if __name__ == "__main__":
    print("Run one at a time on a quiet machine (docs/performance.md says which, in which order and for how long):")
    for module in pkgutil.iter_modules(benchmarks.__path__):
        if module.name not in HELPERS:
            print(f"  .venv/bin/python -m benchmarks.{module.name}")
