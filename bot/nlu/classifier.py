"""The classifier behind understanding: label probabilities for a message, from its words and its sentence vector.

Labels are `ask/<entry id>` for every entry, and the intents that are not answers (`handoff`, `chitchat/greet`, ...).
"""

import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import StratifiedShuffleSplit

from bot.nlu.lexical import LexicalFeatures
from bot.nlu.linear import LinearModel, fit_lexical, fit_semantic
from bot.nlu.mixing import Mix, Scores, fit_mix
from bot.nlu.wording import expanded

HELD_OUT = 0.2
SEED = 20260223


@dataclass(frozen=True)
class Examples:
    """Training examples: texts, their labels, their sentence vectors (or None), and how much each counts."""

    texts: list[str]
    labels: list[str]
    vectors: NDArray[np.float32] | None
    weights: NDArray[np.float32]

    def subset(self, rows: NDArray[Any]) -> "Examples":
        """The examples at these rows."""
        vectors = None if self.vectors is None else self.vectors[rows]
        return Examples([self.texts[r] for r in rows], [self.labels[r] for r in rows], vectors, self.weights[rows])


@dataclass(frozen=True)
class Classifier:
    """Both linear models, their labels (sorted), and the mix that calibrates them."""

    labels: list[str]
    features: LexicalFeatures
    lexical: LinearModel
    semantic: LinearModel | None
    mix: Mix

    def scores(self, texts: list[str], vectors: NDArray[np.float32] | None) -> tuple[Scores, Scores | None]:
        """Scores of both models, before mixing."""
        lexical = np.stack([self.lexical.score(*self.features.row(expanded(text))) for text in texts])
        return lexical, None if self.semantic is None or vectors is None else self.semantic.scores(vectors)

    def probabilities(self, texts: list[str], vectors: NDArray[np.float32] | None) -> Scores:
        """Calibrated probabilities, shape (len(texts), len(labels))."""
        return self.mix.probabilities(*self.scores(texts, vectors))

    def save(self, folder: Path) -> None:
        """Stores the classifier as JSON and arrays."""
        self.features.save(folder / "lexical.json")
        self.lexical.save(folder / "lexical.npz")
        if self.semantic:
            self.semantic.save(folder / "semantic.npz")
        meta = {"labels": self.labels, "mix": self.mix.to_dict(), "semantic": self.semantic is not None}
        (folder / "classifier.json").write_text(json.dumps(meta), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Classifier":
        """Reads what `save` stored."""
        meta = json.loads((folder / "classifier.json").read_text(encoding="utf-8"))
        semantic = LinearModel.load(folder / "semantic.npz") if meta["semantic"] else None
        features = LexicalFeatures.load(folder / "lexical.json")
        return cls(meta["labels"], features, LinearModel.load(folder / "lexical.npz"), semantic, Mix(**meta["mix"]))


def train(examples: Examples) -> Classifier:
    """Calibrates on examples held out of training, then trains on everything."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return _fit(examples, calibrated_mix(examples))


def calibrated_mix(examples: Examples) -> Mix:
    """The mix under which a held-out fifth of the phrasings is best foretold by models that have not seen it."""
    asked = np.flatnonzero(examples.weights >= 1.0)
    split = StratifiedShuffleSplit(1, test_size=HELD_OUT, random_state=SEED)
    _, unseen = next(split.split(asked, [examples.labels[row] for row in asked]))
    held = asked[unseen]
    seen = np.setdiff1d(np.arange(len(examples.texts)), held)
    model = _fit(examples.subset(seen), Mix())
    index = {label: position for position, label in enumerate(model.labels)}
    test = examples.subset(held)
    return fit_mix(*model.scores(test.texts, test.vectors), np.array([index[label] for label in test.labels]))


def _fit(examples: Examples, mix: Mix) -> Classifier:
    labels = sorted(set(examples.labels))
    index = {label: position for position, label in enumerate(labels)}
    answers = np.array([index[label] for label in examples.labels])
    words = [expanded(text) for text in examples.texts]
    features = LexicalFeatures.learn(words)
    lexical = fit_lexical(features.of(words), answers, examples.weights)
    semantic = None if examples.vectors is None else fit_semantic(examples.vectors, answers, examples.weights)
    return Classifier(labels, features, lexical, semantic, mix)
