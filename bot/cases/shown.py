"""A field's stored value in the words a parent and a caseworker read. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.cases.fields import choices, fields
from bot.cases.parse_child import NURSERY, RECEPTION
from bot.cases.parse_contact import shown_phone
from bot.law.clocks import triggers
from bot.law.content import RECEIVED
from bot.law.reckoning import in_words


def shown(name: str, value: Any) -> str:
    """The words for the value of one field."""
    field = fields().get(name)
    if field is not None and field.kind == "choice":
        found = choices(field.choices).get(str(value))
        return found.title if found else str(value)
    if name == "child":
        return shown_child(value)
    if name == "phone":
        return shown_phone(str(value))
    if name == "dates":
        return "; ".join(
            f"{event_label(trigger)}: {in_words(date.fromisoformat(day))}" for trigger, day in value.items()
        )
    return str(value)


def shown_child(value: Mapping[str, int]) -> str:
    """ "Year 5, 9 years old"."""
    parts = []
    if "year" in value:
        parts.append({NURSERY: "Nursery", RECEPTION: "Reception"}.get(value["year"], f"Year {value['year']}"))
    if "age" in value:
        parts.append("1 year old" if value["age"] == 1 else f"{value['age']} years old")
    return ", ".join(parts)


def event_label(trigger: str) -> str:
    """What an event is called: "The council said no to an assessment"."""
    known = triggers()
    if trigger in known:
        return known[trigger].label
    bare = trigger.removesuffix(RECEIVED)
    return f"{known[bare].label} (the day it came)" if bare in known else trigger
