"""Dates spoken with a day number or a month: "3/3/26", "3rd of March", "the 11th", "end of June"."""

import re
from datetime import date, timedelta
from re import Match

from bot.law.spoken_types import Lean, Meaning
from bot.law.spoken_words import (
    month_number,
    ordinal,
    weekday_number,
)

# Further back or ahead than this, a year is more likely a slip or a birthday than a step of a plan.
YEARS_BACK = 6
YEARS_AHEAD = 4
# Days: nearer ahead than this while the last one is nearly a year ago, both years are likely.
SOON = 60
LONG_AGO = 300


def date_or_doubt(day: int, month: int, year: int, lean: Lean, today: date) -> Meaning:
    """A full date: impossible, ahead though it is over, or far away dates are doubted."""
    try:
        found = date(year, month, day)
    except ValueError:
        return Meaning(None, doubt="impossible")
    if not today.year - YEARS_BACK <= year <= today.year + YEARS_AHEAD:
        return Meaning(found, doubt="which_year")
    return Meaning(found, doubt="future" if lean == "past" and found > today else None)


def nearest_year(day: int, month: int, lean: Lean, today: date) -> Meaning:
    """A day and month without a year: the last one, the next one, or both where either is likely."""
    years = [_day(year, month, day) for year in range(today.year - 1, today.year + 2)]
    past = max((found for found in years if found and found <= today), default=None)
    ahead = min((found for found in years if found and found > today), default=None)
    if past is None and ahead is None:
        return Meaning(None, doubt="impossible")
    if past is None or ahead is None:
        known = past or ahead
        fits = (lean == "future") == (known == ahead)
        return Meaning(known if fits else None, doubt=None if fits else "impossible")
    return _past_or_ahead(past, ahead, lean, today)


