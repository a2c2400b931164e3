"""Reads knowledge/limits/ into typed limits, triggers and settings, and finds what is wrong with them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from jsonschema import Draft202012Validator

from bot.knowledge.faults import ContentError, Fault
from bot.knowledge.words import words
from bot.knowledge.yaml_lines import Document, read
from bot.law.reckoning import Confidence, Whose
from bot.paths import KNOWLEDGE, SCHEMAS

LIMITS = KNOWLEDGE / "limits"
OTHER_FORMS = {"triggers": "triggers_file", "calendar": "calendar_file"}
BASE = "limit:"  # a count that starts on the last day of another limit
RECEIVED = "_received"  # the day a letter came, beside the day it was sent


@dataclass(frozen=True)
class Trigger:
    """An event that starts a limit; `means` names the events it is as well."""

    id: str
    label: str
    question: str
    means: tuple[str, ...] = ()
    event: bool = True


@dataclass(frozen=True)
class Count:
    """One way a limit is counted; fields as in knowledge/schema/limit.schema.json."""

    start: str
    otherwise: str | None = None
    length: int = 0
    unit: Literal["days", "weeks", "months", "working_days"] = "days"
    fixed: str | None = None
    day_one: bool = False
    before: bool = False
    leaves_out_closed: bool = False
    of: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Limit:
    """One statutory limit; fields as in knowledge/schema/limit.schema.json."""

    id: str
    label: str
    whose: Whose
    counts: tuple[Count, ...]
    choose: Literal["latest", "earliest"]
    needs_all: bool
    rolls: Literal["none", "working_day", "appeal"]
    by_time: str | None
    safe_days: int | None
    provision: str
    source: str
    confidence: Confidence
    in_force_from: date
    in_force_to: date | None
    could_change: tuple[str, ...]
    done_by: tuple[str, ...]
    moot_if: tuple[str, ...]
    can_be_late: bool
    leads_to: str | None
    conditional: bool


@lru_cache(maxsize=1)
def limits() -> Mapping[str, Limit]:
    """All limits by id, in the order of the files.

    Raises:
        ContentError: with file, line, field and mend for each fault.
    """
    _raise_any(limit_faults())
    found = [_limit(data) for document in _documents() for data in _limit_rows(document)]
    return MappingProxyType({limit.id: limit for limit in found})


@lru_cache(maxsize=1)
def triggers() -> Mapping[str, Trigger]:
    """All triggers by id: the keys that `facts` may hold, each also with `_received` at its end."""
    document = read(LIMITS / "triggers.yml")
    _raise_any(_schema_faults(document))
    rows = (Trigger(**{**row, "means": tuple(row.get("means", ()))}) for row in document.data["triggers"])
    return MappingProxyType({trigger.id: trigger for trigger in rows})


@lru_cache(maxsize=1)
def read_calendar() -> Mapping[str, Any]:
    """The settings of knowledge/limits/calendar.yml."""
    document = read(LIMITS / "calendar.yml")
    _raise_any(_schema_faults(document))
    return MappingProxyType(document.data)


def limit_faults(folder: Path = LIMITS) -> list[Fault]:
    """What is wrong with the limits, the triggers and the calendar, for `bot check`."""
    faults: list[Fault] = []
    documents: list[Document] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            document = read(path)
        except ContentError as error:
            faults += error.faults
            continue
        faults += _schema_faults(document)
        documents.append(document)
    return sorted(faults or _reference_faults(documents))


def _documents() -> list[Document]:
    return [read(path) for path in sorted(LIMITS.glob("*.yml")) if path.stem not in OTHER_FORMS]


def _limit_rows(document: Document) -> list[dict[str, Any]]:
    return [] if document.path.stem in OTHER_FORMS else list(document.data["limits"])


def _raise_any(faults: list[Fault]) -> None:
    if faults:
        raise ContentError(faults)


@lru_cache(maxsize=1)
def _schema() -> dict[str, Any]:
    return dict(json.loads((SCHEMAS / "limit.schema.json").read_text(encoding="utf-8")))


def _schema_faults(document: Document) -> list[Fault]:
    form = OTHER_FORMS.get(document.path.stem, "limits_file")
    schema = {**_schema(), "$ref": f"#/$defs/{form}"}
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [
        document.fault(tuple(error.absolute_path), f"{error.message[:160]}.", "see knowledge/schema/limit.schema.json.")
        for error in validator.iter_errors(document.data)
    ]


def _reference_faults(documents: list[Document]) -> list[Fault]:
    """Names that point nowhere, ids given twice and limits that count from each other."""
    by_stem = {document.path.stem: document for document in documents}
    known = {row["id"] for row in by_stem["triggers"].data["triggers"]} if "triggers" in by_stem else set()
    ids = [row["id"] for document in documents for row in _limit_rows(document)]
    bases = {row["id"]: _bases(row) for document in documents for row in _limit_rows(document)}
    faults = [fault for document in documents for fault in _row_faults(document, known, ids, bases)]
    if "triggers" in by_stem:
        faults += _means_faults(by_stem["triggers"], known)
    return faults


def _bases(row: dict[str, Any]) -> set[str]:
    names = {count.get(key, "") for count in row["counts"] for key in ("from", "otherwise")}
    return {name.removeprefix(BASE) for name in names if name.startswith(BASE)}


def _means_faults(document: Document, known: set[str]) -> list[Fault]:
    return [
        document.fault(("triggers", index, "means"), f"'{name}' is no trigger.", "name one of triggers.yml.")
        for index, row in enumerate(document.data["triggers"])
        for name in row.get("means", [])
        if name not in known
    ]


def _row_faults(document: Document, known: set[str], ids: list[str], bases: dict[str, set[str]]) -> list[Fault]:
    faults = []
    texts = words("clock")
    for index, row in enumerate(_limit_rows(document)):
        place = ("limits", index)
        if ids.count(row["id"]) > 1:
            what = f"'{row['id']}' is given twice."
            faults.append(document.fault((*place, "id"), what, "give each limit its own id."))
        if any(row["id"] in bases.get(base, set()) or base == row["id"] for base in bases[row["id"]]):
            faults.append(document.fault((*place, "counts"), "counts from itself.", "start it from a trigger."))
        if row.get("leads_to", row["id"]) not in ids:
            faults.append(document.fault((*place, "leads_to"), "is no limit.", "name another limit."))
        for name in sorted(_names(row) - known - {BASE + one for one in ids}):
            faults.append(document.fault(place, f"'{name}' is no trigger or limit.", "name one of triggers.yml."))
        for note in sorted(_notes(row)):
            if f"could_{note}" not in texts:
                mend = f"add could_{note} to knowledge/words/clock.yml."
                faults.append(document.fault((*place, "could_change"), f"'{note}' has no text.", mend))
    return faults


def _names(row: dict[str, Any]) -> set[str]:
    starts = {count[key] for count in row["counts"] for key in ("from", "otherwise") if key in count}
    return starts | set(row.get("done_by", [])) | set(row.get("moot_if", []))


def _notes(row: dict[str, Any]) -> set[str]:
    return set(row["could_change"]) | {count["note"] for count in row["counts"] if "note" in count}


def _count(data: dict[str, Any]) -> Count:
    return Count(start=data["from"], **{name: value for name, value in data.items() if name != "from"})


def _limit(data: dict[str, Any]) -> Limit:
    in_force = data["in_force"]
    return Limit(
        id=data["id"],
        label=data["label"],
        whose=data["whose"],
        counts=tuple(_count(count) for count in data["counts"]),
        choose=data.get("choose", "latest"),
        needs_all=data.get("needs_all", False),
        rolls=data.get("rolls", "none"),
        by_time=data.get("by_time"),
        safe_days=data["safe"]["working_days_earlier"] if "safe" in data else None,
        provision=data["provision"],
        source=data["source"],
        confidence=data["confidence"],
        in_force_from=date.fromisoformat(in_force["from"]),
        in_force_to=date.fromisoformat(in_force["to"]) if "to" in in_force else None,
        could_change=tuple(data["could_change"]),
        done_by=tuple(data.get("done_by", ())),
        moot_if=tuple(data.get("moot_if", ())),
        can_be_late=data.get("can_be_late", False),
        leads_to=data.get("leads_to"),
        conditional=data.get("conditional", False),
    )
