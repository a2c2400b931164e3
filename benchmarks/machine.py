"""Which machine and commit a figure belongs to."""

import os
import platform
import subprocess
from datetime import date
from pathlib import Path


def machine() -> dict[str, str]:
    """Processor, cores, memory, Python and commit."""
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory_gb": str(round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3)),
        "python": platform.python_version(),
        "commit": _commit(),
    }


def described() -> str:
    """One line: cores, processor, Python, commit, day."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, commit {_commit()}, {date.today().isoformat()}"


def _commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _processor() -> str:
    told = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    names = [line.partition(":")[2].strip() for line in told.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()
