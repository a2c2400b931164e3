"""Dates spoken from today or from the year's feasts: "last Tuesday", "3 weeks ago", "since Easter"."""

import re
from datetime import date, timedelta
from re import Match

from dateutil.easter import easter
from dateutil.relativedelta import relativedelta

from bot.law.spoken_calendar import last_day, nearest_year
from bot.law.spoken_types import Form, Lean, Meaning
from bot.law.spoken_words import COUNT, WEEKDAY, number, weekday_number

LONGEST_AGO_YEARS = 6


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weekday(found: Match[str], today: date, lean: Lean) -> Meaning | None:
    wanted = weekday_number(found["w"])
    word = (found.groupdict().get("r") or "").lower()
    back = (today.weekday() - wanted) % 7
    before = today - timedelta(days=back or 7)
    after = today + timedelta(days=(wanted - today.weekday()) % 7 or 7)
    if word in ("last", "this last", "this past"):
        return _last_weekday(before, today)
    if word == "next":
        same_week = _monday(after) == _monday(today)
        return Meaning(after, doubt="ambiguous" if same_week else None, other=after + timedelta(days=7))
    if word in ("this", "this coming", "coming"):
        return Meaning(_monday(today) + timedelta(days=wanted) if word == "this" else after)
    if back == 0:
        return Meaning(today, doubt="ambiguous", other=before)
    if lean == "open":
        return Meaning(before, doubt="ambiguous", other=after)
    return Meaning(after if lean == "future" else before)


def _last_weekday(before: date, today: date) -> Meaning:
    """ "Last Tuesday" said on a Friday may be three or ten days ago."""
    this_week = _monday(before) == _monday(today)
    return Meaning(
        before, doubt="ambiguous" if this_week else None, other=before - timedelta(days=7) if this_week else None
    )


def _weekday_gone(found: Match[str], today: date, lean: Lean) -> Meaning | None:
    wanted = weekday_number(found["w"])
    before = today - timedelta(days=(today.weekday() - wanted) % 7 or 7)
    return Meaning(before)


def _weekday_of_week(found: Match[str], today: date, lean: Lean) -> Meaning | None:
    words = re.sub(r"\s+", " ", found["r"].lower())
    step = {"last": -1, "this": 0, "next": 1, "before": -2, "after": 2}[
        "before" if "before" in words else "after" if "after" in words else words.split()[0]
    ]
    return Meaning(_monday(today) + timedelta(days=weekday_number(found["w"]) + 7 * step))


def _week_on(found: Match[str], today: date, lean: Lean) -> Meaning | None:
    """ "A week on Friday" is the Friday after the coming one; "a week last Friday" a week before the last."""
    wanted = weekday_number(found["w"])
    weeks = number(found.groupdict().get("n") or "a")
    if (found.groupdict().get("r") or "").lower() == "last":
        return Meaning(today - timedelta(days=((today.weekday() - wanted) % 7 or 7) + 7 * weeks))
    return Meaning(today + timedelta(days=((wanted - today.weekday()) % 7 or 7) + 7 * weeks))


def _near(found: Match[str], today: date, lean: Lean) -> Meaning | None:
    words = re.sub(r"\s+", " ", found[0].lower())
    if "before yesterday" in words:
        return Meaning(today - timedelta(days=2))
    if "after tomorrow" in words:
        return Meaning(today + timedelta(days=2))
    if words in ("the other day", "few days ago", "a few days ago", "couple days back"):
        return Meaning(today - timedelta(days=7), today - timedelta(days=2), "vague")
    if words.startswith(("yest", "last night")):
        return Meaning(today - timedelta(days=1))
    if words.startswith("tom"):
        return Meaning(today + timedelta(days=1))
    return Meaning(today)


