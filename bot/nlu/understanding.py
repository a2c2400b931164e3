"""What understanding hands to the dialogue: group and entry probabilities of a message and of its parts.

The `knowledge` field of a parsed message:
    label      the best label of all, such as `ask/mediation` or `chitchat/greet`
    signal     the likeliest urgent signal, should the message be urgent
    groups     probability of each group (`ask`, `urgent`, `out_of_scope`, ...), best first, at least 1 %
    entries    [[entry id, probability], ...] best first, given that the message is a question; at most eight
    parts      [{text, label, p, ask, entries}, ...] the same, shorter, for each part of a longer message
    passages   {entry id: [[passage, fit], ...]} which passages of the likely entries fit best (bot/nlu/passages.py)
    context    for a short message: the entries of it and what was typed before, read together
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.nlu.guards import allowed

RANKED = 8
RANKED_IN_PARTS = 5
INTENTS_SHOWN = 5


def understanding_of(labels: list[str], found: NDArray[np.float32], whole: str, pieces: list[str]) -> dict[str, Any]:
    """The understanding of a message.

    Args:
        labels: the classifier's labels, in the order of the columns.
        found: probabilities: row 0 of the whole, then one for each part, then perhaps one of the message in context.
        whole: the message.
        pieces: its parts.
    """
    groups = allowed(group_probabilities(labels, found[0]), whole)
    return {
        "intents": [{"name": name, "confidence": p} for name, p in groups[:INTENTS_SHOWN]],
        "label": best_label(labels, found[0], groups[0][0]),
        "signal": likeliest_signal(labels, found[0]),
        "groups": {name: round(p, 4) for name, p in groups if p >= 0.01},
        "entries": entry_ranking(labels, found[0], RANKED),
        "parts": [_part(labels, row, piece) for row, piece in zip(found[1 : len(pieces) + 1], pieces, strict=True)],
        "context": entry_ranking(labels, found[-1], RANKED) if len(found) > len(pieces) + 1 else [],
    }


def _part(labels: list[str], row: NDArray[np.float32], piece: str) -> dict[str, Any]:
    groups = group_probabilities(labels, row)
    shares = dict(groups)
    return {
        "text": piece,
        "label": best_label(labels, row, groups[0][0]),
        "signal": likeliest_signal(labels, row),
        "p": round(float(groups[0][1]), 4),
        "ask": round(float(shares.get("ask", 0.0)), 4),
        "urgent": round(float(shares.get("urgent", 0.0)), 4),
        "entries": entry_ranking(labels, row, RANKED_IN_PARTS),
    }


def group_probabilities(labels: list[str], row: NDArray[np.float32]) -> list[tuple[str, float]]:
    """The probability of each group (the part before the slash), best first."""
    sums: dict[str, float] = {}
    for label, p in zip(labels, row, strict=True):
        group = label.split("/")[0]
        sums[group] = sums.get(group, 0.0) + float(p)
    return sorted(sums.items(), key=lambda pair: -pair[1])


def best_label(labels: list[str], row: NDArray[np.float32], group: str) -> str:
    """The likeliest label within a group."""
    own = [(float(p), label) for label, p in zip(labels, row, strict=True) if label.split("/")[0] == group]
    return max(own)[1]


def likeliest_signal(labels: list[str], row: NDArray[np.float32]) -> str | None:
    """The likeliest urgent signal's name, however unlikely; None when there are no urgent labels."""
    own = [(float(p), label) for label, p in zip(labels, row, strict=True) if label.startswith("urgent/")]
    return max(own)[1].split("/")[1] if own else None


def entry_ranking(labels: list[str], row: NDArray[np.float32], most: int) -> list[list[Any]]:
    """The likeliest entries, with their probabilities given that the message is a question."""
    own = [(float(p), label[4:]) for label, p in zip(labels, row, strict=True) if label.startswith("ask/")]
    total = sum(p for p, _ in own) or 1.0
    return [[entry_id, round(p / total, 4)] for p, entry_id in sorted(own, reverse=True)[:most]]
