"""Words and character pieces as numbers: TF-IDF that is stored as JSON, never as a pickle.

Learned by scikit-learn; the features of a message are looked up here, at a quarter of what its transformers cost for one text.
"""

import json
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

_SHAPES: dict[str, dict[str, Any]] = {
    "word": {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\b\w[\w'£]*\b"},
    "char": {"analyzer": "char_wb", "ngram_range": (2, 5)},
}
MIN_COUNT = {"word": 1, "char": 2}
Row = tuple[NDArray[np.int32], NDArray[np.float32]]  # columns of the known pieces of a text, and their weights


@dataclass(frozen=True)
class Pieces:
    """One kind of pieces: how a text is cut, where each known piece has its column, and how rare each is.

    `rarity` holds inverse document frequencies, shape (vocabulary,).
    """

    cut: Callable[[str], list[str]]
    vocabulary: dict[str, int]
    rarity: NDArray[np.float32]

    def of(self, text: str) -> Row:
        """Columns and weights of the known pieces of a text: 1 + log of the count, times rarity, at length one."""
        counts = Counter(map(self.vocabulary.get, self.cut(text)))
        counts.pop(None, None)  # the unknown ones
        columns = np.fromiter(counts.keys(), np.int32, len(counts))
        weights = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.rarity[columns]
        length = math.sqrt(float(weights @ weights))
        return columns, (weights / length if length else weights).astype(np.float32)


class LexicalFeatures:
    """Word 1-2-grams and character 2-5-grams, each weighted by TF-IDF, side by side."""

    def __init__(self, kinds: dict[str, Pieces]):
        self._kinds = kinds
        self._width = sum(len(kind.vocabulary) for kind in kinds.values())

    @classmethod
    def learn(cls, texts: list[str]) -> "LexicalFeatures":
        """Learns vocabulary and weights from texts (already expanded)."""
        made = {}
        for name, shape in _SHAPES.items():
            learned = TfidfVectorizer(**shape, min_df=MIN_COUNT[name], dtype=np.float32).fit(texts)
            vocabulary = {piece: int(place) for piece, place in learned.vocabulary_.items()}
            made[name] = Pieces(_cutter(name), vocabulary, learned.idf_.astype(np.float32))
        return cls(made)

    def of(self, texts: list[str]) -> csr_matrix:
        """Features of texts, shape (len(texts), vocabulary), sparse; for training."""
        rows = [self.row(text) for text in texts]
        columns, weights = (np.concatenate(parts) for parts in zip(*rows, strict=True))
        ends = np.cumsum([0, *(len(places) for places, _ in rows)])
        return csr_matrix((weights, columns, ends), shape=(len(texts), self._width))

    def row(self, text: str) -> Row:
        """Columns and weights of one text, the kinds of pieces side by side."""
        found, before = [], 0
        for kind in self._kinds.values():
            columns, weights = kind.of(text)
            found.append((columns + before, weights))
            before += len(kind.vocabulary)
        columns, weights = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return columns, weights

    @property
    def rarity(self) -> dict[str, float]:
        """Each known word with its inverse document frequency."""
        words = self._kinds["word"]
        rarity = words.rarity.tolist()
        return {word: rarity[place] for word, place in words.vocabulary.items() if " " not in word}

    def save(self, path: Path) -> None:
        """Stores vocabulary and weights as JSON."""
        content = {
            name: {"vocabulary": kind.vocabulary, "idf": [round(float(x), 6) for x in kind.rarity]}
            for name, kind in self._kinds.items()
        }
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "LexicalFeatures":
        """Reads what `save` stored."""
        content = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            {
                name: Pieces(_cutter(name), stored["vocabulary"], np.array(stored["idf"], dtype=np.float32))
                for name, stored in content.items()
            }
        )


def _cutter(name: str) -> Callable[[str], list[str]]:
    """How scikit-learn cuts a text into pieces of this kind."""
    cut: Callable[[str], list[str]] = TfidfVectorizer(**_SHAPES[name], lowercase=True).build_analyzer()
    return cut
