"""Reads the answer to one question of a letter. Pure; whatever is typed, it never raises."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.cases.fields import Choice
from bot.cases.parse_words import clean, one_line, parse_choice, parse_name, parse_text, payload_like
from bot.law.reckoning import in_words
from bot.law.spoken import DateMention, find_dates
from bot.letters.content import LetterFact
from bot.letters.fill import SHORT_TEXT
from bot.letters.library import commands

_YEAR = re.compile(r"\b(20[2-4]\d)\b")
_SEPTEMBER = 9  # when a year alone is said of a move
_LEAD_IN = re.compile(
    r"^\s*(?:(?:he|she|they|my\s+\w+)\s+(?:goes|go|attends?|is|are)\s+(?:to|at)\s+|(?:it\s+is|it's|its|it\s+was|that's|this\s+is)\s+(?:called\s+)?)",
    re.IGNORECASE,
)
_LEAST_SIGNS = 2


@dataclass(frozen=True)
class Answer:
    """A value for the letter; or `problem`, the text to say (knowledge/words/letters.yml) with its `values`.

    maybe: the day that a yes would make the answer.
    """

    value: str | None = None
    problem: str = ""
    values: tuple[tuple[str, Any], ...] = ()
    maybe: str | None = None


def read_answer(fact: LetterFact, text: str, today: date, tries: int = 0) -> Answer:
    """What a message says in answer to the question for a fact.

    Args:
        fact: the fact that was asked for.
        text: what the person typed.
        today: the day from which "yesterday" is counted.
        tries: how often the question failed before; a name that looks odd is taken the second time.
    """
    if fact.kind == "date":
        return _date(fact, text, today)
    if fact.kind == "choice":
        found = parse_choice(text, [Choice(option.id, option.title, option.words) for option in fact.options])
        return Answer(found) if found else Answer(problem="retry_choice")
    return _name(fact, text, tries) if fact.kind == "name" else _text(fact, text)


def _name(fact: LetterFact, text: str, tries: int) -> Answer:
    refused = commands()["not_a_name"]
    found = parse_name(text, fact.max, refused)
    if found is None and tries and _words_enough(text) and one_line(text, fact.max).lower() not in refused:
        found = one_line(text, fact.max)
    return Answer(found) if found else Answer(problem="retry_name")


def _text(fact: LetterFact, text: str) -> Answer:
    if fact.max > SHORT_TEXT:
        found = parse_text(text, fact.max)
    else:
        bare = _LEAD_IN.sub("", one_line(text, fact.max), count=1).strip()
        found = bare if _words_enough(bare) else None
    return Answer(found) if found else Answer(problem="retry_text")


def _words_enough(text: str) -> bool:
    return not payload_like(text) and sum(sign.isalnum() for sign in clean(text, 400)) >= _LEAST_SIGNS


# --- dates ---
def _date(fact: LetterFact, text: str, today: date) -> Answer:
    mention = next(iter(find_dates(text, today)), None)
    if mention is None:
        year = _YEAR.search(text) if fact.month else None
        return (
            Answer(f"{year[1]}-{_SEPTEMBER:02}-01")
            if year
            else Answer(problem="retry_month" if fact.month else "retry_date")
        )
    if mention.day is None:
        return Answer(problem="retry_impossible", values=(("said", one_line(mention.text, 40)),))
    if fact.month:
        return Answer(mention.day.replace(day=1).isoformat())
    return _exact(fact, mention, mention.day, today)


def _exact(fact: LetterFact, mention: DateMention, day: date, today: date) -> Answer:
    both = [one for one in (day, mention.other) if one is not None]
    if fact.past and len(both) > 1:
        both = [one for one in both if one <= today] or both
    if mention.precision != "day":
        return Answer(problem="retry_exact")
    if len(both) > 1 or (mention.doubt == "which_year" and mention.other is None):
        return Answer(problem="retry_which", values=(("day", in_words(both[0])),), maybe=both[0].isoformat())
    if fact.past and both[0] > today:
        return Answer(problem="retry_future", values=(("day", in_words(both[0])),))
    return Answer(both[0].isoformat())