def _ago(found: Match[str], today: date, lean: Lean) -> Meaning | None:
    count, unit = number(found["n"]), found["u"].lower()
    day = _moved(today, -count, unit)
    if day is None or (today - day).days > LONGEST_AGO_YEARS * 366:
        return None
    if found.groupdict().get("x"):  # "two weeks ago today"
        return Meaning(day)
    precision = "day" if unit.startswith("day") else "week" if unit[0] in "wf" else "month"
    return Meaning(day, precision=precision)  # type: ignore[arg-type]


def _few_ago(found: Match[str], today: date, lean: Lean) -> Meaning | None:
    unit = found["u"].lower()
    early, late = _moved(today, -6, unit), _moved(today, -2, unit)
    return Meaning(early, late, "vague") if early else None


def _ahead(found: Match[str], today: date, lean: Lean) -> Meaning | None:
    unit = found["u"].lower()
    day = _moved(today, number(found["n"]), unit)
    if day is None or (day - today).days > 1500:
        return None
    exact = unit.startswith("day") or "today" in found[0].lower()
    return Meaning(day, precision="day" if exact else "week" if unit[0] in "wf" else "month")


def _moved(day: date, count: int, unit: str) -> date | None:
    try:
        if unit[0] == "d":
            return day + timedelta(days=count)
        if unit[0] == "w":
            return day + timedelta(weeks=count)
        if unit[0] == "f":
            return day + timedelta(weeks=2 * count)
        return day + (relativedelta(months=count) if unit[0] == "m" else relativedelta(years=count))
    except (OverflowError, ValueError):
        return None


def _stretch(found: Match[str], today: date, lean: Lean) -> Meaning | None:
    """Last, this or next week, month or year."""
    step = {"last": -1, "past": -1, "this": 0, "next": 1}[found["r"].lower()]
    part = (found.groupdict().get("p") or "").lower()
    unit = found["u"].lower()
    if unit == "week":
        monday = _monday(today) + timedelta(weeks=step)
        return _part(monday, monday + timedelta(days=6), part, "week")
    if unit == "month":
        first = today.replace(day=1) + relativedelta(months=step)
        return _part(first, last_day(first.year, first.month), part, "month")
    return _part(date(today.year + step, 1, 1), date(today.year + step, 12, 31), part, "vague")


def _part(first: date, last: date, part: str, precision: str) -> Meaning:
    third = (last - first).days // 3
    if part in ("start", "beginning", "early"):
        last = first + timedelta(days=third)
    elif part in ("end", "late"):
        first = last - timedelta(days=third)
    elif part in ("mid", "middle"):
        first, last = first + timedelta(days=third), last - timedelta(days=third)
    return Meaning(first, last, precision)  # type: ignore[arg-type]


# --- feasts and terms: (month, day) where they are fixed, else reckoned from Easter or told as a stretch ---
_FIXED = {
    "boxing day": (12, 26), "christmas day": (12, 25), "xmas day": (12, 25), "christmas eve": (12, 24),
    "xmas eve": (12, 24), "new years day": (1, 1), "new year's day": (1, 1), "new years eve": (12, 31),
    "new year's eve": (12, 31), "halloween": (10, 31), "bonfire night": (11, 5), "guy fawkes": (11, 5),
}  # fmt: skip
_FROM_EASTER = {"good friday": -2, "easter sunday": 0, "easter monday": 1, "easter day": 0}
# First and last day as (month, day); schools differ by some days, so these are always told as "about".
_TERMS = {
    "february half term": ((2, 12), (2, 23)), "feb half term": ((2, 12), (2, 23)),
    "may half term": ((5, 22), (6, 3)), "october half term": ((10, 19), (11, 1)), "oct half term": ((10, 19), (11, 1)),
    "summer holidays": ((7, 20), (9, 4)), "summer holiday": ((7, 20), (9, 4)), "summer break": ((7, 20), (9, 4)),
    "summer term": ((4, 12), (7, 25)), "autumn term": ((9, 1), (12, 20)), "spring term": ((1, 3), (4, 5)),
    "summer hols": ((7, 20), (9, 4)), "summer": ((6, 1), (8, 31)), "spring": ((3, 1), (5, 31)),
    "autumn": ((9, 1), (11, 30)), "new year": ((1, 1), (1, 7)), "christmas holidays": ((12, 18), (1, 6)),
    "christmas": ((12, 20), (1, 3)), "xmas": ((12, 20), (1, 3)), "crimbo": ((12, 20), (1, 3)),
    "start of term": ((9, 1), (9, 8)), "beginning of term": ((9, 1), (9, 8)), "start of the school year": ((9, 1), (9, 8)),
}  # fmt: skip
_HALF_TERMS = ("february half term", "may half term", "october half term")


