"""The benchmarks' own sums: names that show a mix-up, figures of a run, the page and the plan made of them."""

from pathlib import Path

import pytest

from benchmarks import performance, results
from benchmarks.conversations import CASE, MIXED, name_of, names_in, talk_of
from benchmarks.load import Tally
from benchmarks.ways import Answer
from bot.paths import ROOT


def test_every_family_has_a_name_of_its_own_that_is_found_again_in_a_reply() -> None:
    names = [name_of(number) for number in range(20_000)]
    assert len(set(names)) == len(names)
    assert names_in(f"Dear {names[7]}, yours {names[12345]}") == {names[7], names[12345]}
    assert names_in(" ".join(talk_of(9, (CASE,)).said)) == {name_of(9)}
    assert len({talk_of(number).name for number in range(len(MIXED))}) == 4


def test_refusals_and_errors_are_counted_apart_and_not_as_turns() -> None:
    tally = Tally()
    for answer in (
        Answer("answered", 0.1),
        Answer("answered", 0.3, case=True),
        Answer("refused", 0.01, 5),
        Answer("error", 9.0, told="status 500"),
    ):
        tally.add(answer)
    found = tally.figures(over=2)
    assert (found["turns"], found["turns_a_second"], found["median_ms"], found["refused"]) == (2, 1.0, 200.0, 1)
    assert found["errors"] == {"status 500": 1} and found["cases"] == 1


def test_the_page_names_what_is_met_and_what_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    monkeypatch.setattr(performance, "newest", lambda kind, *by: results.newest(kind, *by, folder=tmp_path))
    for way, turns, median in (("stock", 20.0, 30.0), ("office", 90.0, 12.0)):
        for users in (1, 20):
            row = {"way": way, "users": users, "think": 0, "turns_a_second": turns, "median_ms": median, "p95_ms": 99.0}
            row |= {
                "refused": 0,
                "errors": {},
                "cpu_ms_a_turn": {way: 5.0},
                "memory": {way: {"Rss": 900.0, "Pss": 800.0}},
            }
            results.keep("load", **row)
    loads = {
        (way, users): row
        for (way, users, _), row in results.newest("load", "way", "users", "think", folder=tmp_path).items()
    }
    page = performance.page(loads)
    assert "| turns a second at 20 users | 20 | 90: 4.50 | not measured yet | at least 4 times | met |" in page
    assert "| median for one user, ms | 30 | 12: 0.40 | not measured yet | at most a third | **not met** |" in page
    assert "| start-up, s | not measured yet" in page


def test_the_plan_is_filled_in_and_stays_fillable() -> None:
    plan = (ROOT / "docs" / "capacity.md").read_text(encoding="utf-8")
    once = performance.filled(plan, {"T": "40", "S": "about 100"})
    assert "`ceil(181 / 0.6T) + 1` = 9" in once and "`ceil(181 / 0.6S) + 1` = 5" in once
    assert performance.filled(once, {"T": "80", "S": "about 100"}).count("`ceil(181 / 0.6T) + 1` = 5") == 1
