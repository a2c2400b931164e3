"""Fills a letter from facts: works out its dates, keeps what fits, marks what is not known. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from dateutil.relativedelta import relativedelta

from bot.cases.parse_words import clean, one_line
from bot.law.calendar import BeyondReach, Calendar
from bot.law.clocks import lateness, reckon
from bot.law.reckoning import Reckoning
from bot.letters.content import LetterDate, LetterFact, LetterKind, Line, When
from bot.letters.templates import names_in, render

PartKind = Literal["sender", "date", "to", "subject", "heading", "text", "item", "close"]
_ITEM_MARK = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+")


@dataclass(frozen=True)
class Part:
    """One line, heading, paragraph or list item of a finished letter."""

    kind: PartKind
    text: str


@dataclass(frozen=True)
class FilledLetter:
    """A letter in full.

    missing: labels of the facts that are not known. blanks: the marks that stand for them, `[like this]`.
    tips: what the sender should do. due: the days worked out, by their id in the letter.
    """

    id: str
    title: str
    parts: tuple[Part, ...]
    missing: tuple[str, ...]
    blanks: tuple[str, ...]
    tips: tuple[str, ...]
    due: Mapping[str, date]

    @property
    def paragraphs(self) -> list[str]:
        """The letter as plain paragraphs, to read and to copy."""
        return [f"- {part.text}" if part.kind == "item" else part.text for part in self.parts]


@dataclass(frozen=True)
class Shown:
    """A worked-out day as templates see it: "12 April 2027", "7 weeks and 2 days late", "12 days left"."""

    day: str
    late: str
    left: str


def fill(letter: LetterKind, facts: Mapping[str, str], today: date, calendar: Calendar) -> FilledLetter:
    """The letter with its facts, dates and law.

    Args:
        letter: one of `bot.letters.library.letters()`.
        facts: values by fact id: dates in ISO form, choices by option id, all else as text. What cannot be used counts as not known.
        today: the day of the letter; late and left are counted from it.
        calendar: the working days.
    """
    given = {fact.id: value for fact in letter.facts.values() if (value := usable(fact, facts.get(fact.id)))}
    days = {one.id: found for one in letter.dates if (found := worked_out(one, given, today, calendar))}
    states = states_of(letter, given, days, today)
    values = {**_shown_facts(letter, given), **_shown_dates(letter, days, today), "today": in_letter(today)}
    writer = _Writer(values, states)
    parts = tuple(_parts(letter, writer, today))
    unknown = [fact for fact in letter.facts.values() if fact.id in writer.used and fact.id not in given]
    unworked = [one.blank for one in letter.dates if one.id in writer.used and one.id not in days]
    tips = tuple(part.text for part in writer.write(letter.tips, "text"))
    marks = tuple(dict.fromkeys([*(fact.blank for fact in unknown), *unworked]))
    return FilledLetter(letter.id, letter.title, parts, tuple(fact.label for fact in unknown), marks, tips, days)


def needed(letter: LetterKind, facts: Mapping[str, str], today: date, calendar: Calendar) -> list[LetterFact]:
    """The facts that are of use in this letter as far as it is known, in the order in which they are asked."""
    given = {fact.id: value for fact in letter.facts.values() if (value := usable(fact, facts.get(fact.id)))}
    days = {one.id: found for one in letter.dates if (found := worked_out(one, given, today, calendar))}
    states = states_of(letter, given, days, today)
    return [fact for fact in letter.facts.values() if holds(fact.when, states)]


def usable(fact: LetterFact, value: object) -> str | None:
    """A value as the letter takes it, or None where it cannot be used."""
    if not isinstance(value, str):
        return None
    if fact.kind == "date":
        return value if _day(value) else None
    if fact.kind == "choice":
        return value if fact.option(value) else None
    cleaned = clean(value, fact.max) if fact.kind == "text" and fact.max > SHORT_TEXT else one_line(value, fact.max)
    return cleaned or None


SHORT_TEXT = 200  # characters: a text this short is one line of a letter


def worked_out(one: LetterDate, given: Mapping[str, str], today: date, calendar: Calendar) -> date | None:
    """The day that a letter's date stands for; None where it cannot be told."""
    try:
        if one.working_days is not None:
            return _after(today, one.working_days, calendar)
        if one.months is not None:
            raw = today + relativedelta(months=one.months)
            return raw if calendar.is_working_day(raw) else calendar.next_working_day(raw)
    except BeyondReach:
        return None
    starts = {trigger: today if fact == "today" else _day(given.get(fact)) for trigger, fact in one.start}
    known = {trigger: day for trigger, day in starts.items() if day}
    found = reckon(one.limit or "", known, calendar) if known else None
    return found.due if isinstance(found, Reckoning) else None


