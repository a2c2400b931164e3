"""Counts time as the law counts it: corresponding dates, day 1, working days, closed days, and rolling. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from bot.law.calendar import ONE_DAY, SATURDAY, Calendar
from bot.law.content import Count


@dataclass(frozen=True)
class Counted:
    """Where one count ends. `month_end`: the corresponding day does not exist, so the month's last day was taken."""

    end: date
    month_end: bool = False


@dataclass(frozen=True)
class Roll:
    """One move to a later day; `why` is weekend, holiday, or the name of a closed stretch."""

    why: str
    day: date


def count_from(start: date, count: Count, calendar: Calendar) -> Counted:
    """The day on which one count ends.

    Raises:
        BeyondReach: when it needs working days that are not known yet.
        OverflowError, ValueError: when it ends after the year 9999.
    """
    if count.fixed is not None:
        return Counted(_fixed(start, count.fixed))
    if count.unit == "months":
        return _months(start, -count.length if count.before else count.length, count.day_one)
    if count.unit == "working_days":
        return Counted(_working_days(start, count, calendar))
    days = count.length * (7 if count.unit == "weeks" else 1) - count.day_one
    return Counted(start + timedelta(days=-days if count.before else days))


def _fixed(start: date, fixed: str) -> date:
    """A day of the start's own year; `same_day` is the start itself."""
    if fixed == "same_day":
        return start
    month, day = fixed.split("-")
    return date(start.year, int(month), int(day))


def _months(start: date, months: int, day_one: bool) -> Counted:
    """The corresponding date; with `day_one` the day before it, unless the month's last day stands in for it."""
    end = start + relativedelta(months=months)
    if end.day != start.day:
        return Counted(end, month_end=True)
    return Counted(end - ONE_DAY if day_one else end)


def _working_days(start: date, count: Count, calendar: Calendar) -> date:
    step = -ONE_DAY if count.before else ONE_DAY
    day = start - step if count.day_one else start
    left = count.length
    while left:
        day += step
        left_out = count.leaves_out_closed and calendar.closed_on(day) is not None
        left -= calendar.is_working_day(day) and not left_out
    return day


def rolled(end: date, rolls: str, calendar: Calendar) -> list[Roll]:
    """The moves from the day a time ends to the last day in time; none where the day stands.

    Args:
        end: the day on which the count ends.
        rolls: none; working_day (rule 12(2)); appeal (rule 12(2) and (3)(a): never on a closed day).

    Raises:
        BeyondReach: when the day lies beyond the calendar.
    """
    moves: list[Roll] = []
    while rolls != "none":
        day = moves[-1].day if moves else end
        move = _next_move(day, rolls, calendar)
        if move is None:
            break
        moves.append(move)
    return moves


def _next_move(day: date, rolls: str, calendar: Calendar) -> Roll | None:
    closed = calendar.closed_on(day) if rolls == "appeal" else None
    if closed is not None:
        stretch, last = closed
        return Roll(stretch.name, calendar.next_working_day(last))
    if calendar.is_working_day(day):
        return None
    return Roll("weekend" if day.weekday() >= SATURDAY else "holiday", calendar.next_working_day(day))
