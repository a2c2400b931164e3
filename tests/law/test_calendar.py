"""The calendar: bank holidays of England, the closed days, working days back and forth, and its reach."""

from datetime import date

import pytest

from bot.law.calendar import BeyondReach, Calendar


@pytest.mark.parametrize("day", ["2026-12-25", "2026-12-28", "2027-01-01", "2027-03-26", "2027-03-29", "2027-05-03"])
def test_a_bank_holiday_is_no_working_day(day: str, real: Calendar) -> None:
    assert not real.is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2027-03-17", "2027-08-02", "2026-11-30", "2027-01-04", "2026-12-29"])
def test_holidays_of_other_nations_are_working_days_here(day: str, real: Calendar) -> None:
    assert real.is_working_day(date.fromisoformat(day))


def test_the_next_working_day_steps_over_christmas(real: Calendar) -> None:
    assert real.next_working_day(date(2026, 12, 24)) == date(2026, 12, 29)


def test_working_days_before_count_back_over_a_weekend(real: Calendar) -> None:
    assert real.working_days_before(date(2027, 1, 25), 5) == date(2027, 1, 18)
    assert real.working_days_before(date(2027, 7, 11), 0) == date(2027, 7, 9)
    assert real.working_days_before(date(2027, 7, 9), 0) == date(2027, 7, 9)


@pytest.mark.parametrize(
    ("day", "end"),
    [
        ("2026-12-24", None),
        ("2026-12-25", "2027-01-01"),
        ("2027-01-01", "2027-01-01"),
        ("2027-01-02", None),
        ("2027-07-31", None),
        ("2027-08-01", "2027-08-31"),
        ("2027-08-31", "2027-08-31"),
        ("2027-09-01", None),
    ],
)
def test_the_closed_days_span_the_year_end(day: str, end: str | None, real: Calendar) -> None:
    found = real.closed_on(date.fromisoformat(day))
    assert (found[1].isoformat() if found else None) == end


def test_no_working_day_is_told_beyond_the_reach(real: Calendar) -> None:
    assert real.is_working_day(date(2028, 12, 29))
    with pytest.raises(BeyondReach, match=r"calendar\.yml"):
        real.is_working_day(date(2029, 1, 1))


def test_months_left_count_down_to_the_end_of_the_list(real: Calendar) -> None:
    assert real.months_left(date(2026, 11, 23)) == 25
    assert real.months_left(date(2028, 6, 30)) == 6
    assert real.months_left(date(2028, 7, 1)) == 5
    assert real.months_left(date(2029, 3, 1)) < 0
