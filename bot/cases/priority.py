"""How urgent a case is: by the rules of knowledge/case/priority.yml, from the legal clock and safeguarding. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.cases.clock import Deadline, council_late, own_late, own_next, transfer_next
from bot.cases.fields import load
from bot.law.reckoning import in_words


@dataclass(frozen=True)
class Told:
    """What priority looks at."""

    deadlines: list[Deadline]
    safeguarding: bool
    stage: str | None
    issue: str | None
    hurts: str | None


@dataclass(frozen=True)
class Priority:
    """The level (0 is read first), its name, and every reason, the weightiest first."""

    level: int
    name: str
    reasons: tuple[str, ...]


def priority(told: Told) -> Priority:
    """The level of the weightiest rule that holds, with the reasons of all that hold."""
    table = load("priority")
    held = [(rule, found) for rule in table["rules"] if (found := _holds(rule["when"], told)) is not None]
    level = min(rule["level"] for rule, _ in held)
    return Priority(level, table["levels"][level], _reasons(held, level))


def _reasons(held: list[tuple[dict[str, Any], tuple[Deadline, ...]]], level: int) -> tuple[str, ...]:
    """One reason for each deadline: "late" says nothing more where "very late" was said."""
    reasons: list[str] = []
    named: set[str] = set()
    for rule, found in sorted(held, key=lambda pair: pair[0]["level"]):
        if (found and all(one.limit in named for one in found)) or (not rule["when"] and level != rule["level"]):
            continue
        named |= {one.limit for one in found}
        reasons.append(_filled(rule["reason"], found))
    return tuple(reasons)


def _filled(reason: str, found: tuple[Deadline, ...]) -> str:
    if not found:
        return reason
    return reason.replace("{label}", found[0].label).replace("{due}", in_words(found[0].due))


def _holds(when: Mapping[str, Any], told: Told) -> tuple[Deadline, ...] | None:
    """The deadlines by which all conditions hold (none for conditions without one); None where one fails."""
    found: list[Deadline] = []
    for name, wanted in when.items():
        outcome = _CONDITIONS[name](told, wanted)
        if outcome is False or outcome is None:
            return None
        if isinstance(outcome, Deadline):
            found.append(outcome)
    return tuple(found)


def _within(found: Deadline | None, days: int) -> Deadline | None:
    return found if found is not None and abs(found.days) <= days else None


def _at_least(found: Deadline | None, days: int) -> Deadline | None:
    return found if found is not None and -found.days >= days else None


_CONDITIONS: dict[str, Callable[[Told, Any], Deadline | bool | None]] = {
    "safeguarding": lambda told, wanted: told.safeguarding is wanted,
    "own_days_left": lambda told, days: _within(own_next(told.deadlines), days),
    "own_days_late": lambda told, days: _within(own_late(told.deadlines), days),
    "council_days_late": lambda told, days: _at_least(council_late(told.deadlines), days),
    "transfer_days_left": lambda told, days: _within(transfer_next(told.deadlines), days),
    "issue": lambda told, ids: told.issue in ids,
    "stage": lambda told, ids: told.stage in ids,
    "hurts": lambda told, ids: told.hurts in ids,
}
