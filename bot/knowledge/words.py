"""The assistant's own sentences: reads knowledge/words/<file>.yml, flat maps of named texts with {placeholders}."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from jsonschema import Draft202012Validator

from bot.knowledge.faults import ContentError, Fault
from bot.knowledge.yaml_lines import Document, read
from bot.paths import KNOWLEDGE, SCHEMAS

WORDS = KNOWLEDGE / "words"
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@cache
def words(file: str) -> Mapping[str, str]:
    """All texts of knowledge/words/<file>.yml by name.

    Raises:
        ContentError: with file, line, field and mend for each fault.
    """
    document = read(WORDS / f"{file}.yml")
    faults = word_faults(document)
    if faults:
        raise ContentError(faults)
    return MappingProxyType({key: " ".join(text.split()) for key, text in document.data.items()})


def say(file: str, key: str, **values: object) -> str:
    """One text with its placeholders filled in; what is filled in is never read as a placeholder.

    Raises:
        ContentError: when there is no such text, or a placeholder has no value.
    """
    texts = words(file)
    if key not in texts:
        raise ContentError([_fault(file, key, "is missing.", "add the text.")])
    missing = placeholders(texts[key]) - set(values)
    if missing:
        raise ContentError([_fault(file, key, f"needs {', '.join(sorted(missing))}.", "pass the values to say().")])
    return _PLACEHOLDER.sub(lambda found: str(values[found[1]]), texts[key])


def placeholders(text: str) -> set[str]:
    """The names of a text's placeholders."""
    return set(_PLACEHOLDER.findall(text))


def word_faults(document: Document) -> list[Fault]:
    """What the schema finds wrong with one file of words."""
    schema = json.loads((SCHEMAS / "words.schema.json").read_text(encoding="utf-8"))
    return [
        document.fault(tuple(error.absolute_path), f"{error.message[:160]}.", "see knowledge/schema/words.schema.json.")
        for error in Draft202012Validator(schema).iter_errors(document.data)
    ]


def all_word_faults(folder: Path = WORDS) -> list[Fault]:
    """The faults of every file of words."""
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            faults += word_faults(read(path))
        except ContentError as error:
            faults += error.faults
    return faults


def _fault(file: str, key: str, what: str, mend: str) -> Fault:
    return Fault(f"knowledge/words/{file}.yml", 1, key, what, mend)
