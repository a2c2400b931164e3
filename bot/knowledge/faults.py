"""A fault in content: where it is, what is wrong, how to mend it."""

from dataclasses import dataclass
from pathlib import Path

from bot.paths import ROOT


@dataclass(frozen=True, order=True)
class Fault:
    """One fault, printed as `file:line: field: what is wrong. Mend: how.`"""

    file: str
    line: int
    field: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.what} Mend: {self.mend}"


class ContentError(Exception):
    """Content that cannot be used; `faults` says where and how to mend it."""

    def __init__(self, faults: list[Fault]):
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


def shown(path: Path) -> str:
    """The path as people type it: relative to the checkout where it lies inside."""
    try:
        return str(path.resolve().relative_to(ROOT))
    except ValueError:
        return path.name
