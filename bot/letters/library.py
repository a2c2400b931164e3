"""Reads knowledge/letters/ into typed letters, once in a process; `letter_faults` is what `bot check` calls."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jsonschema import Draft202012Validator

from bot.knowledge.entries import version_of
from bot.knowledge.faults import ContentError, Fault
from bot.knowledge.yaml_lines import Document, read
from bot.letters.content import (
    Frame,
    LetterDate,
    LetterFact,
    LetterKind,
    LetterLaw,
    LetterSource,
    Line,
    Option,
    When,
)
from bot.letters.references import reference_faults
from bot.letters.templates import names_in
from bot.paths import LETTERS, SCHEMAS

COMMON = "common"  # the folder of what letters share
COMMON_FORMS = {"facts": "facts_file", "frames": "frames_file", "commands": "commands_file"}


@cache
def letters() -> Mapping[str, LetterKind]:
    """All letters by id, in the order in which the titles are offered.

    Raises:
        ContentError: with file, line, field and mend for each fault.
    """
    faults = letter_faults()
    if faults:
        raise ContentError(faults)
    return MappingProxyType(load_letters(LETTERS))


def offered() -> tuple[LetterKind, ...]:
    """The letters that a parent sends."""
    return tuple(letter for letter in letters().values() if letter.audience == "parent")


@cache
def commands() -> Mapping[str, frozenset[str]]:
    """The words of each command of the letter form.

    Raises:
        ContentError: with file, line, field and mend for each fault.
    """
    document = read(LETTERS / COMMON / "commands.yml")
    faults = schema_faults(document, COMMON_FORMS["commands"])
    if faults:
        raise ContentError(faults)
    return MappingProxyType({name: frozenset(words) for name, words in document.data.items()})


def letter_faults(folder: Path = LETTERS) -> list[Fault]:
    """What is wrong with the letters and with what they share."""
    faults: list[Fault] = []
    for path in sorted((folder / COMMON).glob("*.yml")):
        faults += _file_faults(path, COMMON_FORMS.get(path.stem, ""))
    paths = sorted(folder.glob("*.yml"))
    for path in paths:
        faults += _file_faults(path, "letter")
    if faults:
        return sorted(faults)
    for path in paths:
        faults += _letter_faults(read(path), folder)
    return sorted(faults)


def load_letters(folder: Path) -> dict[str, LetterKind]:
    """The letters of a folder without faults."""
    common, frames = common_facts(folder), read(folder / COMMON / "frames.yml").data
    found = [_trimmed(_letter(read(path).data, common, frames)) for path in sorted(folder.glob("*.yml"))]
    return {letter.id: letter for letter in found}


def _trimmed(letter: LetterKind) -> LetterKind:
    """Without the frame's facts that this letter does not name."""
    named = {name for line in letter.lines() for template in line.templates for name in names_in(template)}
    named |= {name for line in letter.lines() for name, _ in line.when} | {
        fact for one in letter.dates for _, fact in one.start
    }
    return replace(letter, facts=MappingProxyType({name: fact for name, fact in letter.facts.items() if name in named}))


def common_facts(folder: Path) -> dict[str, dict[str, Any]]:
    """The facts that letters may `use`, as they stand in the file."""
    return {fact["id"]: fact for fact in read(folder / COMMON / "facts.yml").data["facts"]}


