"""Which machine and commit a figure belongs to."""

import os
import platform
import subprocess
from datetime import date


def described() -> str:
    """One line: cores, processor, Python, commit, day."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, commit {commit}, {date.today().isoformat()}"
