"""When a case has waited too long to be taken: counted in the office's own hours. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.law.calendar import Calendar

OPENS, SHUTS = time(9), time(17)
HOURS_TO_TAKE = 8  # one working day
HOURS_TO_TAKE_URGENT = 2  # "At once" in knowledge/case/priority.yml
_LONDON = ZoneInfo("Europe/London")


def cutoff(now: datetime, hours: int, calendar: Calendar) -> datetime:
    """The moment since which the office has been open for so many hours: what came before it has waited too long."""
    left = timedelta(hours=hours)
    day, end = now.astimezone(_LONDON).date(), now.astimezone(_LONDON)
    for _ in range(60):  # no holiday is longer than two months
        opened, shut = _at(day, OPENS), min(_at(day, SHUTS), end)
        if calendar.is_working_day(day) and shut > opened:
            if shut - opened >= left:
                return (shut - left).astimezone(UTC)
            left -= shut - opened
        day -= timedelta(days=1)
        end = _at(day, SHUTS)
    return _at(day, OPENS).astimezone(UTC)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, _LONDON)