def _feast(found: Match[str], today: date, lean: Lean) -> Meaning | None:
    words = re.sub(r"[\s-]+", " ", found["f"].lower()).replace("’", "'")
    words = words.replace("the start", "start")
    if words in _FIXED:
        month, day = _FIXED[words]
        return nearest_year(day, month, lean, today)
    if words in _FROM_EASTER or words.startswith("easter"):
        return _easter(words, today, lean)
    if words in ("half term", "the half term"):
        return _around(found["b"], _last_of([_term(name, today, lean) for name in _HALF_TERMS], lean))
    return _around(found["b"], _term(words, today, lean))


def _easter(words: str, today: date, lean: Lean) -> Meaning:
    days = [easter(year) for year in (today.year - 1, today.year, today.year + 1)]
    if words in _FROM_EASTER:
        days = [day + timedelta(days=_FROM_EASTER[words]) for day in days]
        return Meaning(_chosen(days, today, lean))
    wide = 9 if "hol" in words or "break" in words else 2
    sunday = _chosen(days, today, lean)
    return Meaning(sunday - timedelta(days=wide), sunday + timedelta(days=1 if wide == 2 else 8), "vague")


def _chosen(days: list[date], today: date, lean: Lean) -> date:
    ahead = [day for day in days if day > today]
    past = [day for day in days if day <= today]
    return min(ahead) if lean == "future" and ahead else max(past)


def _term(name: str, today: date, lean: Lean) -> Meaning:
    (m1, d1), (m2, d2) = _TERMS[name]
    starts = [date(year, m1, d1) for year in (today.year - 1, today.year, today.year + 1)]
    start = _chosen(starts, today, lean)
    end = date(start.year + (m2 < m1), m2, d2)
    return Meaning(start, end, "vague")


def _last_of(meanings: list[Meaning], lean: Lean) -> Meaning:
    pick = min if lean == "future" else max
    return pick(meanings, key=lambda meaning: meaning.day or date.min)


def _around(word: str | None, meaning: Meaning) -> Meaning:
    """ "Before Christmas" is some weeks before; the stretch is told as it is otherwise."""
    if meaning.day and word and word.lower().split()[-1] == "before":
        return Meaning(meaning.day - timedelta(days=28), meaning.day, "vague")
    return meaning


def _form(name: str, pattern: str, meaning: object) -> Form:
    return Form(name, re.compile(pattern, re.IGNORECASE), meaning)  # type: ignore[arg-type]


_UNIT = r"(?:days?|weeks?|wks?|fortnights?|months?|mths?|mnths?|years?|yrs?)"
_HEDGE = r"(?:(?:about|around|over|nearly|almost|roughly|approx|at least|more than|just over)\s+)?"
_FEAST = "|".join(
    re.escape(word).replace(r"\ ", r"[\s-]+").replace("'", "['’]")
    for word in sorted(
        (
            set(_FIXED)
            | set(_FROM_EASTER)
            | set(_TERMS)
            | {"half term", "easter holidays", "easter break", "easter hols", "easter"}
        )
        - {"spring", "autumn", "summer"},
        key=len,
        reverse=True,
    )
)
_WHEN = (
    r"(?:in|over|since|before|after|around|during|at|by|until|till|last|this|next|back in|just before|"
    r"just after|from|on|due)"
)

