"""The patterns of dates spoken with a day number or a month, the most telling first."""

import re

from bot.law.spoken_calendar import (
    bare_year_meaning,
    day_month_meaning,
    day_of_named_month_meaning,
    day_only_meaning,
    month_day_meaning,
    month_meaning,
    numeric_meaning,
    shared_month_meaning,
    two_days_meaning,
    two_numbers_meaning,
    weekday_and_day_meaning,
)
from bot.law.spoken_types import Form
from bot.law.spoken_words import FULL_MONTH, MONTH, ORDINAL_WORD, WEEKDAY

_YEAR = (
    r"(?:20[0-9]{2}|19[0-9]{2}|'?[1-3][0-9](?![0-9]|\s*(?:weeks?|wks?|days?|months?|mths?|hours?|hrs?|"
    r"pages?|%|st|nd|rd|th|/)))"
)
_ORDINAL = r"(?:st|nd|rd|th)"
_MONTH_UNLESS_VERB = (
    rf"(?!may\s+(?:be|not|need|have|apply|go|get|also|well|say|want|start|ask|appeal|take)\b)(?:{MONTH})"
)
_NOT_A_NUMBERED_THING = (
    r"(?<!year )(?<!yr )(?<!section )(?<!sec )(?<!reg )(?<!regulation )(?<!rule )(?<!para )(?<!part )(?<!week )"
    r"(?<!form )(?<!stage )(?<!page )(?<!class )(?<!aged )(?<!age )(?<!£)(?<!all )"
)
_WORDS_AFTER_A_DAY = (
    r"(?=\s*(?:$|[.,;:!?)\n]|-\s|–|(?:and|but|so|when|if|i|we|they|he|she|it|is|was|at|by|to|from|"
    r"that|which|who|in|now|"
    r"because|how|what|can|could|do|does|did|have|has|had|for|saying|not|then|this|my|our|the|please|"
    r"pls|plz|still|with|"
    r"after|before|about|or|council|la|u|wen|wot|on|are|will|must|no|nothing|refusing|naming|today|am|pm|sorry)\b))"
)


def _form(name: str, pattern: str, meaning: object) -> Form:
    return Form(name, re.compile(pattern, re.IGNORECASE), meaning)  # type: ignore[arg-type]


_D = r"[0-9]{1,2}"
_BEFORE_A_DAY = (
    r"(?:on|by|dated|since|from|until|till|is|was|were|its|it's|no|sorry|actually|think|meant|say|"
    r"says|and|or|arrived|came|received|got|sent|starting|around|about|for|of|,|:|=)"
)
_PREPOSITION = (
    r"(?:in|since|from|until|till|til|by|before|after|around|about|during|through|was|were|due|sent|"
    r"dated|arrived|back in|"
    r"of|for|requested|asked|applied|submitted|started|starts|school|now|its|it's|yes|no|plan|letter|meeting|review)"
)

