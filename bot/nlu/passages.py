"""Which of an entry's own passages fits a message best: a narrower question that people also ask, a paragraph, a step.

Names are `asked:0`, `more:2`, `next_steps:1`: the entry's field and the index in it. Fit is the cosine of sentence
vectors, so without the sentence encoder there is no ranking and the entry is given as it stands.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.knowledge.entries import Entry
from bot.nlu.encoder import SentenceEncoder
from bot.nlu.wording import plain

WHOLE = 0.6  # the share of question and answer together in the vector of what people also ask; the rest is the question
SHOWN = 8  # passages named for an entry; more is never shown
Ranking = list[tuple[str, float]]


@dataclass(frozen=True)
class Passages:
    """All passages of all entries: entry ids, names, and unit vectors, shape (passages, dimensions)."""

    entries: tuple[str, ...]
    names: tuple[str, ...]
    vectors: NDArray[np.float32]

    def rank(self, wanted: Iterable[str], message: NDArray[np.float32]) -> dict[str, Ranking]:
        """The best passages of each wanted entry, best first, with their fit (-1 to 1).

        Args:
            wanted: entry ids.
            message: unit vectors of the message and of its parts, shape (rows, dimensions); the best row counts.
        """
        return {entry_id: self._of(self._places.get(entry_id, []), message) for entry_id in dict.fromkeys(wanted)}

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """Where each entry's passages stand; found once, not in every turn."""
        found: dict[str, list[int]] = {}
        for place, entry_id in enumerate(self.entries):
            found.setdefault(entry_id, []).append(place)
        return found

    def _of(self, places: list[int], message: NDArray[np.float32]) -> Ranking:
        if not places:
            return []
        fit = (self.vectors[places] @ message.T).max(axis=1)
        own = [(self.names[place], round(float(p), 3)) for place, p in zip(places, fit, strict=True)]
        return sorted(own, key=lambda pair: -pair[1])[:SHOWN]

    def save(self, folder: Path) -> None:
        """Stores names as JSON and vectors as an array."""
        (folder / "passages.json").write_text(json.dumps([self.entries, self.names]), encoding="utf-8")
        np.save(folder / "passages.npy", self.vectors.astype(np.float16))

    @classmethod
    def load(cls, folder: Path) -> "Passages":
        """Reads what `save` stored."""
        ids, names = json.loads((folder / "passages.json").read_text(encoding="utf-8"))
        return cls(tuple(ids), tuple(names), np.load(folder / "passages.npy").astype(np.float32))


def collect(known: Mapping[str, Entry], encoder: SentenceEncoder | None) -> Passages:
    """The passages of all entries with their vectors; none without an encoder."""
    if encoder is None:
        return Passages((), (), np.zeros((0, 0), dtype=np.float32))
    found = [(entry.id, *passage) for entry in known.values() for passage in _texts(entry)]
    short, whole = (encoder.encode([plain(row[column]) for row in found]) for column in (2, 3))
    mixed = (1 - WHOLE) * short + WHOLE * whole
    unit = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
    return Passages(tuple(row[0] for row in found), tuple(row[1] for row in found), unit)


def _texts(entry: Entry) -> list[tuple[str, str, str]]:
    """Name, text and whole text: what people also ask is found by its question, and by its answer as well."""
    asked = [(f"asked:{n}", item.q, f"{item.q} {item.a}") for n, item in enumerate(entry.asked)]
    own = [(f"more:{n}", text) for n, text in enumerate(entry.more)]
    own += [(f"next_steps:{n}", text) for n, text in enumerate(entry.next_steps)]
    return [*asked, *((name, text, text) for name, text in own)]
