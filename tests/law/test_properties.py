"""What holds for every date: appeals against a reckoning written apart, councils' weeks, and order."""

from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.law.calendar import Calendar
from bot.law.calendar import calendar as shipped
from bot.law.clocks import limits, reckon
from bot.law.reckoning import Reckoning

FIRST, LAST = date(2015, 1, 1), date(2030, 12, 31)
LONG = replace(shipped(), reach=date(2033, 12, 31))
some_day = st.dates(FIRST, LAST)
COUNCIL_WEEKS = [
    limit.id
    for limit in limits().values()
    if limit.whose == "council" and len(limit.counts) == 1 and limit.counts[0].unit == "weeks"
    and limit.counts[0].otherwise is None
]  # fmt: skip


def easter(year: int) -> date:
    """Easter Sunday by the anonymous Gregorian method, written apart from the library that the clock uses."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    moon = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * moon) // 451
    month, day = divmod(h + moon - 7 * m + 114, 31)
    return date(year, month, day + 1)


def bank_holidays(year: int) -> set[date]:
    """England's bank holidays by the Act's rules and the proclamations of these years."""
    weeks = ((5, range(1, 8)), (5, range(25, 32)), (8, range(25, 32)))
    found = {day for month, days in weeks for n in days if (day := date(year, month, n)).weekday() == 0}
    found |= {easter(year) - timedelta(2), easter(year) + timedelta(1)}
    found.add(next(day for day in (date(year, 1, n) for n in (1, 2, 3)) if day.weekday() < 5))
    christmas = [day for day in (date(year, 12, n) for n in range(25, 30)) if day.weekday() < 5]
    found |= set(christmas[:2])
    moved = {2020: (date(2020, 5, 4), date(2020, 5, 8)), 2022: (date(2022, 5, 30), date(2022, 6, 2))}
    if year in moved:
        found = found - {moved[year][0]} | {moved[year][1]}
    extra = {2022: {date(2022, 6, 3), date(2022, 9, 19)}, 2023: {date(2023, 5, 8)}}
    return found | extra.get(year, set())


HOLIDAYS = set().union(*(bank_holidays(year) for year in range(2015, 2032)))


def day_by_day(letter: date, certificate: date | None = None) -> date:
    """The last day to appeal, found by walking: month by month, then day by day until a day that counts."""
    end = months_on(letter, 2)
    if certificate is not None:
        end = max(end, months_on(certificate, 1))
    while not counts(end):
        end += timedelta(1)
    return end


def months_on(start: date, months: int) -> date:
    year, month = start.year, start.month
    for _ in range(months):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def counts(day: date) -> bool:
    christmas = (day.month == 12 and day.day >= 25) or (day.month == 1 and day.day == 1)
    return day.weekday() < 5 and day not in HOLIDAYS and not christmas and day.month != 8


def appeal(letter: date, certificate: date | None = None) -> date:
    facts = {"appeal_decision": letter} | ({"certificate": certificate} if certificate else {})
    found = reckon("appeal", facts, LONG)
    assert isinstance(found, Reckoning)
    return found.due


def test_the_appeal_day_equals_a_day_by_day_reckoning_for_every_letter_from_2015_to_2030() -> None:
    wrong = {}
    for number in range((LAST - FIRST).days + 1):
        letter = FIRST + timedelta(number)
        if appeal(letter) != day_by_day(letter):
            wrong[letter] = (appeal(letter), day_by_day(letter))
    assert not wrong


@given(letter=some_day, wait=st.integers(0, 120))
def test_the_appeal_day_is_the_later_of_letter_and_certificate(letter: date, wait: int) -> None:
    certificate = letter + timedelta(wait)
    assert appeal(letter, certificate) == day_by_day(letter, certificate)
    assert appeal(letter, certificate) >= appeal(letter)


@given(letter=some_day)
def test_an_appeal_day_is_a_working_day_outside_august_and_christmas(letter: date) -> None:
    assert counts(appeal(letter))
    assert LONG.is_working_day(appeal(letter))


@given(letter=some_day)
def test_the_safe_day_is_a_working_day_at_least_five_before_and_after_the_letter(letter: date) -> None:
    found = reckon("appeal", {"appeal_decision": letter}, LONG)
    assert isinstance(found, Reckoning) and found.safe is not None
    assert LONG.is_working_day(found.safe) and letter < found.safe
    days = (found.safe + timedelta(number) for number in range((found.due - found.safe).days))
    assert sum(map(LONG.is_working_day, days)) >= 5


@given(one=some_day, later=st.integers(0, 400), limit=st.sampled_from(sorted(limits())))
@settings(max_examples=200)
def test_a_later_start_never_gives_an_earlier_last_day(one: date, later: int, limit: str) -> None:
    first, second = (due_from(limit, start) for start in (one, one + timedelta(later)))
    assert first is None or second is None or first <= second


def due_from(limit: str, start: date) -> date | None:
    names = {count.start for other in limits().values() for count in other.counts}
    found = reckon(limit, {name: start for name in names if ":" not in name}, LONG)
    return found.due if isinstance(found, Reckoning) else None


@given(start=st.dates(date(2016, 1, 1), LAST), limit=st.sampled_from(COUNCIL_WEEKS))
def test_a_councils_weeks_never_roll(start: date, limit: str) -> None:
    count = limits()[limit].counts[0]
    found = reckon(limit, {count.start: start}, LONG)
    if isinstance(found, Reckoning):
        assert found.due == start + timedelta(weeks=count.length)
        assert found.due.weekday() == start.weekday()


def test_there_are_council_weeks_to_test() -> None:
    assert {"decide_to_assess", "final_plan", "review_decision", "order_plan_final"} <= set(COUNCIL_WEEKS)


@given(act=st.dates(date(2020, 7, 21), LAST))
def test_a_discrimination_claim_is_never_moved_later(act: date) -> None:
    found = reckon("discrimination", {"discrimination_act": act}, LONG)
    assert isinstance(found, Reckoning)
    end = months_on(act, 6)
    assert found.due == (end - timedelta(1) if end.day == act.day else end)
    assert found.safe is not None and found.safe <= found.due


@given(calendar_reach=st.dates(date(2026, 1, 1), date(2029, 12, 31)), letter=some_day)
def test_an_appeal_beyond_the_reach_is_refused_never_guessed(calendar_reach: date, letter: date) -> None:
    short = Calendar(calendar_reach, LONG.closed)
    found = reckon("appeal", {"appeal_decision": letter}, short)
    assert isinstance(found, Reckoning) == (day_by_day(letter) <= calendar_reach)
