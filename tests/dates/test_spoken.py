"""Dates in words: right, or questioned, never silently wrong."""

from datetime import date, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.law.spoken import find_dates, find_spans

HERE = Path(__file__).parent
MONDAY = date(2026, 11, 23)


def _rows() -> list[tuple[date, str, str]]:
    groups = yaml.safe_load((HERE / "expressions.yml").read_text(encoding="utf-8"))
    return [
        (datetime.strptime(day, "%A_%d_%B_%Y").date(), text, str(meaning))
        for day, rows in groups.items()
        for text, meaning in rows
    ]


def _shown(text: str, today: date) -> str:
    mentions = find_dates(text, today)
    if not mentions:
        return "no date"
    first = mentions[0]
    if first.doubt or first.day is None:
        return "questioned"
    return f"{first.day}..{first.latest}" if first.latest else str(first.day)


@pytest.mark.parametrize(("today", "text", "meaning"), _rows())
def test_a_date_in_words_is_right_or_questioned(today: date, text: str, meaning: str) -> None:
    shown = _shown(text, today)
    if meaning.startswith("questioned_or"):
        assert shown in ("questioned", meaning.split()[1])
    else:
        assert shown == meaning


def test_there_are_at_least_150_expressions() -> None:
    rows = _rows()
    assert len({(today, text) for today, text, _ in rows}) == len(rows) >= 150


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("letter dated 3 march, certificate 20 april 2026", ["2026-03-03", "2026-04-20"]),
        ("request 5/1/26, refused 16/2/26 and certificate on 1/4/26", ["2026-01-05", "2026-02-16", "2026-04-01"]),
        ("letters on the 3rd and the 9th of march", ["2026-03-03", "2026-03-09"]),
        ("its 23 november, my refusal letter is dated 23 september", ["2026-11-23", "2026-09-23"]),
    ],
)
def test_several_dates_are_found_in_their_order(text: str, days: list[str]) -> None:
    assert [str(mention.day) for mention in find_dates(text, MONDAY)] == days


@pytest.mark.parametrize(
    ("text", "weeks", "days", "months"),
    [
        ("its been 23 weeks and nothing", 23, None, None),
        ("23wks", 23, None, None),
        ("week 27", 27, None, None),
        ("twenty three weeks", 23, None, None),
        ("a fortnight", 2, None, None),
        ("3 months ago", None, None, 3),
        ("15 days", None, 15, None),
        ("half a year", None, None, 6),
        ("over a year", None, None, 12),
        ("40+ weeks", 40, None, None),
        ("22 and a half weeks", 22, None, None),
    ],
)
def test_a_length_of_time_is_counted(text: str, weeks: int | None, days: int | None, months: int | None) -> None:
    span = find_spans(text)[0]
    assert (span.weeks, span.days, span.months) == (weeks, days, months)


@pytest.mark.parametrize("text", ["he is 7 years old", "a 13 year old", "£6,000", "section 19", "year 6"])
def test_an_age_or_a_number_is_no_length_of_time(text: str) -> None:
    assert find_spans(text) == []


_PIECES = st.sampled_from(
    "3 31 0 99 3rd the of march may june febuary last next tuesday week weeks ago in on since easter / - . 2026 26 "
    "dated end half term a couple year £ 29 feb before christmas twenty first ’s \n".split(" ")
)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=14).map(" ".join)),
    st.dates(date(2015, 1, 1), date(2035, 12, 31)),
)
def test_any_text_is_read_without_an_error(text: str, today: date) -> None:
    end = 0
    for mention in find_dates(text, today):
        assert end <= mention.start < mention.end <= len(text)
        assert mention.day is not None or mention.doubt is not None
        assert mention.latest is None or mention.day is None or mention.day <= mention.latest
        end = mention.end
    find_spans(text)
