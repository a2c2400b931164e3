"""What understanding hands to the dialogue: group and entry probabilities of a message and of its parts.

The `knowledge` field of a parsed message:
    label      the best label of all, such as `ask/mediation` or `chitchat/greet`
    signal     the likeliest urgent signal, should the message be urgent
    groups     probability of each group (`ask`, `urgent`, `out_of_scope`, ...), best first, at least 1 %
    entries    [[entry id, probability], ...] best first, given that the message is a question; at most eight
    parts      [{text, label, p, ask, entries}, ...] the same, shorter, for each part of a longer message
    passages   {entry id: [[passage, fit], ...]} which passages of the likely entries fit best (bot/nlu/passages.py)
    context    for a short message that may lean on it: the entries of it and what was typed before, read together
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.nlu.guards import allowed
from bot.nlu.leaning import leans

RANKED = 8
RANKED_IN_PARTS = 5
INTENTS_SHOWN = 5

# A message that plainly is one of these means the same whatever was said before; all others may lean on it.
ALONE = frozenset(
    "affirm chitchat deny go_back handoff letter my_data_access my_data_erase out_of_scope shorter skip start_again stop "
    "timeline urgent useful_no useful_yes".split()
)
SURE_ALONE = 0.9

Row = NDArray[np.float32]


@dataclass(frozen=True)
class Labels:
    """The classifier's labels, in the order of its columns, and which columns belong together; found once, not in every turn."""

    names: tuple[str, ...]

    @cached_property
    def groups(self) -> dict[str, NDArray[np.intp]]:
        """The columns of each group (the part before the slash)."""
        found: dict[str, list[int]] = {}
        for column, name in enumerate(self.names):
            found.setdefault(name.split("/")[0], []).append(column)
        return {group: np.array(columns) for group, columns in found.items()}

    @cached_property
    def _side_by_side(self) -> tuple[list[str], NDArray[np.intp], NDArray[np.intp]]:
        """The groups, all columns group after group, and where each group begins."""
        starts = np.cumsum([0, *(len(columns) for columns in self.groups.values())])[:-1]
        return list(self.groups), np.concatenate(list(self.groups.values())), starts

    def shares(self, row: Row) -> list[tuple[str, float]]:
        """The probability of each group, best first."""
        if not self.names:
            return []
        groups, columns, starts = self._side_by_side
        sums = np.add.reduceat(row[columns], starts).tolist()
        return sorted(zip(groups, sums, strict=True), key=lambda pair: -pair[1])

    def best(self, row: Row, group: str) -> str | None:
        """The likeliest label within a group, however unlikely; None when there are none."""
        columns = self.groups.get(group)
        return None if columns is None else self.names[columns[row[columns].argmax()]]

    def signal(self, row: Row) -> str | None:
        """The likeliest urgent signal's name; None when there are no urgent labels."""
        best = self.best(row, "urgent")
        return best.split("/")[1] if best else None

    def entries(self, row: Row, most: int) -> list[list[Any]]:
        """The likeliest entries, with their probabilities given that the message is a question."""
        columns = self.groups.get("ask")
        if columns is None:
            return []
        own = row[columns]
        order = np.argsort(-own, kind="stable")[:most]
        total = float(own.sum()) or 1.0
        return [[self.names[columns[place]][4:], round(float(own[place]) / total, 4)] for place in order]


def stands_alone(labels: Labels, row: Row, text: str) -> bool:
    """Whether a message needs no reading behind what was typed before: plainly no question, or plainly one of its own."""
    group, p = labels.shares(row)[0]
    if p < SURE_ALONE:
        return False
    return group in ALONE or (group == "ask" and not leans(text, labels.entries(row, 1)[0][1]))


def understanding_of(labels: Labels, found: NDArray[np.float32], whole: str, pieces: list[str]) -> dict[str, Any]:
    """The understanding of a message.

    Args:
        labels: the classifier's labels.
        found: probabilities: row 0 of the whole, then one for each part, then perhaps one of the message in context.
        whole: the message.
        pieces: its parts.
    """
    groups = allowed(labels.shares(found[0]), whole)
    return {
        "intents": [{"name": name, "confidence": p} for name, p in groups[:INTENTS_SHOWN]],
        "label": labels.best(found[0], groups[0][0]),
        "signal": labels.signal(found[0]),
        "groups": {name: round(p, 4) for name, p in groups if p >= 0.01},
        "entries": labels.entries(found[0], RANKED),
        "parts": [_part(labels, row, piece) for row, piece in zip(found[1 : len(pieces) + 1], pieces, strict=True)],
        "context": labels.entries(found[-1], RANKED) if len(found) > len(pieces) + 1 else [],
    }


def _part(labels: Labels, row: Row, piece: str) -> dict[str, Any]:
    groups = labels.shares(row)
    shares = dict(groups)
    return {
        "text": piece,
        "label": labels.best(row, groups[0][0]),
        "signal": labels.signal(row),
        "p": round(groups[0][1], 4),
        "ask": round(shares.get("ask", 0.0), 4),
        "urgent": round(shares.get("urgent", 0.0), 4),
        "entries": labels.entries(row, RANKED_IN_PARTS),
    }
