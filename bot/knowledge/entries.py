"""Knowledge entries: reads knowledge/entries/*.yml into typed, immutable entries."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from bot.knowledge.faults import ContentError, Fault
from bot.knowledge.yaml_lines import Document, read
from bot.paths import ENTRIES, SCHEMAS


@dataclass(frozen=True)
class Law:
    """One provision and what it says in plain words."""

    provision: str
    says: str
    url: str | None = None


@dataclass(frozen=True)
class Source:
    """A page the entry rests on and the day it was read."""

    title: str
    url: str
    seen: date


@dataclass(frozen=True)
class Asked:
    """A narrower question that people also ask on the topic, and its answer."""

    q: str
    a: str


@dataclass(frozen=True)
class Entry:
    """One curated answer; fields as in knowledge/schema/entry.schema.json."""

    id: str
    title: str
    group: str
    stage: str
    short: str
    next_steps: tuple[str, ...]
    more: tuple[str, ...]
    asked: tuple[Asked, ...]
    law: tuple[Law, ...]
    sources: tuple[Source, ...]
    confidence: str
    law_as_at: date
    review_by: date
    valid_until: date | None
    does_not_cover: str
    related: tuple[str, ...]
    tools: tuple[str, ...]
    applies_to: tuple[str, ...]
    version: str

    def held(self, today: date) -> bool:
        """Whether the entry may no longer be given as current on this day."""
        return today > self.review_by or (self.valid_until is not None and today > self.valid_until)


@lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    schema = json.loads((SCHEMAS / "entry.schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def schema_faults(document: Document) -> list[Fault]:
    """What the schema finds wrong with one entry file."""
    faults = []
    for error in _validator().iter_errors(document.data):
        field = tuple(error.absolute_path)
        faults.append(document.fault(field, f"{error.message[:160]}.", "see knowledge/schema/entry.schema.json."))
    if not faults and document.data["id"] != document.path.stem:
        faults.append(
            document.fault(("id",), "differs from the file's name.", f"name the file {document.data['id']}.yml.")
        )
    return faults


def read_entry(path: Path) -> Entry:
    """Reads and checks one entry.

    Raises:
        ContentError: with file, line, field and mend for each fault.
    """
    document = read(path)
    faults = schema_faults(document)
    if faults:
        raise ContentError(faults)
    return _entry(document.data)


def _entry(data: dict[str, Any]) -> Entry:
    day = date.fromisoformat
    return Entry(
        id=data["id"],
        title=data["title"],
        group=data["group"],
        stage=data["stage"],
        short=_line(data["short"]),
        next_steps=tuple(_line(step) for step in data["next_steps"]),
        more=tuple(_line(paragraph) for paragraph in data["more"]),
        asked=tuple(Asked(_line(item["q"]), _line(item["a"])) for item in data.get("asked", ())),
        law=tuple(Law(**law) for law in data["law"]),
        sources=tuple(Source(s["title"], s["url"], day(s["seen"])) for s in data["sources"]),
        confidence=data["confidence"],
        law_as_at=day(data["law_as_at"]),
        review_by=day(data["review_by"]),
        valid_until=day(data["valid_until"]) if "valid_until" in data else None,
        does_not_cover=_line(data["does_not_cover"]),
        related=tuple(data["related"]),
        tools=tuple(data["tools"]),
        applies_to=tuple(data["applies_to"]),
        version=version_of(data),
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def version_of(data: dict[str, Any]) -> str:
    """The version of an entry: eight hex digits over its whole content."""
    canonical = json.dumps(data, sort_keys=True, ensure_ascii=False).encode()
    return hashlib.sha256(canonical).hexdigest()[:8]


def load_entries(folder: Path = ENTRIES) -> dict[str, Entry]:
    """All entries by id, in the order of their ids.

    Raises:
        ContentError: with every fault of every file.
    """
    entries: dict[str, Entry] = {}
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            entry = read_entry(path)
            entries[entry.id] = entry
        except ContentError as error:
            faults.extend(error.faults)
    if faults:
        raise ContentError(sorted(faults))
    return entries


@lru_cache(maxsize=1)
def entries() -> dict[str, Entry]:
    """The project's own entries, read once in a process."""
    return load_entries()
