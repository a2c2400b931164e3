"""Mixes the two classifiers into one calibrated probability: a log-mean, then a temperature, both fitted on held-out folds."""

from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Mix:
    """How scores become probabilities.

    `sharpness` scales the lexical scores before their softmax, `lexical` is the lexical share of the log-mean
    (0 to 1), `temperature` divides the mixed logarithms: above 1 it makes the assistant less sure.
    """

    sharpness: float = 4.0
    lexical: float = 0.55
    temperature: float = 1.0

    def probabilities(self, lexical: Scores, semantic: Scores | None) -> Scores:
        """Calibrated probabilities, shape (rows, classes); lexical alone when there are no sentence vectors."""
        words = log_softmax(lexical * self.sharpness)
        mixed = words if semantic is None else self.lexical * words + (1 - self.lexical) * log_softmax(semantic)
        return np.exp(log_softmax(mixed / self.temperature))

    def to_dict(self) -> dict[str, float]:
        """For storing."""
        return asdict(self)


def log_softmax(scores: Scores) -> Scores:
    """Logarithms of the softmax over the last axis."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    result: Scores = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return result


def fit_mix(lexical: Scores, semantic: Scores | None, answers: NDArray[Any]) -> Mix:
    """The mix under which held-out answers (class indices) are most likely (least negative log likelihood)."""
    shares = (0.4, 0.5, 0.6, 0.7) if semantic is not None else (1.0,)
    grid = [
        Mix(s, share, t) for s, share, t in product((2, 3, 4, 5, 6), shares, (0.4, 0.5, 0.6, 0.7, 0.85, 1.0, 1.2, 1.5))
    ]
    return min(grid, key=lambda mix: _surprise(mix.probabilities(lexical, semantic), answers))


def _surprise(probabilities: Scores, answers: NDArray[Any]) -> float:
    chosen = probabilities[np.arange(len(answers)), answers]
    return float(-np.log(np.maximum(chosen, 1e-9)).mean())
