"""What a letter need not ask: what the clock, the case form, the message and the office's own details say already. Pure."""

from collections.abc import Mapping
from datetime import date

from bot.cases.parse_place import parse_council
from bot.dialogue.deadline_reading import read
from bot.dialogue.deadline_state import ClockState
from bot.dialogue.heard import Heard
from bot.dialogue.memory import Memory
from bot.letters.content import LetterFact, LetterKind
from bot.letters.fill import usable


def told(letter: LetterKind, heard: Heard, memory: Memory, today: date) -> dict[str, str]:
    """The letter's facts that the parent has told before, by fact id. Dates that are only about right are left out."""
    dates = dates_told(heard, memory, today)
    found = {fact.id: _told(fact, dates, heard, memory, today) for fact in letter.facts.values()}
    return {name: value for name, value in found.items() if value}


def defaults(letter: LetterKind, office: Mapping[str, str]) -> dict[str, str]:
    """The letter's facts that the office's own details give."""
    facts = (fact for fact in letter.facts.values() if fact.office)
    return {fact.id: value for fact in facts if (value := usable(fact, office.get(fact.office or "")))}


def dates_told(heard: Heard, memory: Memory, today: date) -> dict[str, str]:
    """Exact dates by trigger: the clock's, and those of the message that asks for the letter."""
    clock = ClockState.from_dict(memory.clock)
    known = {trigger: day for trigger, day in clock.facts.items() if trigger not in clock.about}
    if not heard.pressed:
        said = read(heard.text, clock, today, memory.topic).facts
        known |= {
            fact.trigger: fact.day.isoformat()
            for fact in said
            if fact.trigger and fact.day and not (fact.about or fact.doubt)
        }
    return known


def tell_clock(fact: LetterFact, value: str, memory: Memory) -> None:
    """A date told to the letter serves questions in the middle as well."""
    if fact.kind != "date" or not fact.clock:
        return
    state = ClockState.from_dict(memory.clock)
    state.learn(fact.clock[0], date.fromisoformat(value), about=False)
    state.awaiting = None
    memory.clock = state.to_dict()


def _told(fact: LetterFact, dates: Mapping[str, str], heard: Heard, memory: Memory, today: date) -> str | None:
    if fact.kind == "date":
        return _day(fact, dates, today)
    if fact.kind == "choice":
        return _option(fact, dates, memory.topic)
    named = heard.entity(fact.entity) if fact.entity else []
    said = parse_council(named[0], fact.max) if named else None
    values = memory.case_draft.get("values")
    from_case = [values.get(name) for name in fact.case] if isinstance(values, dict) else []
    return next((value for one in (said, *from_case) if (value := usable(fact, one))), None)


def _day(fact: LetterFact, dates: Mapping[str, str], today: date) -> str | None:
    """The newest of the dates that fit, for an older one belongs to an older decision."""
    days = [dates[trigger] for trigger in fact.clock if trigger in dates]
    fitting = [day for day in days if usable(fact, day) and not (fact.past and day > today.isoformat())]
    return max(fitting, default=None)


def _option(fact: LetterFact, dates: Mapping[str, str], topic: str | None) -> str | None:
    by_topic = [option.id for option in fact.options if topic in option.topics]
    by_date = [option.id for option in fact.options if any(trigger in dates for trigger in option.clock)]
    return next(iter(by_topic), by_date[0] if len(by_date) == 1 else None)