def _past_or_ahead(past: date, ahead: date, lean: Lean, today: date) -> Meaning:
    if lean == "near":
        return Meaning(min(past, ahead, key=lambda day: abs((day - today).days)))
    long_ago, soon = (today - past).days > LONG_AGO, (ahead - today).days <= SOON
    if lean == "future":
        just_over = (today - past).days <= SOON and (ahead - today).days > LONG_AGO
        return Meaning(ahead, doubt="which_year" if just_over else None, other=past if just_over else None)
    if lean == "past":
        nearly_a_year = (ahead - today).days < 35
        return Meaning(past, doubt="which_year" if nearly_a_year else None, other=ahead if nearly_a_year else None)
    if long_ago and soon:
        return Meaning(ahead, doubt="which_year", other=past)
    return Meaning(past)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def last_day(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def full_year(word: str) -> int:
    """The year that "2026", "26" or "'26" names."""
    digits = int(word.strip("' "))
    return digits if digits > 99 else 2000 + digits


def numeric_meaning(found: Match[str], today: date, lean: Lean) -> Meaning | None:
    day, month, year = int(found["d"]), int(found["m"]), full_year(found["y"])
    if month > 12 >= day:  # month first, as in America: no such day here, so ask
        return Meaning(None, doubt="impossible")
    return date_or_doubt(day, month, year, lean, today)


def two_numbers_meaning(found: Match[str], today: date, lean: Lean) -> Meaning | None:
    day, month = int(found["d"]), int(found["m"])
    if (day, month) in ((24, 7), (50, 50)) or not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    return nearest_year(day, month, lean, today)


def day_month_meaning(found: Match[str], today: date, lean: Lean) -> Meaning | None:
    month = month_number(found["m"])
    if month is None:
        return None
    day = ordinal(found["d"])
    weekday = found.groupdict().get("w")
    said_year = found.groupdict().get("y") or found.groupdict().get("r")
    if said_year:
        year = _relative_year(said_year, today) if said_year[-1].isalpha() else full_year(said_year)
        meaning = date_or_doubt(day, month, year, lean, today)
    else:
        meaning = nearest_year(day, month, lean, today)
    return _with_weekday(meaning, weekday, bool(said_year))


def _relative_year(words: str, today: date) -> int:
    return today.year + {"last": -1, "this": 0, "next": 1}[words.lower().split()[0]]


def _with_weekday(meaning: Meaning, weekday: str | None, year_given: bool) -> Meaning:
    """A weekday that does not fit the date is a reason to ask; without a year it may choose the year."""
    if weekday is None or meaning.day is None or meaning.day.weekday() == weekday_number(weekday):
        return meaning
    if not year_given and meaning.other and meaning.other.weekday() == weekday_number(weekday):
        return Meaning(meaning.other)
    return Meaning(meaning.day, doubt="ambiguous", other=meaning.other)


def two_days_meaning(found: Match[str], today: date, lean: Lean) -> Meaning | None:
    """Two days for one event, as in "3rd or 4th of March": a stretch that must be asked about."""
    month = month_number(found["m"])
    year = found["y"]
    if month is None:
        return None
    ends = [
        date_or_doubt(ordinal(found[name]), month, full_year(year), lean, today)
        if year
        else nearest_year(ordinal(found[name]), month, lean, today)
        for name in ("d", "d2")
    ]
    if ends[0].day is None or ends[1].day is None:
        return Meaning(None, doubt="impossible")
    return Meaning(min(ends[0].day, ends[1].day), max(ends[0].day, ends[1].day), "week", "ambiguous", ends[1].day)


def month_day_meaning(found: Match[str], today: date, lean: Lean) -> Meaning | None:
    meaning = day_month_meaning(found, today, lean)
    day = ordinal(found["d"])
    if meaning and day > 19 and not found["s"] and not found["y"]:  # "March 26": a day or a year?
        month = month_number(found["m"]) or 1
        return Meaning(meaning.day, doubt="ambiguous", other=date(2000 + day, month, 1))
    return meaning


def shared_month_meaning(found: Match[str], today: date, lean: Lean) -> Meaning | None:
    """The first of two days that share a month: "the 3rd and the 9th of March"."""
    return day_month_meaning(found, today, lean)


def _whole_month(year: int, month: int, part: str) -> Meaning:
    first, last = date(year, month, 1), last_day(year, month)
    if part in ("start", "beginning", "early", "first week", "begining"):
        return Meaning(first, date(year, month, 10), "month")
    if part in ("mid", "middle"):
        return Meaning(date(year, month, 11), date(year, month, 20), "month")
    if part in ("end", "late", "last week"):
        return Meaning(date(year, month, 21), last, "month")
    return Meaning(first, last, "month")


def month_meaning(found: Match[str], today: date, lean: Lean) -> Meaning | None:
    groups = found.groupdict()
    month = month_number(found["m"])
    part = re.sub(r"[\s-]+", " ", (groups.get("p") or "").lower()).strip()
    if month is None:
        return None
    if groups.get("y"):
        return _far(_whole_month(full_year(found["y"]), month, part), today, lean)
    if groups.get("r") and found["r"].lower() != "this":
        return _last_or_next(found["r"].lower(), month, part, today)
    return _month_without_year(month, part, today, "open" if groups.get("r") else lean)


def _far(meaning: Meaning, today: date, lean: Lean) -> Meaning:
    day = meaning.day or today
    if not today.year - YEARS_BACK <= day.year <= today.year + YEARS_AHEAD:
        return Meaning(day, meaning.latest, "month", "which_year")
    return Meaning(day, meaning.latest, "month", "future" if lean == "past" and day > today else None)


def _last_or_next(word: str, month: int, part: str, today: date) -> Meaning:
    """ "Last March" said in November may be this year's or last year's."""
    step = -1 if word == "last" else 1
    same = _whole_month(today.year, month, part)
    other = _whole_month(today.year + step, month, part)
    this_year_counts = (month < today.month) if word == "last" else (month > today.month)
    if this_year_counts:
        near = abs(today.month - month) <= 3
        return Meaning(same.day, same.latest, "month", None if near else "which_year", None if near else other.day)
    return other


def _month_without_year(month: int, part: str, today: date, lean: Lean) -> Meaning:
    this = _whole_month(today.year, month, part)
    if month == today.month:
        capped = min(this.latest or today, today) if lean == "past" and this.day and this.day <= today else this.latest
        return Meaning(this.day, capped, "month")
    past = _whole_month(today.year - (month > today.month), month, part)
    ahead = _whole_month(today.year + (month < today.month), month, part)
    if lean == "future":
        return ahead
    soon = (month - today.month) % 12 <= 2
    if soon and lean == "open":
        return Meaning(ahead.day, ahead.latest, "month", "which_year", past.day)
    return past


def day_of_named_month_meaning(found: Match[str], today: date, lean: Lean) -> Meaning | None:
    step = {"last": -1, "this": 0, "the": 0, "next": 1}[found["r"].lower()]
    total = today.year * 12 + today.month - 1 + step
    return date_or_doubt(ordinal(found["d"]), total % 12 + 1, total // 12, "open", today)


def day_only_meaning(found: Match[str], today: date, lean: Lean) -> Meaning | None:
    """ "The 11th": the last one that was; where it lies ahead this month, both are possible."""
    day = ordinal(found["d"])
    if not 1 <= day <= 31:
        return None
    months = [(today.year * 12 + today.month - 1 + step) for step in (-1, 0, 1)]
    before, this, after = (_day(total // 12, total % 12 + 1, day) for total in months)
    if this and this <= today:
        return Meaning(after or this) if lean == "future" else Meaning(this)
    ahead = this or after
    if lean == "future":
        return Meaning(ahead)
    return Meaning(before or ahead, doubt="ambiguous" if lean == "open" or before is None else None, other=ahead)


def weekday_and_day_meaning(found: Match[str], today: date, lean: Lean) -> Meaning | None:
    """ "Friday 9th": the last such day, or the next, whose number and weekday fit."""
    wanted, day = weekday_number(found["w"]), ordinal(found["d"])
    months = [today.year * 12 + today.month - 1 + step for step in range(-6, 7)]
    days = [_day(total // 12, total % 12 + 1, day) for total in months]
    fitting = [one for one in days if one and one.weekday() == wanted]
    past = [one for one in fitting if one <= today]
    ahead = [one for one in fitting if one > today]
    if lean == "future" and ahead:
        return Meaning(ahead[0])
    return Meaning(past[-1]) if past else Meaning(None, doubt="impossible")


def bare_year_meaning(found: Match[str], today: date, lean: Lean) -> Meaning | None:
    year = int(found["y"])
    if not today.year - YEARS_BACK <= year <= today.year + YEARS_AHEAD:
        return None
    return Meaning(date(year, 1, 1), date(year, 12, 31), "vague")
