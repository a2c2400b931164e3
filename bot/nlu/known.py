"""What a phrasing of data/nlu was read as, kept once it has been read: said again word for word, it is not worked out again.

Greetings, yes and no, "skip" and the commonest short questions come so again and again. Only our own phrasings are kept,
never what a person typed in words of their own, so that nothing here can tell who wrote.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]
Reading = tuple[
    Rows, Rows | None
]  # probabilities, shape (texts, labels); sentence vectors, or None without the encoder
One = tuple[Rows, Rows | None]  # the same of one text, without the first dimension
MOST_KEPT = 5000  # at about 2.4 kB each, 12 MB


@dataclass
class Known:
    """The known phrasings, and what those were read as that have come up."""

    phrasings: frozenset[str] = frozenset()
    _kept: dict[str, One] = field(default_factory=dict)

    def read(self, texts: list[str], afresh: Callable[[list[str]], Reading]) -> Reading:
        """The reading of the texts; `afresh` reads those that are not kept, in one batch."""
        new = [text for text in texts if text not in self._kept]
        if not new:
            return _stacked([self._kept[text] for text in texts])
        probabilities, vectors = afresh(new)
        found = {
            text: (probabilities[place], None if vectors is None else vectors[place]) for place, text in enumerate(new)
        }
        self._keep(found)
        return _stacked([found[text] if text in found else self._kept[text] for text in texts])

    def _keep(self, found: dict[str, One]) -> None:
        for text, reading in found.items():
            if text in self.phrasings and len(self._kept) < MOST_KEPT:
                self._kept[text] = reading

    def save(self, path: Path) -> None:
        """Stores the phrasings, not the readings."""
        path.write_text(json.dumps(sorted(self.phrasings), ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Known":
        """Reads what `save` stored."""
        return cls.of(json.loads(path.read_text(encoding="utf-8")))

    @classmethod
    def of(cls, phrasings: Iterable[str]) -> "Known":
        """From the phrasings as they are read, slips of the finger mended."""
        return cls(frozenset(phrasings))


def _stacked(readings: list[One]) -> Reading:
    vectors = [vector for _, vector in readings if vector is not None]
    return np.stack([row for row, _ in readings]), np.stack(vectors) if vectors else None
