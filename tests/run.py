"""What `make test` runs: the model is trained while the tests that need none run beside it; those that need it come after.

`pytest` alone runs the same tests one after the other, with a model that is there already. Arguments go to pytest.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
# Folders whose tests talk to the trained model, or read how long something takes beside it.
WITH_MODEL = {"conversation", "dates", "nlu", "ops", "stack", "telegram"}
NO_TESTS = 5  # pytest's exit code when nothing was selected


def main() -> int:
    """Both lanes; the second one's output follows when the first is through. Returns 0 only when everything passed."""
    folders = sorted({path.parent.name for path in HERE.glob("*/test_*.py")})
    with tempfile.TemporaryFile("w+") as told:
        beside = _start("pytest", *_paths(set(folders) - WITH_MODEL), *sys.argv[1:], out=told)
        trained = _start("bot.cli", "train").wait()
        first = _start("pytest", *_paths(WITH_MODEL), *sys.argv[1:]).wait() if trained == 0 else trained
        second = beside.wait()
        told.seek(0)
        print(told.read(), flush=True)
    return next((code for code in (first, second) if code not in (0, NO_TESTS)), 0)


def _paths(names: set[str]) -> list[str]:
    return [str(HERE / name) for name in sorted(names)]


def _start(module: str, *arguments: str, out: object = None) -> "subprocess.Popen[bytes]":
    """One lane's process."""
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT if out else None)  # type: ignore[call-overload, no-any-return]


if __name__ == "__main__":
    sys.exit(main())
