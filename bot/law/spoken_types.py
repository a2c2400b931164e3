"""What is found where a person speaks of a day or of a length of time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from re import Match, Pattern
from typing import Literal

Precision = Literal["day", "week", "month", "vague"]
Lean = Literal["past", "future", "near", "open"]


@dataclass(frozen=True)
class Meaning:
    """What a spoken date means: `day` to `latest` where it is a stretch; `other` is the second way to read it.

    `doubt` is None, or why the person must be asked: "impossible" (no such day), "future" (it should have
    happened already), "which_year" or "ambiguous" (two readings).
    """

    day: date | None
    latest: date | None = None
    precision: Precision = "day"
    doubt: str | None = None
    other: date | None = None


@dataclass(frozen=True)
class DateMention:
    """One date in a text: where it stands, its words, and its meaning (fields as in Meaning)."""

    start: int
    end: int
    text: str
    day: date | None
    latest: date | None
    precision: Precision
    doubt: str | None
    other: date | None = None


@dataclass(frozen=True)
class SpanMention:
    """One length of time in a text. `ordinal` marks "week 27" against "27 weeks"; `ago` marks "27 weeks ago"."""

    start: int
    end: int
    text: str
    weeks: int | None = None
    days: int | None = None
    months: int | None = None
    ordinal: bool = False
    ago: bool = False


@dataclass(frozen=True)
class Form:
    """One way of saying a date: its pattern and what a match of it means (None: it is no date after all)."""

    name: str
    pattern: Pattern[str]
    meaning: Callable[[Match[str], date, Lean], Meaning | None]
