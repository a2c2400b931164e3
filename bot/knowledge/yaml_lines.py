"""Reads YAML and remembers the line of every field, so that a fault can name its place."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.knowledge.faults import ContentError, Fault, shown


@dataclass(frozen=True)
class Document:
    """A YAML file: its data, and the line (from 1) of each field by its path."""

    path: Path
    data: Any
    lines: dict[tuple[str | int, ...], int]

    def line(self, *field: str | int) -> int:
        """The line of a field, or of the nearest field around it."""
        while field and field not in self.lines:
            field = field[:-1]
        return self.lines.get(field, 1)

    def fault(self, field: tuple[str | int, ...], what: str, mend: str) -> Fault:
        """A fault at a field of this file."""
        name = ".".join(str(part) for part in field) or "file"
        return Fault(shown(self.path), self.line(*field), name, what, mend)


class _Loader(yaml.CSafeLoader):
    """Dates stay text (the schema checks their form) and a key given twice is an error. libyaml parses: a tenth of the time."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(path: Path) -> Document:
    """Reads one YAML file.

    Raises:
        ContentError: when it is no YAML, or gives a key twice.
    """
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        lines: dict[tuple[str | int, ...], int] = {}
        if node is not None:
            _note(node, (), lines)
        return Document(path, loader.construct_document(node) if node else None, lines)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        what = f"is not valid YAML ({error.problem})."
        raise ContentError(
            [Fault(shown(path), line, "file", what, "put the text in quotes or mend the indent.")]
        ) from error


def _note(node: yaml.Node, path: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int]) -> None:
    """Walks the tree and writes down where each field starts."""
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"'{key.value}' is given twice", problem_mark=key.start_mark)
            seen.add(key.value)
            _note(value, (*path, key.value), lines)
            lines[(*path, key.value)] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _note(value, (*path, index), lines)
