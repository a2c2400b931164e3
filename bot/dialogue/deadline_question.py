"""Is a message a question for the clock? A story that only mentions a date belongs to the knowledge answers."""

import re
from datetime import date

from bot.dialogue.deadline_reading import Told, passed, phase_transfer, read
from bot.dialogue.deadline_state import ClockState
from bot.law.spoken import find_dates

SHORT = 14  # words: such a message with a date and an event is about that date
MIDDLING = 30
LEAST_WEEKS = 5

# Plainly asks for a date or whether a date has passed.
_ASKS_DATE = re.compile(
    r"\bby\s+(?:when|what)|\bby\s+wh?en\b|(?:when|wen)\s+(?:must|do|does|is|are|will|would|should|can|exactly|have|has|did|am|was|to|for|it)\b|"
    r"\bwhat\s+(?:date|day|week)|\bwhich\s+(?:date|day)|what(?:['’]?s|\s+is|s)?\s+(?:the|my|our)\s+(?:last|deadline|latest|cut|final\s+date|due|date)|\bdeadline\b|"
    r"\blast\s+(?:day|date)|\blatest\s+(?:day|date|i|we)|\bcut\s*-?off|\bhow\s+(?:long|many\s+(?:days|weeks|months)|late|overdue|much\s+time)\b|"
    r"\b(?:is|are|am|was)\s+(?:\w+\s+){0,3}(?:late|overdue|too\s+late|in\s+time|out\s+of\s+time)\b|\btoo\s+late\b|\bin\s+time\b|\bout\s+of\s+time\b|"
    r"\bwork\s+(?:it\s+|this\s+|that\s+)?out|\bcalculate|\bcount(?:ed|ing)?\b|time\s+run|run\s+out|\bexpire|\bis\s+week\s*[0-9]+|\bweek\s*[0-9]+\s+(?:is|be|fall)|"
    r"\btimeline\b|\bmy\s+dates\b|\ball\s+the\s+dates|\bwhen[’']?s\b|\bwhens\b|\bwhen\s*\?|\bwen\s*\?|should\s+(?:i|we)\s+have\s+(?:had|got|heard)|should\s+have\s+happened|still\s+(?:have\s+)?time|\boverdue\b|\bdue\b(?!\s+to\b)",
    re.IGNORECASE,
)
# Asks whether something can still be done: the clock's business only in a short message with a date.
_ASKS_STILL = re.compile(r"\b(?:can|could|may)\s+(?:i|we)\s+(?:still\s+)?appeal|\bstill\s+appeal|\bneed\s+to\s+appeal|\bappeal\s+(?:today|now)|\bwant\s+to\s+appeal|\bmissed\b", re.IGNORECASE)
# Asks for something else; a date in such a message is part of the story.
_ASKS_ELSE = re.compile(
    r"\b(?:how|who|why|where)\s+(?:do|can|to|should|would|is|are|will|did|does)\b(?!\s+(?:long|many))|\bis\s+(?:that|this|it)\s+(?:true|right|legal|lawful|allowed|normal|ok)|\btrue\s+or\s+false|\bare\s+they\s+allowed|"
    r"\bcan\s+(?:they|the\s+(?:council|la|school))\b|\bwhat\s+(?:can|should|do|else|now)\b.{0,20}\b(?:i|we)\b|\bwhat\s+(?:form|letter|evidence|happens|is\s+the\s+next\s+step)|\bwhat\s+next\b|\bhelp\s+me\s+write|template|complain|ombudsman|compensation",
    re.IGNORECASE,
)
_WAITING = re.compile(
    r"\bnothing\b|\bno\s+(?:plan|draft|decision|reply|answer|response|news|sign|final|ehcp|letter|word|update|report|amended|paperwork)|\bnot\s+(?:heard|had|got|received)|n['’]?t\s+(?:heard|had|got|received|have|even)|"
    r"still\s+(?:no|waiting|nothing|not|dont|don|haven)|\bwaiting\b|\bsilence\b|\bpeep\b|\bcounting\b|should\s+have\s+happened|\bnowt\b|how\s+late|overdue",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"\bplan\b|ehcp?|echp|assess|draft|request|review|council|\bla\b|decision|final|appl|reassess|certificate|tribunal|appeal|mediation|letter|nothing|waiting|answer|reply|response",
    re.IGNORECASE,
)
_OTHER_WAITS = re.compile(
    r"camhs|\bot\b|salt|speech|therap|diagnos|autism\s+assess|adhd|psychologist|\bep\b|transport|taxi|hospital|school\s+place|out\s+of\s+school|not\s+in\s+school|suspen|exclu|hearing\s+date|equipment|1:1|\bta\b|provision",
    re.IGNORECASE,
)


def concerns_dates(text: str, today: date) -> bool:
    """Whether the clock should answer: a date, or weeks that have passed, with a legal step and a question of time."""
    told = read(text, ClockState(), today)
    if phase_transfer(text, today):
        return not _ASKS_ELSE.search(text) or bool(_ASKS_DATE.search(text))
    if told.span:
        return _weeks_ask(text)
    if find_dates(text, today) and (told.facts or told.doubtful or told.loose):
        return _dates_ask(text, told)
    return False


def _dates_ask(text: str, told: Told) -> bool:
    count = len(text.split())
    linked = [fact for fact in told.facts + told.doubtful if fact.trigger]
    vague = all(_is_vague(fact.said) for fact in told.facts + told.doubtful + told.loose)
    if linked and _ASKS_DATE.search(text) and not (vague and count > MIDDLING):
        return not _ASKS_ELSE.search(text) or _date_is_asked_last(text)
    if count <= MIDDLING and linked and not vague and _ASKS_STILL.search(text):
        return True
    if count > SHORT or _ASKS_ELSE.search(text) or "?" in text:
        return False
    if linked:
        return not vague or _mostly_date(text, told)
    return _mostly_date(text, told)


def _is_vague(said: str) -> bool:
    return bool(re.search(r"since|summer|spring|autumn|christmas|xmas|easter|half[\s-]+term|\byear\b|the\s+other\s+day|^(?:today|tomorrow|yesterday|tonight)$|few", said, re.IGNORECASE))


def _mostly_date(text: str, told: Told) -> bool:
    """ "3/3/26", "no, the 4th", "review was end of June": little else is said."""
    said = sum(len(fact.said.split()) for fact in told.facts + told.doubtful + told.loose)
    return len(text.split()) - said <= 4


def _date_is_asked_last(text: str) -> bool:
    """Where both are asked, the last question says what is wanted."""
    last_date = max(found.start() for found in _ASKS_DATE.finditer(text))
    return last_date > max(found.start() for found in _ASKS_ELSE.finditer(text))


def _weeks_ask(text: str) -> bool:
    span = passed(text)
    if span is None or _OTHER_WAITS.search(text):
        return False
    weeks = (span.weeks or 0) + (span.months or 0) * 4
    if weeks < LEAST_WEEKS or not _LEGAL.search(text):
        return False
    asks_else = _ASKS_ELSE.search(text) and not re.search(r"what\s+should\s+have\s+happened", text, re.IGNORECASE)
    if _ASKS_DATE.search(text):
        return not asks_else
    return len(text.split()) <= 20 and bool(_WAITING.search(text)) and not asks_else
