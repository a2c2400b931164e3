"""What falls due for review: entries, letters, limits and whatever else knowledge/ holds, each by its day."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bot.knowledge.entries import Entry
from bot.knowledge.faults import Fault
from bot.knowledge.files import schema_faults
from bot.knowledge.yaml_lines import Document, read
from bot.law.calendar import calendar
from bot.law.content import Limit
from bot.paths import KNOWLEDGE, LETTERS

REVIEWS = KNOWLEDGE / "reviews.yml"
OWN_DATES = ("entries/", "letters/")  # folders whose files carry their own day
NO_CONTENT = ("schema/",)


@dataclass(frozen=True, order=True)
class Due:
    """One thing to be reviewed by a day: its kind, its name and what it is."""

    day: date
    kind: str
    name: str
    what: str


def falling_due(everything: Iterable[Due], by: date) -> list[Due]:
    """What must be reviewed by a day, that day included, earliest first."""
    return sorted(one for one in everything if one.day <= by)


def past_review(entries: Iterable[Entry], today: date) -> list[Entry]:
    """The entries that are held on this day."""
    return [entry for entry in entries if entry.held(today)]


def all_due(entries: Iterable[Entry], limits: Iterable[Limit]) -> list[Due]:
    """Everything that has a day by which it must be looked at again."""
    return [*_entries(entries), *_letters(), *_limits(limits), *_others()]


def _entries(entries: Iterable[Entry]) -> Iterator[Due]:
    for entry in entries:
        yield Due(entry.review_by, "entry", entry.id, entry.title)
        if entry.valid_until is not None:
            yield Due(entry.valid_until, "entry ends", entry.id, entry.title)


def _letters() -> Iterator[Due]:
    for path in sorted(LETTERS.glob("*.yml")):
        data = read(path).data
        yield Due(date.fromisoformat(data["review_by"]), "letter", data["id"], data["title"])


def _limits(limits: Iterable[Limit]) -> Iterator[Due]:
    """Limits that are known to end, and the last bank holiday that is known."""
    for limit in limits:
        if limit.in_force_to is not None:
            yield Due(limit.in_force_to, "limit ends", limit.id, limit.label)
    yield Due(calendar().reach, "calendar", "limits/calendar.yml", "Bank holidays are known up to this day")


def _others() -> Iterator[Due]:
    for row in _rows(read(REVIEWS)):
        kind = (
            "words"
            if row["path"].startswith("words/")
            else "limits"
            if row["path"].startswith("limits/")
            else "content"
        )
        yield Due(date.fromisoformat(row["review_by"]), kind, row["path"], row["what"])


def review_faults(path: Path = REVIEWS, folder: Path = KNOWLEDGE) -> list[Fault]:
    """Rows that name nothing or go back in time, and files whose review nobody has set."""
    document = read(path)
    faults = schema_faults(document, "reviews")
    if faults:
        return faults
    rows = _rows(document)
    for index, row in enumerate(rows):
        if not (folder / row["path"]).exists():
            faults.append(
                document.fault(("reviews", index, "path"), "does not exist.", "name a file or folder of knowledge/.")
            )
        if row["review_by"] <= row["checked"]:
            faults.append(
                document.fault(("reviews", index, "review_by"), "is not after `checked`.", "give a later day.")
            )
    return faults + _unlisted(document, {row["path"] for row in rows}, folder)


def _unlisted(document: Document, listed: set[str], folder: Path) -> list[Fault]:
    faults = []
    for path in sorted(folder.rglob("*.yml")):
        name = path.relative_to(folder).as_posix()
        parent = f"{path.parent.relative_to(folder).as_posix()}/"
        if path != document.path and not {name, parent} & listed and parent not in OWN_DATES + NO_CONTENT:
            faults.append(document.fault(("reviews",), f"nobody reviews {name}.", "add it or its folder."))
    return faults


def _rows(document: Document) -> list[dict[str, Any]]:
    return list(document.data["reviews"])
