"""Asks one health page of this container; the exit code is the answer: python deploy/healthy.py http://127.0.0.1:8000/healthz."""

import sys
import urllib.error
import urllib.request


def main(url: str) -> int:
    """0 when it answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 (a fixed address of this container)
            return 0 if answer.status == 200 else 1
    except (urllib.error.URLError, OSError):
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