FORMS = (
    _form("boxing day", rf"\b(?:(?:(?:the\s+)?{WEEKDAY}\s+)?(?P<b>{_WHEN})\s+)?(?:the\s+)?(?P<f>{_FEAST})\b", _feast),
    _form(
        "a week on Friday",
        rf"\b(?:a|(?P<n>{COUNT}))\s+weeks?\s+(?:(?P<r>last|on|this|next)\s+)(?P<w>{WEEKDAY})",
        _week_on,
    ),
    _form("Friday week", rf"\b(?P<w>{WEEKDAY})\s+week\b", _week_on),
    _form(
        "Tuesday of last week",
        rf"\b(?P<w>{WEEKDAY})\s+(?:of\s+)?(?P<r>(?:the\s+)?(?:last|this|next)\s+week|"
        r"(?:the\s+)?week\s+(?:before|after)(?:\s+(?:last|next))?)\b",
        _weekday_of_week,
    ),
    _form(
        "Tuesday just gone",
        rf"\b(?:this\s+)?(?P<w>{WEEKDAY})\s+(?:just\s+gone|gone|past|just\s+past|just\s+passed)\b",
        _weekday_gone,
    ),
    _form(
        "last Tuesday",
        rf"\b(?P<r>this\s+last|this\s+past|this\s+coming|last|next|this|coming)\s+(?P<w>{WEEKDAY})",
        _weekday,
    ),
    _form(
        "on Tuesday",
        rf"\b(?:(?:on|since|from|by|until|till)\s+(?P<w>{WEEKDAY})(?!\s+(?:the\s+)?[0-9]))",
        _weekday,
    ),
    _form(
        "Tuesday",
        r"(?<!\ba )(?<!every )(?<!each )(?<!other )(?<!any )(?<!\bno )\b(?P<w>(?:mon|tues|wednes|thurs|"
        r"fri|satur|sun)day|teusday|tuseday|wensday|wednsday|wendsday|thrusday|firday|"
        r"saterday)\b(?!\s+(?:the\s+)?[0-9])",
        _weekday,
    ),
    _form("few weeks ago", rf"\b(?:a\s+)?(?:few|several)\s+(?P<u>{_UNIT})\s+(?:ago|back)\b", _few_ago),
    _form(
        "3 weeks ago",
        rf"\b{_HEDGE}(?P<n>{COUNT})\s*\+?\s*(?P<u>{_UNIT})\s+(?:ago|back)\b(?P<x>\s+(?:today|to\s+the\s+day))?",
        _ago,
    ),
    _form(
        "in 2 weeks' time",
        rf"\b(?:in\s+)?{_HEDGE}(?P<n>{COUNT})\s+(?P<u>{_UNIT})(?:['’]s?)?\s+(?:time\b|from\s+(?:now|today)\b|today\b)",
        _ahead,
    ),
    _form(
        "yesterday",
        r"\b(?:the\s+)?(?:day\s+before\s+yesterday|day\s+after\s+tomorrow|yest[ea]rday|last\s+night|today|"
        r"2day|tonight|tomorrow|tomoz|tmrw|2moro|"
        r"this\s+(?:morning|afternoon|evening)|the\s+other\s+day)\b",
        _near,
    ),
    _form(
        "last week",
        r"\b(?:(?P<p>end|late|start|beginning|early|mid|middle)\s+(?:of\s+)?)?(?P<r>last|this|next|"
        r"past)\s+(?P<u>week|month|year)\b(?!['’]?s\b|\s+(?:[0-9]+|six|five)\b)",
        _stretch,
    ),
    _form(
        "in the summer", rf"\b(?P<b>{_WHEN})\s+(?:the\s+)?(?P<f>spring|summer|autumn)\b(?!\s+(?:born|term|hol))", _feast
    ),
)
