"""The single files of knowledge/, such as urgent.yml: each is checked against the schema of its own name."""

import json
from functools import cache
from pathlib import Path

from jsonschema import Draft202012Validator

from bot.knowledge.faults import ContentError, Fault
from bot.knowledge.yaml_lines import Document, read
from bot.paths import KNOWLEDGE, SCHEMAS


def file_faults(folder: Path = KNOWLEDGE) -> list[Fault]:
    """The faults of every file that stands directly in knowledge/; one without a schema is a fault too."""
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            faults += schema_faults(read(path), path.stem)
        except ContentError as error:
            faults += error.faults
    return faults


def schema_faults(document: Document, schema: str) -> list[Fault]:
    """What a schema of knowledge/schema/ finds wrong with a file."""
    if not (SCHEMAS / f"{schema}.schema.json").exists():
        return [document.fault((), "belongs to no schema.", f"write knowledge/schema/{schema}.schema.json.")]
    mend = f"see knowledge/schema/{schema}.schema.json."
    return [
        document.fault(tuple(error.absolute_path), f"{error.message[:160]}.", mend)
        for error in _validator(schema).iter_errors(document.data)
    ]


@cache
def _validator(schema: str) -> Draft202012Validator:
    found = json.loads((SCHEMAS / f"{schema}.schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(found, format_checker=Draft202012Validator.FORMAT_CHECKER)
