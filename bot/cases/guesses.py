"""Facts a parent has already told, offered for confirmation instead of asked again. Pure."""

from datetime import date
from typing import Any

from bot.cases.clock import all_late, deadlines
from bot.cases.draft import Draft
from bot.cases.fields import choices, fields
from bot.cases.parse_child import parse_child
from bot.cases.parse_place import parse_council, parse_postcode
from bot.cases.reading import facts_in
from bot.cases.step import FormSetting
from bot.dialogue.deadline_state import ClockState
from bot.dialogue.memory import Memory
from bot.law.clocks import limits

_BY_TEXT = (
    "dates",
    "child",
    "postcode",
    "relation",
)  # what a story may hold; names and contacts in it may be another's


def from_before(memory: Memory, setting: FormSetting) -> dict[str, Any]:
    """What the conversation has told so far: the clock's dates, places and ages said, what the talk was about."""
    found = dates_told(memory)
    for label, said in setting.earlier:
        found |= _entity(label, said)
    return found


def dates_told(memory: Memory) -> dict[str, Any]:
    """The dates that the clock was told, also in a question in the middle of the form."""
    dates = dict(ClockState.from_dict(memory.clock).facts)
    return {"dates": dates} if dates else {}


def from_text(text: str, setting: FormSetting) -> dict[str, Any]:
    """What a story holds besides itself."""
    facts = facts_in(text, setting.today)
    return {name: facts[name] for name in _BY_TEXT if name in facts}


def derived(draft: Draft, today: date) -> dict[str, Any]:
    """Where things stand and what went wrong, from the dates and from what the talk was about."""
    dates = {**draft.guesses.get("dates", {}), **draft.values.get("dates", {})}
    stage = draft.values.get("stage") or _stage(dates, draft.topic)
    found = {"stage": stage, "issue": _issue(stage, dates, today) or _by_topic("issues", draft.topic)}
    return {name: value for name, value in found.items() if value}


def fresh(draft: Draft, found: dict[str, Any]) -> dict[str, Any]:
    """The guesses that are new: not answered, skipped or refused."""
    closed = {*draft.skipped, *draft.refused}
    kept = {
        name: value for name, value in found.items() if name in fields() and not draft.has(name) and name not in closed
    }
    if "dates" in found and draft.has("dates") and "dates" not in closed:
        new = {trigger: day for trigger, day in found["dates"].items() if trigger not in draft.values["dates"]}
        kept |= {"dates": new} if new else {}
    return kept


def _entity(label: str, said: str) -> dict[str, Any]:
    if label in ("SCHOOL_YEAR", "AGE"):
        child = parse_child(said, asked=label == "AGE").value
        return {"child": child} if child else {}
    if label == "POSTCODE":
        postcode = parse_postcode(said)
        return {"postcode": postcode} if postcode else {}
    if label == "COUNCIL":
        council = parse_council(said, fields()["council"].max)
        return {"council": council} if council else {}
    return {}


def _stage(dates: dict[str, str], topic: str | None) -> str | None:
    """The stage that the newest date shows, else the one that the last answer was about."""
    by_trigger = {trigger: choice.id for choice in choices("stages").values() for trigger in choice.triggers}
    known = [(day, by_trigger[trigger]) for trigger, day in dates.items() if trigger in by_trigger]
    return max(known)[1] if known else _by_topic("stages", topic)


def _issue(stage: str | None, dates: dict[str, str], today: date) -> str | None:
    """What went wrong, where the stage alone says it or a limit was missed: of several the last, so that a plan that is
    due makes the wait for a plan the matter, not the decision that came before it."""
    by_stage = next((choice.id for choice in choices("issues").values() if stage and stage in choice.stages), None)
    if by_stage:
        return by_stage
    missed = [one for one in all_late(deadlines(dates, today)) if not limits()[one.limit].conditional]
    return next((choice for one in missed if (choice := _issue_of(one.limit))), None)


def _issue_of(limit: str) -> str | None:
    return next((choice.id for choice in choices("issues").values() if limit in choice.limits), None)


def _by_topic(file: str, topic: str | None) -> str | None:
    return next((choice.id for choice in choices(file).values() if topic and topic in choice.topics), None)