def states_of(
    letter: LetterKind, given: Mapping[str, str], days: Mapping[str, date], today: date
) -> dict[str, set[str]]:
    """What holds of each fact and date: given, blank or the option; known, unknown, late or ahead."""
    states = {fact.id: {"given", given[fact.id]} if fact.id in given else {"blank"} for fact in letter.facts.values()}
    for one in letter.dates:
        day = days.get(one.id)
        states[one.id] = {"known", "late" if day < today else "ahead"} if day else {"unknown"}
    return states


def holds(when: When, states: Mapping[str, set[str]]) -> bool:
    """Whether every condition holds."""
    return all(states.get(name, set()) & set(wanted) for name, wanted in when)


def in_letter(day: date) -> str:
    """A date as a letter writes it: "23 November 2026"."""
    return f"{day.day} {day:%B} {day.year}"


def shown(fact: LetterFact, value: str) -> str:
    """A value as it stands in the letter."""
    if fact.kind == "date":
        day = date.fromisoformat(value)
        return f"{day:%B} {day.year}" if fact.month else in_letter(day)
    option = fact.option(value) if fact.kind == "choice" else None
    return option.text if option else value


class _Writer:
    """Writes lines whose conditions hold, and notes which facts and dates they named."""

    def __init__(self, values: Mapping[str, Any], states: Mapping[str, set[str]]):
        self._values = values
        self._states = states
        self.used: set[str] = set()

    def write(self, lines: Iterable[Line], kind: PartKind) -> list[Part]:
        return [part for line in lines if holds(line.when, self._states) for part in self._line(line, kind)]

    def one(self, template: str) -> str:
        """One template in one line."""
        self.used |= names_in(template)
        return " ".join(render(template, self._values).split())

    def _line(self, line: Line, kind: PartKind) -> Iterable[Part]:
        for template in line.templates:
            self.used |= names_in(template)
            for written in render(template, self._values).split("\n"):
                text = written.strip()
                if line.kind == "items":
                    text = _ITEM_MARK.sub("", text)
                if text:
                    yield Part("item" if line.kind == "items" else "heading" if line.kind == "heading" else kind, text)


def _parts(letter: LetterKind, writer: _Writer, today: date) -> Iterable[Part]:
    frame = letter.frame
    yield from writer.write(frame.sender, "sender")
    yield Part("date", in_letter(today))
    yield from writer.write(letter.to, "to")
    yield from writer.write(frame.reference, "text")
    yield Part("text", frame.greeting)
    yield Part("subject", writer.one(letter.subject))
    yield from writer.write(letter.paragraphs, "text")
    yield from writer.write(frame.close, "close")
    enclosed = writer.write(letter.enclose, "item")
    if enclosed:
        yield Part("heading", frame.enclosed)
        yield from enclosed


def _shown_facts(letter: LetterKind, given: Mapping[str, str]) -> dict[str, str]:
    return {fact.id: shown(fact, given[fact.id]) if fact.id in given else fact.blank for fact in letter.facts.values()}


def _shown_dates(letter: LetterKind, days: Mapping[str, date], today: date) -> dict[str, Shown]:
    return {one.id: _shown_date(one, days.get(one.id), today) for one in letter.dates}


def _shown_date(one: LetterDate, day: date | None, today: date) -> Shown:
    if day is None:
        return Shown(one.blank, one.blank, one.blank)
    words = lateness(day, today).words
    return Shown(in_letter(day), words, words)


def _after(day: date, count: int, calendar: Calendar) -> date:
    for _ in range(count):
        day = calendar.next_working_day(day)
    return day


def _day(value: str | None) -> date | None:
    try:
        found = date.fromisoformat(value) if value else None
    except ValueError:
        return None
    return found if found and found.isoformat() == value and found < date.max - timedelta(days=366 * 5) else None
