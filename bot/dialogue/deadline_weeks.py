"""Weeks that have passed, told without a date: "it's been 23 weeks and nothing"."""

import re
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from bot.law.spoken import SpanMention, find_spans

_PASSED_BEFORE = re.compile(
    r"(?:been|waited|waiting|now|at|over|past|nearly|almost|for|on|in|reached|already|about|yet|"
    r"its|it['’]s|we['’]re|are|ehcp|request|and)\s*$|^\s*(?:\W*(?:so|after|hi|hello|hey|help)\W*)?$",
    re.IGNORECASE,
)
SINCE = re.compile(r"^\W*(?:now\s+)?(?:since|after|from|on\s+from|later|past)\b", re.IGNORECASE)
_PASSED_AFTER = re.compile(
    r"^\W*(?:now\b|and\b|later\b|since\b|gone\b|passed\b|in\b|with\b|still\b|no\b|nothing\b|waiting\b|"
    r"of\s+waiting|without\b|after\b|counting|already\b|from\b|$)",
    re.IGNORECASE,
)
_A_LIMIT = re.compile(
    r"^\W*(?:deadline|limit|rule|time|timescale|timeline|late\b|overdue|over\b|early|old|"
    r"to\s+(?:reply|appeal|decide|respond|answer|go)|process|clock|more|letter|to\s+wait)",
    re.IGNORECASE,
)
_OWED = re.compile(
    r"nothing|\bno\b|not|n['’]?t\b|still|wait|silence|yet|where|should\s+have|overdue|late|how\s+long|"
    r"what\s+now|peep|without|since|after",
    re.IGNORECASE,
)


LONGEST_WEEKS = 120  # longer stories are no longer one clock


def passed(text: str) -> SpanMention | None:
    """The length of time that has gone by, where a message tells of one; not "the 20 week limit" or "6 weeks late"."""
    gone = []
    for span in find_spans(text):
        owed = _OWED.search(text) or (span.ordinal and re.search(r"\bnow\b", text, re.IGNORECASE))
        if span.ago or _A_LIMIT.match(text[span.end :]) or span.days is not None or not owed:
            continue
        before = text[max(0, span.start - 25) : span.start]
        if span.ordinal and re.search(r"\b(?:when|wen|by|in|is|until|after|of)\s+(?:is\s+)?$", before, re.IGNORECASE):
            continue
        if span.ordinal or (_PASSED_BEFORE.search(before) or _PASSED_AFTER.match(text[span.end :])):
            gone.append(span)
    return max(gone, key=lambda span: (span.weeks or 0) + 4 * (span.months or 0), default=None)


def back(today: date, span: SpanMention) -> date | None:
    if (span.weeks or 0) > LONGEST_WEEKS or (span.months or 0) > LONGEST_WEEKS // 4:
        return None
    if span.months:
        return today - relativedelta(months=span.months)
    return today - timedelta(weeks=span.weeks or 0, days=span.days or 0)
