"""What the case form asks for: reads knowledge/case/ into typed fields, choices, the consent and the steering words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jsonschema import Draft202012Validator

from bot.knowledge.faults import ContentError, Fault
from bot.knowledge.yaml_lines import Document, read
from bot.paths import KNOWLEDGE, SCHEMAS

CASE = KNOWLEDGE / "case"
CHOICE_FILES = ("relations", "stages", "issues", "soon")
_SCHEMAS = {
    "fields": "case_fields",
    "consent": "case_consent",
    "postcodes": "case_postcodes",
    "priority": "case_priority",
    "commands": "case_commands",
    **dict.fromkeys(CHOICE_FILES, "case_choices"),
}


@dataclass(frozen=True)
class Choice:
    """One choice of a list: what is said for it, and what suggests it (dates, answers, stages, missed limits)."""

    id: str
    title: str
    words: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    evidence: str = ""


@dataclass(frozen=True)
class Field:
    """One thing a caseworker needs; as in knowledge/case/fields.yml. `max` is in characters."""

    id: str
    label: str
    kind: str
    question: str
    why: str
    retry: str
    max: int
    names: tuple[str, ...]
    required: bool = False
    private: bool = False
    asked: bool = True
    choices: str = ""
    short: str = ""

    @property
    def again(self) -> str:
        """The question in short, for when it was asked before."""
        return self.short or self.question


@dataclass(frozen=True)
class Consent:
    """What a parent agrees to, in words and with its version."""

    version: str
    title: str
    what: str
    lines: tuple[str, ...]
    close: str
    question: str
    yes_button: str
    no_button: str


@cache
def fields() -> Mapping[str, Field]:
    """All fields by id, in the order they are asked.

    Raises:
        ContentError: with file, line, field and mend for each fault.
    """
    rows = load("fields")["fields"]
    found = (Field(**{**row, "names": tuple(row["names"]), "question": _line(row["question"])}) for row in rows)
    return MappingProxyType({field.id: field for field in found})


@cache
def choices(file: str) -> Mapping[str, Choice]:
    """One list of choices by id; `file` is one of CHOICE_FILES.

    Raises:
        ContentError: with file, line, field and mend for each fault.
    """
    rows = load(file)["choices"]
    lists = ("words", "triggers", "topics", "stages", "limits")
    found = (Choice(**{**row, **{name: tuple(row.get(name, ())) for name in lists}}) for row in rows)
    return MappingProxyType({choice.id: choice for choice in found})


@cache
def consent() -> Consent:
    """The consent in force.

    Raises:
        ContentError: with file, line, field and mend for each fault.
    """
    data = load("consent")
    return Consent(**{**data, "lines": tuple(data["lines"])})


@cache
def steering() -> Mapping[str, frozenset[str]]:
    """The words of each command of the form.

    Raises:
        ContentError: with file, line, field and mend for each fault.
    """
    return MappingProxyType({name: frozenset(words) for name, words in load("commands").items()})


@cache
def load(file: str) -> Any:
    """The data of knowledge/case/<file>.yml, checked against its schema; read once, and not to be changed.

    Raises:
        ContentError: with file, line, field and mend for each fault.
    """
    document = read(CASE / f"{file}.yml")
    faults = _faults(document)
    if faults:
        raise ContentError(faults)
    return document.data


def case_faults(folder: Path = CASE) -> list[Fault]:
    """What is wrong with the form's files in knowledge/case/, for `bot check`."""
    faults: list[Fault] = []
    for path in sorted(path for path in folder.glob("*.yml") if path.stem in _SCHEMAS):
        try:
            faults += _faults(read(path))
        except ContentError as error:
            faults += error.faults
    return faults


def _faults(document: Document) -> list[Fault]:
    name = _SCHEMAS[document.path.stem]
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    found = Draft202012Validator(schema).iter_errors(document.data)
    return [
        document.fault(
            tuple(error.absolute_path), f"{error.message[:160]}.", f"see knowledge/schema/{name}.schema.json."
        )
        for error in found
    ]


def _line(text: str) -> str:
    return " ".join(text.split())
