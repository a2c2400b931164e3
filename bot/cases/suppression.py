"""Keeps small numbers back so that none can be worked out from what is published. Pure.

Small counts, nought included, are held back first. Then each held-back count is looked at as a reader would who knows
every published number and how they add up: the least and the most it can be (two linear programmes). Where that leaves
less room than the threshold, a further number of the same sum is held back, until every one has room.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.optimize import linprog


@dataclass(frozen=True)
class Sum:
    """Says that some cells add up to another one."""

    total: str
    parts: tuple[str, ...]


Bounds = tuple[float, float]


def published(values: Mapping[str, int], sums: Iterable[Sum], threshold: int) -> dict[str, int | None]:
    """Every cell's value, None where it is held back.

    Args:
        values: the true counts by cell.
        sums: every way in which cells add up to others; each cell of them is in `values`.
        threshold: counts below it are held back; the room in which each held-back count is left is at least as wide.

    Raises:
        ValueError: when a sum does not add up.
    """
    told = tuple(sums)
    for one in told:
        if values[one.total] != sum(values[part] for part in one.parts):
            raise ValueError(f"The parts of {one.total} do not add up to it.")
    held = _held(tuple(sorted(values.items())), told, threshold)
    return {cell: None if cell in held else value for cell, value in values.items()}


@lru_cache(maxsize=64)
def _held(values: tuple[tuple[str, int], ...], sums: tuple[Sum, ...], threshold: int) -> frozenset[str]:
    known = dict(values)
    held = {cell for cell, value in known.items() if value < threshold}
    while True:
        more = _needed(known, held, sums, threshold)
        if not more:
            return frozenset(held)
        held |= more


def _needed(values: Mapping[str, int], held: set[str], sums: tuple[Sum, ...], threshold: int) -> set[str]:
    """For each sum that gives a held-back cell away, one more cell to hold back."""
    narrow = {cell for cell, (low, high) in bounds(values, held, sums).items() if high - low < threshold}
    found = set()
    for one in sums:
        cells = (*one.parts, one.total)
        if narrow & set(cells):
            choice = _choice(values, [cell for cell in one.parts if cell not in held], one.total not in held, one.total)
            found |= {choice} if choice else set()
    return found


def _choice(values: Mapping[str, int], parts: list[str], total_open: bool, total: str) -> str | None:
    """The smallest part that is still published; the total where no part is."""
    if parts:
        return min(parts, key=lambda cell: (values[cell], cell))
    return total if total_open else None


def bounds(values: Mapping[str, int], held: set[str], sums: Iterable[Sum]) -> dict[str, Bounds]:
    """The least and the most that each held-back cell can be, for a reader who knows all others and the sums."""
    cells = sorted(held)
    place = {cell: number for number, cell in enumerate(cells)}
    rows, right = [], []
    for one in sums:
        row, known = np.zeros(len(cells)), 0.0
        for cell, sign in (*((part, 1.0) for part in one.parts), (one.total, -1.0)):
            if cell in place:
                row[place[cell]] += sign
            else:
                known -= sign * values[cell]
        if row.any():
            rows.append(row)
            right.append(known)
    if not rows:
        return dict.fromkeys(cells, (0.0, np.inf))
    matrix, sides = np.array(rows), np.array(right)
    return {cell: _bounds(place[cell], matrix, sides) for cell in cells}


def _bounds(
    number: int,
    matrix: "np.ndarray[tuple[int, int], np.dtype[np.float64]]",
    sides: "np.ndarray[tuple[int], np.dtype[np.float64]]",
) -> Bounds:
    """Only the sums that hang together with this cell are looked at."""
    rows, columns = _together(number, matrix)
    if not rows:
        return (0.0, np.inf)
    part, goal = matrix[np.ix_(rows, columns)], np.zeros(len(columns))
    goal[columns.index(number)] = 1.0
    if len(rows) == 1:
        return _of_one_sum(part[0], sides[rows[0]], columns.index(number))
    low = linprog(goal, A_eq=part, b_eq=sides[rows], bounds=(0, None), method="highs")
    high = linprog(-goal, A_eq=part, b_eq=sides[rows], bounds=(0, None), method="highs")
    return (round(float(low.fun), 6), np.inf if high.status == 3 else round(-float(high.fun), 6))


def _of_one_sum(row: "np.ndarray[tuple[int], np.dtype[np.float64]]", side: float, number: int) -> Bounds:
    """One sum alone: parts that add up to a known rest, or to a total that is held back too."""
    if (row < 0).any():
        return (max(0.0, -float(side)), np.inf) if row[number] < 0 else (0.0, np.inf)
    return (float(side), float(side)) if len(row) == 1 else (0.0, float(side))


def _together(number: int, matrix: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> tuple[list[int], list[int]]:
    """The sums and cells that are linked to a cell, directly or through others."""
    rows: set[int] = set()
    columns = {number}
    while True:
        found = {row for row in range(len(matrix)) if any(matrix[row, column] for column in columns)}
        linked = {int(column) for row in found for column in np.flatnonzero(matrix[row])} | columns
        if found == rows and linked == columns:
            return sorted(rows), sorted(columns)
        rows, columns = found, linked
