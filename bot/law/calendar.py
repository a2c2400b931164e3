"""Working days in England and Wales: bank holidays, the days that rule 12(3) leaves out, and how far they are known."""

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

import holidays
from dateutil.relativedelta import relativedelta

from bot.law.content import read_calendar

ONE_DAY = timedelta(days=1)
SATURDAY = 5


class BeyondReach(Exception):
    """A working day was asked for that lies beyond the official list of bank holidays."""

    def __init__(self, day: date, reach: date):
        super().__init__(f"{day} lies beyond {reach}; mend: update knowledge/limits/calendar.yml.")
        self.day = day
        self.reach = reach


@dataclass(frozen=True)
class Closed:
    """A stretch of days each year that may span the year's end: (month, day) of its first and last day."""

    name: str
    first: tuple[int, int]
    last: tuple[int, int]

    def end(self, day: date) -> date | None:
        """The last day of the stretch that holds this day, or None where the day lies outside."""
        here = (day.month, day.day)
        if self.first <= self.last:
            return date(day.year, *self.last) if self.first <= here <= self.last else None
        if here >= self.first:
            return date(day.year + 1, *self.last)
        return date(day.year, *self.last) if here <= self.last else None


@lru_cache(maxsize=1)
def _bank_holidays() -> Container[date]:
    """England's bank holidays; the library works out a year when a day of it is first asked for."""
    days: Container[date] = holidays.country_holidays("GB", subdiv="ENG")
    return days


@dataclass(frozen=True)
class Calendar:
    """Working days up to `reach`, the last day for which bank holidays are known; `closed` are rule 12(3)'s days."""

    reach: date
    closed: tuple[Closed, ...]
    bank_holidays: Container[date] = field(default_factory=_bank_holidays, repr=False, compare=False)

    def is_working_day(self, day: date) -> bool:
        """Whether it is neither a weekend nor a bank holiday, Christmas Day or Good Friday.

        Raises:
            BeyondReach: when the day lies beyond `reach`.
        """
        if day > self.reach:
            raise BeyondReach(day, self.reach)
        return day.weekday() < SATURDAY and day not in self.bank_holidays

    def next_working_day(self, day: date) -> date:
        """The first working day after this day."""
        day += ONE_DAY
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def working_days_before(self, day: date, count: int) -> date:
        """The working day that lies this many working days before; 0 gives the last one on or before the day."""
        if count == 0:
            return day if self.is_working_day(day) else self.working_days_before(day, 1)
        while count:
            day -= ONE_DAY
            count -= self.is_working_day(day)
        return day

    def closed_on(self, day: date) -> tuple[Closed, date] | None:
        """The closed stretch that holds this day and the stretch's last day, or None."""
        for stretch in self.closed:
            end = stretch.end(day)
            if end is not None:
                return stretch, end
        return None

    def months_left(self, today: date) -> int:
        """Whole months from today until the list of bank holidays ends; 0 or less when it has ended."""
        span = relativedelta(self.reach, today)
        return span.years * 12 + span.months


@lru_cache(maxsize=1)
def calendar() -> Calendar:
    """The calendar of knowledge/limits/calendar.yml.

    Raises:
        ContentError: when that file has faults.
    """
    data = read_calendar()
    stretches = (Closed(one["name"], _month_day(one["from"]), _month_day(one["to"])) for one in data["closed"])
    return Calendar(date.fromisoformat(data["reach"]), tuple(stretches))


def warn_months() -> int:
    """Readiness warns when fewer whole months than this are left of the calendar."""
    return int(read_calendar()["warn_months"])


def _month_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)
