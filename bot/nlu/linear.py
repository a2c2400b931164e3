"""Linear classifiers as plain arrays: trained by scikit-learn, stored and used without it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

# Chosen by cross-validation on the phrasings (docs/evaluation.md).
LEXICAL_C = 0.5
LEXICAL_TOLERANCE = 0.1  # as accurate as 0.0001 on held-out phrasings, and a quarter quicker
SEMANTIC_C = 10.0


@dataclass(frozen=True)
class LinearModel:
    """Scores are features @ weights + bias; `weights` has shape (features, classes)."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def scores(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scores of each class, shape (rows, classes)."""
        return features @ self.weights + self.bias

    def score(self, columns: NDArray[np.int32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scores of each class for one text, shape (classes,), from its few features: no sparse matrix for one row."""
        result: NDArray[np.float32] = weights @ self.weights[columns] + self.bias
        return result

    def save(self, path: Path) -> None:
        """Stores the arrays; no code is stored, so none is run when they are loaded."""
        np.savez_compressed(path, weights=self.weights.astype(np.float16), bias=self.bias)

    @classmethod
    def load(cls, path: Path) -> "LinearModel":
        """Reads what `save` stored."""
        with np.load(path, allow_pickle=False) as stored:
            return cls(stored["weights"].astype(np.float32), stored["bias"].astype(np.float32))


def fit_lexical(features: Any, labels: NDArray[Any], weights: NDArray[Any]) -> LinearModel:
    """A linear support vector machine, one class against the rest: quick on sparse features, and best alone there."""
    fitted = LinearSVC(C=LEXICAL_C, tol=LEXICAL_TOLERANCE).fit(features, labels, sample_weight=weights)
    return _arrays(fitted)


def fit_semantic(features: Any, labels: NDArray[Any], weights: NDArray[Any]) -> LinearModel:
    """Multinomial logistic regression on sentence vectors."""
    fitted = LogisticRegression(C=SEMANTIC_C, max_iter=300).fit(features, labels, sample_weight=weights)
    return _arrays(fitted)


def _arrays(fitted: Any) -> LinearModel:
    """The arrays of a fitted classifier; two classes give one column, made into two."""
    weights, bias = fitted.coef_.T.astype(np.float32), fitted.intercept_.astype(np.float32)
    if weights.shape[1] == 1:
        weights, bias = np.hstack([-weights, weights]), np.hstack([-bias, bias])
    return LinearModel(weights, bias)
