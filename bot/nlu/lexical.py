"""Words and character pieces as numbers: TF-IDF that is stored as JSON, never as a pickle."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

_SHAPES: dict[str, dict[str, Any]] = {
    "word": {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\b\w[\w'£]*\b"},
    "char": {"analyzer": "char_wb", "ngram_range": (2, 5)},
}
_COMMON: dict[str, Any] = {"sublinear_tf": True, "lowercase": True, "dtype": np.float32}
MIN_COUNT = {"word": 1, "char": 2}


class LexicalFeatures:
    """Word 1-2-grams and character 2-5-grams, each weighted by TF-IDF, side by side."""

    def __init__(self, vectorizers: dict[str, TfidfVectorizer]):
        self._vectorizers = vectorizers

    @classmethod
    def learn(cls, texts: list[str]) -> "LexicalFeatures":
        """Learns vocabulary and weights from texts (already expanded)."""
        made = {name: TfidfVectorizer(**shape, **_COMMON, min_df=MIN_COUNT[name]) for name, shape in _SHAPES.items()}
        return cls({name: vectorizer.fit(texts) for name, vectorizer in made.items()})

    def of(self, texts: list[str]) -> csr_matrix:
        """Features of texts, shape (len(texts), vocabulary), sparse."""
        return hstack([vectorizer.transform(texts) for vectorizer in self._vectorizers.values()], format="csr")

    @property
    def rarity(self) -> dict[str, float]:
        """Each known word with its inverse document frequency."""
        words = self._vectorizers["word"]
        return {word: float(words.idf_[place]) for word, place in words.vocabulary_.items() if " " not in word}

    def save(self, path: Path) -> None:
        """Stores vocabulary and weights as JSON."""
        content = {
            name: {
                "vocabulary": {k: int(v) for k, v in vec.vocabulary_.items()},
                "idf": [round(float(x), 6) for x in vec.idf_],
            }
            for name, vec in self._vectorizers.items()
        }
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "LexicalFeatures":
        """Reads what `save` stored."""
        content = json.loads(path.read_text(encoding="utf-8"))
        vectorizers = {}
        for name, shape in _SHAPES.items():
            vectorizer = TfidfVectorizer(**shape, **_COMMON, vocabulary=content[name]["vocabulary"])
            vectorizer.idf_ = np.array(content[name]["idf"])
            vectorizers[name] = vectorizer
        return cls(vectorizers)
