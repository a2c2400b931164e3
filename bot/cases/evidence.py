"""The evidence: what parents' cases add up to, in whole months, with small numbers held back. Pure but for `collect`."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from statistics import median

from bot.cases.fields import choices, load
from bot.cases.suppression import Sum, published
from bot.knowledge.words import say
from bot.limits import SUPPRESS_BELOW

MONTHS = 12
TOTAL = "all"
YES_NO = ("late", "camhs", "therapy")
TABLES = ("theme", "issue", "stage", "month", "council", "area", *YES_NO)
WORDS = "evidence"


@dataclass(frozen=True)
class Counts:
    """The true counts by dimension and code, and the delays in days. Never shown: `figures` holds back what it must."""

    by: Mapping[str, Mapping[str, int]]
    total: int
    delays: tuple[int, ...]


@dataclass(frozen=True)
class Line:
    """One row of a table; `count` is None where it is held back."""

    label: str
    count: int | None


@dataclass(frozen=True)
class Table:
    """One way to split the cases."""

    id: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Figures:
    """All that is published. Delays are in whole weeks, None where too few cases have one."""

    period: str
    threshold: int
    total: int | None
    tables: tuple[Table, ...]
    median_weeks: int | None
    worst_weeks: int | None

    def table(self, name: str) -> Table:
        """One table by its id."""
        return next(table for table in self.tables if table.id == name)

    def count(self, table: str, label: str) -> int | None:
        """One count by its table and label."""
        return next(line.count for line in self.table(table).lines if line.label == label)


def months(today: date, count: int = MONTHS) -> list[str]:
    """The whole months before this one, oldest first, as 2026-10."""
    last = today.year * 12 + today.month - 2
    return [f"{number // 12}-{number % 12 + 1:02}" for number in range(last - count + 1, last + 1)]


def in_words(month: str) -> str:
    """ "October 2026"."""
    return f"{date.fromisoformat(f'{month}-01'):%B %Y}"


def period(today: date) -> str:
    """ "November 2025 to October 2026"."""
    found = months(today)
    return f"{in_words(found[0])} to {in_words(found[-1])}"


def figures(counts: Counts, today: date, threshold: int = SUPPRESS_BELOW) -> Figures:
    """What may be shown. Every label of a table always stands there, so that a missing one tells nothing."""
    labels = _labels(today)
    values = {
        f"{name}:{code}": counts.by[name].get(code, 0) for name in TABLES if name != "theme" for code in labels[name]
    }
    values |= {
        f"theme:{theme}": sum(values[f"issue:{issue}"] for issue in issues) for theme, issues in _themes().items()
    }
    values[TOTAL] = counts.total
    told = published(values, _sums(labels), threshold)
    enough = told["late:yes"] is not None
    weeks = [days // 7 for days in counts.delays]
    return Figures(
        period=period(today),
        threshold=threshold,
        total=told[TOTAL],
        tables=tuple(_table(name, labels[name], told) for name in TABLES),
        median_weeks=int(median(weeks)) if enough and weeks else None,
        worst_weeks=max(weeks) if enough and weeks else None,
    )


def coded(rows: list[tuple[str, str, str, str, str, int | None, bool, bool, int]], today: date) -> Counts:
    """Counts by code from grouped rows (stage, issue, month, council, area, days late, camhs, therapy, how many)."""
    labels = _labels(today)
    by: dict[str, Counter[str]] = {name: Counter() for name in TABLES if name != "theme"}
    delays: list[int] = []
    for stage, issue, month, council, area, days_late, camhs, therapy, count in rows:
        found = {
            "stage": stage if stage in labels["stage"] else "not-sure",
            "issue": issue if issue in labels["issue"] else "other",
            "month": month,
            "council": _council(council),
            "area": area if area in labels["area"] else "unknown" if area == "unknown" else "elsewhere",
            "late": _yes(days_late is not None),
            "camhs": _yes(camhs),
            "therapy": _yes(therapy),
        }
        for name, code in found.items():
            by[name][code] += count
        delays += [days_late] * count if days_late is not None else []
    return Counts(by, sum(by["stage"].values()), tuple(delays))


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _council(name: str) -> str:
    own = _places()[0]
    return (
        "own"
        if name.lower().startswith(own.lower().split()[0])
        else "not-said"
        if name in ("not-said", "")
        else "other"
    )


@cache
def _places() -> tuple[str, tuple[str, ...]]:
    """The borough's own council, and the districts that are listed."""
    places = load("postcodes")
    return str(places["borough"]), tuple(places["districts"])


@lru_cache(maxsize=2)
def _labels(today: date) -> dict[str, dict[str, str]]:
    """The words for each code of each table, in their order."""
    said = {"yes": say(WORDS, "said_yes"), "no": say(WORDS, "said_no")}
    borough, districts = _places()
    return {
        "theme": {theme: theme.replace("-", " ").capitalize() for theme in _themes()},
        "issue": {choice.id: choice.title for choice in choices("issues").values()},
        "stage": {choice.id: choice.title for choice in choices("stages").values()},
        "month": {month: in_words(month) for month in months(today)},
        "council": {
            "own": borough,
            "other": say(WORDS, "other_councils"),
            "not-said": say(WORDS, "council_not_said"),
        },
        "area": {
            **{district: district for district in districts},
            "elsewhere": say(WORDS, "elsewhere"),
            "unknown": say(WORDS, "area_not_known"),
        },
        **dict.fromkeys(YES_NO, said),
    }


def _themes() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for choice in choices("issues").values():
        found.setdefault(choice.evidence, []).append(choice.id)
    return found


def _sums(labels: Mapping[str, Mapping[str, str]]) -> list[Sum]:
    """How all cells hang together: each table adds up to all cases, and each theme is made of its issues."""
    tables = [Sum(TOTAL, tuple(f"{name}:{code}" for code in labels[name])) for name in TABLES]
    return [
        *tables,
        *(Sum(f"theme:{theme}", tuple(f"issue:{i}" for i in issues)) for theme, issues in _themes().items()),
    ]


def _table(name: str, labels: Mapping[str, str], told: Mapping[str, int | None]) -> Table:
    return Table(name, say(WORDS, name), tuple(Line(label, told[f"{name}:{code}"]) for code, label in labels.items()))
