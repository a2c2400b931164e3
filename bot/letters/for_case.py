"""What a letter of the office takes from a case: its facts, its dates, the office's own details. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.letters.content import LetterKind
from bot.letters.fill import usable
from bot.letters.known import defaults

_IN_SUMMARY = {"council": ("council",), "effect": ("happened",), "school": ("child", "school")}


def facts_of(
    letter: LetterKind,
    summary: Mapping[str, Any],
    contact: Mapping[str, Any],
    dates: Mapping[str, date],
    office: Mapping[str, str],
    reference: str,
) -> dict[str, str]:
    """The facts that are known, by id; each may be changed before the letter is made.

    Args:
        dates: the case's key dates by trigger.
        office: the lines of knowledge/office.yml.
        reference: the case's own.
    """
    found = defaults(letter, office)
    for fact in letter.facts.values():
        day = next((dates[trigger] for trigger in fact.clock if trigger in dates), None)
        if fact.kind == "date" and day:
            found[fact.id] = day.isoformat()
        suggested = next((option.id for option in fact.options if set(option.clock) & set(dates)), None)
        if suggested:
            found[fact.id] = suggested
        value = next((known for name in (*fact.case, fact.id) if (known := _said(name, summary, contact))), None)
        if value and (known := usable(fact, value)):
            found[fact.id] = known
    return {**found, "case_reference": reference} if "case_reference" in letter.facts else found


def _said(name: str, summary: Mapping[str, Any], contact: Mapping[str, Any]) -> str | None:
    fact: Any = contact.get(name)
    if fact is None:
        fact = summary
        for step in _IN_SUMMARY.get(name, (name,)):
            fact = fact.get(step) if isinstance(fact, Mapping) else None
    value = fact.get("value") if isinstance(fact, Mapping) else None
    return value if isinstance(value, str) and value != "not-said" else None
