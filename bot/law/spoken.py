"""Understands dates in words as parents in England write them: day before month, and only where a date is meant.

`find_dates` tries the forms of spoken_calendar and spoken_relative, the most telling first, and never reads the
same words twice. "Year 6", "section 19", "15 days", "SEND35", "aged 7" or "£6,000" fit no form. What can be read in
two ways, lies ahead though it is over, or cannot be, comes back with a doubt: never silently wrong.
"""

import re
from dataclasses import replace
from datetime import date
from functools import lru_cache

from bot.law import spoken_calendar_forms, spoken_relative
from bot.law.spoken_types import DateMention, Form, Lean, Meaning, SpanMention
from bot.law.spoken_words import COUNT, number

__all__ = ["DateMention", "SpanMention", "find_dates", "find_spans"]

LONGEST_TEXT = 4000  # characters read; the office accepts no longer message (bot/limits.py)
_FORMS: tuple[Form, ...] = spoken_calendar_forms.FORMS + spoken_relative.FORMS


def find_dates(text: str, today: date) -> list[DateMention]:
    """The dates of a text in the order they stand; relative ones are reckoned from `today`."""
    return list(_dates(text[:LONGEST_TEXT], today))


@lru_cache(maxsize=8)  # one turn asks for the dates of its message several times
def _dates(text: str, today: date) -> tuple[DateMention, ...]:
    taken: list[tuple[int, int]] = []
    mentions = []
    for form in _FORMS:
        for found in form.pattern.finditer(text):
            if any(start < found.end() and found.start() < end for start, end in taken):
                continue
            meaning = form.meaning(found, today, _lean(text, found.start(), found.end()))
            if meaning is not None:
                taken.append((found.start(), found.end()))
                mentions.append(_mention(text, found.start(), found.end(), meaning))
    return tuple(sorted(mentions, key=lambda mention: mention.start))


def _mention(text: str, start: int, end: int, meaning: Meaning) -> DateMention:
    words = text[start:end].strip(" ,:=\n\t")
    return DateMention(start, end, words, meaning.day, meaning.latest, meaning.precision, meaning.doubt, meaning.other)


# --- does the sentence speak of what was, or of what will be? The nearest word decides. ---
_PAST = re.compile(
    r"\b(?:dated|date on|got|gotten|received|recieved|sent|came|come|arrived|was|were|went|had|did|"
    r"since|requested|asked|"
    r"applied|refused|issued|finalised|finalized|moved|met|held|posted|submitted|emailed|e-mailed|"
    r"told|said|says|decided|agreed|wrote|"
    r"letter|heard|started|rejected|turned down|landed|lodged|excluded|suspended|certificate|signed|been|served|ended|"
    r"made|ordered|last|refusal|handed|put in|mediated|closed|did)\b",
    re.IGNORECASE,
)
_FUTURE = re.compile(
    r"\b(?:next|will|going to|coming|booked|is due|due on|is on|is at|is in|are on|is set for|starts|starting|upcoming|"
    r"transfers?|moving|planned|scheduled|arranged for|hearing|hav(?:e|ing) (?:a|the|our|"
    r"my) (?:annual )?(?:review|meeting)|meeting is|review is)\b",
    re.IGNORECASE,
)
_HYPOTHETICAL = re.compile(r"\b(?:if|suppose|say|assume|assuming|imagine|were to)\b", re.IGNORECASE)


# "On 2 November, when will they answer": the question says nothing about the date before it.
_QUESTION_STARTS = re.compile(r"[.!?;\n]|\b(?:when|wen|how\s+long|by\s+wh|wh?at\s+date|what\s+day)", re.IGNORECASE)


def _lean(text: str, start: int, end: int) -> Lean:
    before = re.split(r"[.!?;\n]", text[max(0, start - 60) : end])[-1]
    stopped = text[end - 1 : end] == "."  # "28 Sep." may end its sentence
    after = "" if stopped else _QUESTION_STARTS.split(text[end : end + 25])[0]
    if _HYPOTHETICAL.search(before):
        return "near"
    past = _distance(_PAST, before, after)
    future = _distance(_FUTURE, before, after)
    if past == future:
        return "open"
    return "past" if past < future else "future"


def _distance(cue: re.Pattern[str], before: str, after: str) -> int:
    nearest = [len(before) - found.end() for found in cue.finditer(before)]
    nearest += [found.start() + 8 for found in cue.finditer(after)]  # what stands before counts for more
    return min(nearest, default=1000)


# --- lengths of time ---
_SPAN = re.compile(
    rf"(?<![0-9.,/£])\b(?P<n>{COUNT}|half\s+a)(?:\s+and\s+a\s+half|\.5|½)?\s*\+?[\s-]*"
    r"(?P<w>working\s+|school\s+|calendar\s+|full\s+|whole\s+|long\s+)?"
    r"(?P<u>weeks?|wks?|weaks?|days?|months?|mths?|mnths?|fortnights?|years?|yrs?)\b(?P<old>\s*(?:old|"
    r"group)\b|-old)?(?P<ago>\s+(?:ago|back)\b)?",
    re.IGNORECASE,
)
_WEEK_N = re.compile(rf"\b(?:week|wk)\s*(?P<n>[0-9]{{1,3}}|{COUNT})\b(?!\s*(?:days?|weeks?))", re.IGNORECASE)


def find_spans(text: str) -> list[SpanMention]:
    """The lengths of time of a text, such as "23 weeks", "3 months" or "week 27", in the order they stand."""
    text = text[:LONGEST_TEXT]
    spans = [span for found in _SPAN.finditer(text) if (span := _span(found)) is not None]
    for found in _WEEK_N.finditer(text):
        if found["n"].isdigit() or found["n"].lower() not in ("a", "an"):
            spans.append(SpanMention(found.start(), found.end(), found[0], weeks=number(found["n"]), ordinal=True))
    return sorted(spans, key=lambda span: span.start)


def _span(found: "re.Match[str]") -> SpanMention | None:
    if found["old"]:
        return None
    half = found["n"].lower().startswith("half")
    count, unit = (0 if half else number(found["n"])), found["u"].lower()[0]
    sizes = {"w": ("weeks", 1), "f": ("weeks", 2), "d": ("days", 1), "m": ("months", 1), "y": ("months", 12)}
    name, size = sizes[unit]
    if half:
        count, size = (1, 6) if unit == "y" else (0, 1)
    if count == 0:
        return None
    span = SpanMention(found.start(), found.end(), found[0], ago=bool(found["ago"]))
    return replace(span, **{name: count * size})  # type: ignore[arg-type]
