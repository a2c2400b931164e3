"""`make bench`: names the benchmarks; each is run by itself, because each wants the machine to itself."""

import pkgutil

import benchmarks

if __name__ == "__main__":
    print("Run one at a time on a quiet machine:")
    for module in pkgutil.iter_modules(benchmarks.__path__):
        if module.name not in ("__main__", "machine"):
            print(f"  .venv/bin/python -m benchmarks.{module.name}")