def schema_faults(document: Document, form: str) -> list[Fault]:
    """What the schema finds wrong with one file; `form` is a name under $defs of letter.schema.json."""
    if not form:
        return [document.fault((), "belongs to no form.", "remove it, or name its form in bot/letters/library.py.")]
    validator = Draft202012Validator(
        {**_schema(), "$ref": f"#/$defs/{form}"}, format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    return [
        document.fault(
            tuple(error.absolute_path), f"{error.message[:160]}.", "see knowledge/schema/letter.schema.json."
        )
        for error in validator.iter_errors(document.data)
    ]


@cache
def _schema() -> dict[str, Any]:
    return dict(json.loads((SCHEMAS / "letter.schema.json").read_text(encoding="utf-8")))


def _file_faults(path: Path, form: str) -> list[Fault]:
    try:
        document = read(path)
    except ContentError as error:
        return error.faults
    faults = schema_faults(document, form)
    if not faults and form == "letter" and document.data["id"] != path.stem:
        faults.append(
            document.fault(("id",), "differs from the file's name.", f"name the file {document.data['id']}.yml.")
        )
    return faults


def _letter_faults(document: Document, folder: Path) -> list[Fault]:
    common, frames = common_facts(folder), read(folder / COMMON / "frames.yml").data
    unknown = _unknown_facts(document, common)
    if unknown:
        return unknown
    return reference_faults(document, _letter(document.data, common, frames))


def _unknown_facts(document: Document, common: Mapping[str, Any]) -> list[Fault]:
    return [
        document.fault(("facts", index, "use"), f"'{row['use']}' is no common fact.", "name one of common/facts.yml.")
        for index, row in enumerate(document.data["facts"])
        if "use" in row and row["use"] not in common
    ]


# --- from data to types ---
def _letter(data: dict[str, Any], common: Mapping[str, Any], frames: Mapping[str, Any]) -> LetterKind:
    frame = frames[data["audience"]]
    facts = {fact.id: fact for fact in (_fact(row, common) for row in (*data["facts"], *frame["facts"]))}
    day = date.fromisoformat
    return LetterKind(
        id=data["id"],
        title=data["title"],
        audience=data["audience"],
        purpose=_line(data["purpose"]),
        names=tuple(data.get("names", ())),
        to=_lines(data["to"]),
        subject=_line(data["subject"]),
        facts=MappingProxyType(facts),
        dates=tuple(_date(row) for row in data.get("dates", ())),
        paragraphs=_lines(data["paragraphs"]),
        enclose=_lines(data.get("enclose", ())),
        tips=_lines(data["tips"]),
        law=tuple(LetterLaw(row["provision"], _line(row["says"]), row.get("url")) for row in data["law"]),
        sources=tuple(LetterSource(row["title"], row["url"], day(row["seen"])) for row in data["sources"]),
        frame=_frame(frame),
        law_as_at=day(data["law_as_at"]) if "law_as_at" in data else None,
        review_by=day(data["review_by"]),
        version=version_of(
            {**data, "frame": frame, "common": [common[row["use"]] for row in data["facts"] if "use" in row]}
        ),
    )


def _fact(row: Mapping[str, Any], common: Mapping[str, Any]) -> LetterFact:
    merged = {**common.get(row.get("use", ""), {}), **{name: value for name, value in row.items() if name != "use"}}
    lists = {name: tuple(merged[name]) for name in ("names", "clock", "case") if name in merged}
    options = tuple(_option(option) for option in merged.get("options", ()))
    return LetterFact(
        **{**merged, **lists, "options": options, "when": _when(merged), "question": _line(merged["question"])}
    )


def _option(row: Mapping[str, Any]) -> Option:
    return Option(**{**row, **{name: tuple(row.get(name, ())) for name in ("words", "clock", "topics")}})


def _date(row: Mapping[str, Any]) -> LetterDate:
    start = tuple(row.get("from", {}).items())
    return LetterDate(row["id"], row["blank"], row.get("limit"), start, row.get("working_days"), row.get("months"))


def _frame(row: Mapping[str, Any]) -> Frame:
    return Frame(
        _lines(row["sender"]), _lines(row["reference"]), row["greeting"], _lines(row["close"]), row["enclosed"]
    )


def _lines(rows: Any) -> tuple[Line, ...]:
    return tuple(_one_line(row) for row in rows)


def _one_line(row: Mapping[str, Any]) -> Line:
    if "items" in row:
        return Line("items", tuple(_line(item) for item in row["items"]), _when(row))
    return Line("heading" if "heading" in row else "text", (_line(row.get("heading") or row["text"]),), _when(row))


def _when(row: Mapping[str, Any]) -> When:
    found = row.get("when", {})
    return tuple((name, (states,) if isinstance(states, str) else tuple(states)) for name, states in found.items())


def _line(text: str) -> str:
    return " ".join(text.split())
