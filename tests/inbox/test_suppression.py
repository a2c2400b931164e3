"""Small numbers: none can be worked out from what is published, by subtraction or by any other sum."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cases.suppression import Sum, published

THRESHOLD = 5
counts = st.one_of(st.integers(0, 8), st.integers(0, 60))


def table(rows: list[list[int]]) -> tuple[dict[str, int], list[Sum]]:
    """A table of counts with the sums of its rows and columns, and the sum of all both ways."""
    height, width = len(rows), len(rows[0])
    values = {f"{r},{c}": rows[r][c] for r, c in product(range(height), range(width))}
    values |= {f"row {r}": sum(rows[r]) for r in range(height)}
    values |= {f"column {c}": sum(row[c] for row in rows) for c in range(width)}
    values["all"] = sum(sum(row) for row in rows)
    sums = [Sum(f"row {r}", tuple(f"{r},{c}" for c in range(width))) for r in range(height)]
    sums += [Sum(f"column {c}", tuple(f"{r},{c}" for r in range(height))) for c in range(width)]
    sums += [
        Sum("all", tuple(f"row {r}" for r in range(height))),
        Sum("all", tuple(f"column {c}" for c in range(width))),
    ]
    return values, sums


def solved(told: dict[str, int | None], sums: list[Sum]) -> set[str]:
    """The held-back cells that exact algebra gives away: rows of the reduced system with one unknown left."""
    unknown = sorted(cell for cell, value in told.items() if value is None)
    place = {cell: number for number, cell in enumerate(unknown)}
    rows = []
    for one in sums:
        row = [Fraction(0)] * (len(unknown) + 1)
        for cell, sign in (*((part, 1) for part in one.parts), (one.total, -1)):
            if told[cell] is None:
                row[place[cell]] += sign
            else:
                row[-1] -= sign * Fraction(told[cell] or 0)
        rows.append(row)
    return {
        unknown[columns[0]] for row in reduced(rows) if len(columns := [n for n, x in enumerate(row[:-1]) if x]) == 1
    }


def reduced(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    """Gauss and Jordan, in fractions."""
    done: list[list[Fraction]] = []
    for column in range(len(rows[0]) - 1 if rows else 0):
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        pivot = [x / pivot[column] for x in pivot]
        rows = [[x - row[column] * p for x, p in zip(row, pivot, strict=True)] for row in rows]
        done = [[x - row[column] * p for x, p in zip(row, pivot, strict=True)] for row in done] + [pivot]
    return done


def possible(told: dict[str, int | None], sums: list[Sum], cell: str, most: int) -> set[int]:
    """Every value that a cell of one plain sum can have, by trying all."""
    (one,) = sums
    unknown = [part for part in one.parts if told[part] is None]
    rest = sum(told[part] or 0 for part in one.parts)
    found = set()
    for tried in product(range(most + 1), repeat=len(unknown)):
        if told[one.total] is None or rest + sum(tried) == told[one.total]:
            found.add(dict(zip(unknown, tried, strict=True))[cell])
    return found


@settings(max_examples=150, deadline=None)
@given(st.lists(counts, min_size=1, max_size=8))
def test_no_part_of_a_sum_can_be_worked_out(parts: list[int]) -> None:
    values = {f"p{n}": value for n, value in enumerate(parts)} | {"all": sum(parts)}
    sums = [Sum("all", tuple(f"p{n}" for n in range(len(parts))))]
    told = published(values, sums, THRESHOLD)
    assert all(value is None or value >= THRESHOLD for value in told.values())
    assert not solved(told, sums)
    held = [cell for cell, value in told.items() if value is None]
    if told["all"] is not None and held:
        assert len(held) >= 2 and sum(values[cell] for cell in held) >= THRESHOLD


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=3))
def test_by_trying_everything_each_held_back_count_could_be_many_numbers(parts: list[int]) -> None:
    values = {f"p{n}": value for n, value in enumerate(parts)} | {"all": sum(parts)}
    sums = [Sum("all", tuple(f"p{n}" for n in range(len(parts))))]
    told = published(values, sums, THRESHOLD)
    for cell in (cell for cell, value in told.items() if value is None and cell != "all"):
        assert len(possible(told, sums, cell, 30)) > THRESHOLD


@settings(max_examples=80, deadline=None)
@given(st.integers(2, 4).flatmap(lambda w: st.lists(st.lists(counts, min_size=w, max_size=w), min_size=2, max_size=4)))
def test_no_cell_of_a_table_can_be_worked_out_from_rows_columns_and_totals(rows: list[list[int]]) -> None:
    values, sums = table(rows)
    told = published(values, sums, THRESHOLD)
    assert all(value is None or (value >= THRESHOLD and value == values[cell]) for cell, value in told.items())
    assert not solved(told, sums)


@settings(max_examples=60, deadline=None)
@given(st.lists(counts, min_size=6, max_size=6), st.lists(counts, min_size=3, max_size=3))
def test_groups_of_groups_and_a_second_way_to_split_the_same_cases_tell_no_more(
    parts: list[int], other: list[int]
) -> None:
    values = {f"p{n}": value for n, value in enumerate(parts)}
    values |= {f"g{n}": parts[2 * n] + parts[2 * n + 1] for n in range(3)}
    values["all"] = sum(parts)
    scaled = [min(value, sum(parts) // 3) for value in other]
    values |= {f"q{n}": value for n, value in enumerate(scaled)}
    values["q3"] = sum(parts) - sum(scaled)
    sums = [Sum(f"g{n}", (f"p{2 * n}", f"p{2 * n + 1}")) for n in range(3)]
    sums += [Sum("all", ("g0", "g1", "g2")), Sum("all", ("q0", "q1", "q2", "q3"))]
    told = published(values, sums, THRESHOLD)
    assert not solved(told, sums)
    assert all(value is None or value >= THRESHOLD for value in told.values())


def test_a_cell_that_joins_two_circles_is_held_too() -> None:
    """Each row and column holds two back, and still one of them would be plain from the others."""
    values, sums = table([[1, 2, 30, 40], [3, 1, 4, 50], [20, 30, 2, 1], [60, 70, 3, 2]])
    assert not solved(published(values, sums, THRESHOLD), sums)


def test_large_numbers_are_all_published() -> None:
    values, sums = table([[10, 20], [30, 40]])
    assert published(values, sums, THRESHOLD) == values


def test_nought_is_a_small_number() -> None:
    told = published({"a": 0, "b": 9, "c": 30, "all": 39}, [Sum("all", ("a", "b", "c"))], THRESHOLD)
    assert told == {"a": None, "b": None, "c": 30, "all": 39}


def test_a_sum_that_does_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="add up"):
        published({"a": 1, "all": 2}, [Sum("all", ("a",))], THRESHOLD)