FORMS = (
    _form("iso", r"(?<![0-9./-])(?P<y>20[0-9]{2})[-/](?P<m>[0-9]{1,2})[-/](?P<d>[0-9]{1,2})(?![0-9])", numeric_meaning),
    _form(
        "numeric",
        rf"(?<![0-9./-])(?P<d>{_D})\s?(?P<s>[/.\-])\s?(?P<m>{_D})\s?(?P=s)\s?(?P<y>[0-9]{{4}}|[0-9]{{2}})(?![0-9/])",
        numeric_meaning,
    ),
    _form(
        "shared month",
        rf"\b(?P<d>{_D}){_ORDINAL}(?=\s*(?:,|and|"
        rf"&)\s+(?:[a-z ]{{0,30}}?)(?:the\s+)?{_D}{_ORDINAL}?\s+(?:of\s+)?(?P<m>{MONTH})"
        rf"(?:\s+(?P<y>20[0-9]{{2}}))?)",
        shared_month_meaning,
    ),
    _form(
        "one of two days",
        rf"\b(?P<d>{_D}){_ORDINAL}?\s*(?:or|to|-|–|"
        rf"/)\s*(?:the\s+)?(?P<d2>{_D}){_ORDINAL}?\s+(?:of\s+)?(?P<m>{MONTH})(?:\s+(?P<y>{_YEAR}))?",
        two_days_meaning,
    ),
    _form(
        "day and month",
        rf"(?:\b(?P<w>{WEEKDAY}),?\s+(?:the\s+)?)?{_NOT_A_NUMBERED_THING}(?<![0-9/.,£])\b(?P<d>{_D})\s*{_ORDINAL}?\s*(?:of\s+|"
        r"-|/)?(?:the\s+)?"
        rf"(?P<m>{_MONTH_UNLESS_VERB})(?:,?[\s/-]*(?P<y>{_YEAR})\b|\s+(?P<r>(?:last|this|next)\s+year))?",
        day_month_meaning,
    ),
    _form(
        "day and month in words",
        rf"(?:\b(?P<w>{WEEKDAY}),?\s+(?:the\s+)?)?\b(?P<d>{ORDINAL_WORD})\s+(?:of\s+)?(?P<m>{MONTH})(?:,?\s+(?P<y>{_YEAR}))?",
        day_month_meaning,
    ),
    _form(
        "day and a month spelled in a new way",
        rf"\b(?P<d>{_D}){_ORDINAL}\s+(?:of\s+)?(?P<m>[a-z]{{5,10}})\b(?:,?\s+(?P<y>20[0-9]{{2}})\b)?",
        day_month_meaning,
    ),
    _form(
        "month and day",
        r"(?!may\s+[0-9]+\b(?!st|nd|rd|th|"
        rf",?\s+20))\b(?P<m>{MONTH})\s+(?:the\s+)?(?P<d>{_D})(?P<s>{_ORDINAL})?\b(?![/:.][0-9])"
        r"(?!\s*(?:weeks?|wks?|days?|months?|pages?|hours?|hrs?|yrs?|years?|%|"
        rf"{MONTH}))(?:,?\s+(?P<y>20[0-9]{{2}})\b)?",
        month_day_meaning,
    ),
    _form(
        "part of a month",
        r"\b(?P<p>end|late|start|beginning|begining|early|mid|middle|first\s+week|last\s+week)[\s-]+(?:of|"
        r"in|on)?\s*(?:(?P<r>last|this|next)\s+)?"
        rf"(?P<m>{MONTH})(?:,?\s+(?P<y>{_YEAR})\b)?",
        month_meaning,
    ),
    _form("month and year", rf"\b(?P<m>{MONTH}),?\s*(?:of\s+)?(?P<y>20[0-9]{{2}}|'[1-3][0-9])\b", month_meaning),
    _form("last March", rf"\b(?P<r>last|this|next)\s+(?P<m>{FULL_MONTH}|{MONTH})", month_meaning),
    _form(
        "in March",
        rf"\b{_PREPOSITION}\s+(?!may\s+(?!\b(?:and|half|this|last)\b)[a-z])(?P<m>{MONTH})(?!\s+half)",
        month_meaning,
    ),
    _form(
        "day/month",
        r"(?:(?<=^)|(?<=\s)|(?<=[(,:]))(?:(?:on|by|dated|since|from|until|is|was|its|it's|no|sorry|"
        rf"actually|think|meant|received|got|sent)\s+(?:the\s+)?|{WEEKDAY}\s+|letter\s+|certificate\s+|"
        rf"^\s*)(?P<d>{_D})/(?P<m>{_D})(?![0-9/%]|\s*(?:of|an?|days?|hours?|terms?)\b)",
        two_numbers_meaning,
    ),
    _form(
        "Friday 9th",
        rf"\b(?P<w>{WEEKDAY}),?\s+(?:the\s+)?(?P<d>[0-9]{{1,2}}{_ORDINAL})\b(?!\s+of\b)",
        weekday_and_day_meaning,
    ),
    _form(
        "day of this month",
        rf"\b(?P<d>{_D}){_ORDINAL}\s+of\s+(?P<r>last|this|the|next)\s+month\b",
        day_of_named_month_meaning,
    ),
    _form(
        "the 11th",
        rf"\b(?:the|(?:{_BEFORE_A_DAY}\s+(?:the\s+)?))\s*(?P<d>[0-9]{{1,2}}{_ORDINAL})\b{_WORDS_AFTER_A_DAY}",
        day_only_meaning,
    ),
    _form(
        "the eleventh", rf"\b(?:on|dated|since)\s+the\s+(?P<d>{ORDINAL_WORD})\b{_WORDS_AFTER_A_DAY}", day_only_meaning
    ),
    _form("in 2025", r"\b(?:in|since|back in|from|during)\s+(?P<y>20[0-9]{2})\b", bare_year_meaning),
)
