"""What the clock hands back: a reckoned date with its working, or a refusal that says why."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Whose = Literal["parent", "council", "school", "adviser", "tribunal", "other"]
Confidence = Literal["high", "medium"]


@dataclass(frozen=True)
class Reading:
    """One way to understand when a limit started."""

    label: str  # "counted from the date on the letter"
    due: date


@dataclass(frozen=True)
class Reckoning:
    """The last day of one limit, how it was worked out, and the law it rests on.

    `due` is the last day in time, the earliest where there are several `readings`. `safe` is the day to aim
    for; it may already have passed. `steps` is the working in words, each step with its date. `strict` is the day that a
    narrower reading of the law gives where that is sooner; the first of `could_change` says so.
    """

    limit: str
    label: str
    whose: Whose
    due: date
    by_time: str | None
    safe: date | None
    steps: tuple[str, ...]
    provision: str
    confidence: Confidence
    could_change: tuple[str, ...]
    readings: tuple[Reading, ...]
    strict: date | None = None


@dataclass(frozen=True)
class Refusal:
    """No date is given: `reason` says in plain words why, and who can tell."""

    limit: str
    reason: str


def in_words(day: date) -> str:
    """A date as people read it: "Monday 23 November 2026"."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"
