"""What the clock took to be so, said aloud: guessed starts, rough dates, the day a letter came."""

import re
from datetime import date

from bot.dialogue.deadline_reading import LETTERS_OF_DECISION
from bot.dialogue.deadline_told import Told
from bot.knowledge.words import say
from bot.law.calendar import calendar
from bot.law.clocks import reckon
from bot.law.reckoning import Reckoning, in_words
from bot.law.spoken import SpanMention

FILE = "deadline"
_YEAR_SAID = re.compile(r"20[0-9]{2}|[/.-][0-9]{1,2}[/.-][0-9]{2}|'[0-9]{2}")


def told_notes(told: Told, first: Reckoning, today: date) -> list[str]:
    """What was taken to be so: guessed starts, rough dates, the day a letter came."""
    if told.span and told.facts[0].day:
        key = "assumed_weeks" if told.guessed else "assumed_since"
        return [say(FILE, key, span=_length(told.span), day=in_words(told.facts[0].day))]
    notes = [
        note for fact in told.facts if (note := _rough(fact.trigger, fact.day, fact.arrived, fact.about, fact.latest))
    ]
    if told.hypothetical and told.facts and told.facts[0].day:
        notes += _other_year(told, first, today)
    return notes[:1]


def _rough(trigger: str | None, day: date | None, came: bool, about: bool, latest: date | None) -> str:
    if day is None or trigger is None:
        return ""
    if trigger.startswith("transfer_"):
        return say(FILE, "school_year", month=f"{day:%B} {day.year}")
    if came or (about and trigger in LETTERS_OF_DECISION):
        return say(FILE, "about_letter", day=in_words(day))
    return say(FILE, "about_range" if latest else "about", day=in_words(day)) if about else ""


def _length(span: SpanMention) -> str:
    count, unit = next((n, u) for n, u in ((span.weeks, "week"), (span.months, "month"), (span.days, "day")) if n)
    return f"{count} {unit}{'' if count == 1 else 's'}"


def _other_year(told: Told, first: Reckoning, today: date) -> list[str]:
    """ "If they got it on 5 January": this year or next? Both are told."""
    fact = told.facts[0]
    if fact.day is None or fact.about or fact.day <= today or _YEAR_SAID.search(fact.said):
        return []
    try:
        other = fact.day.replace(year=fact.day.year - 1)
    except ValueError:
        return []
    found = reckon(first.limit, {fact.trigger or "": other}, calendar())
    return (
        [say(FILE, "both_years", other=in_words(other), due=in_words(found.due))]
        if isinstance(found, Reckoning)
        else []
    )
