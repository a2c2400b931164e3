"""The legal limits that follow from a case's dates: what is due, what is late, on which provision. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from bot.law.calendar import calendar
from bot.law.clocks import lateness, limits, reckon
from bot.law.reckoning import Reckoning, in_words
from bot.law.timeline import timeline

TRANSFERS = frozenset({"phase_transfer", "phase_transfer_post16", "phase_transfer_college"})


@dataclass(frozen=True)
class Deadline:
    """One limit: `days` are left until `due`, below nought when it is past. `status` as in bot.blocks.TimelineRow."""

    limit: str
    label: str
    whose: str
    due: date
    days: int
    status: str
    provision: str
    working: tuple[str, ...]
    confidence: str

    @property
    def open(self) -> bool:
        """Whether it has not been met."""
        return self.status != "done"

    @property
    def words(self) -> str:
        """ "Final plan: Monday 12 April 2027 (12 days left)"."""
        return f"{self.label}: {in_words(self.due)} ({lateness(self.due, self._today).words})"

    @property
    def _today(self) -> date:
        return date.fromordinal(self.due.toordinal() - self.days)


def deadlines(dates: Mapping[str, str], today: date) -> list[Deadline]:
    """All limits that the dates start, by their last day.

    Args:
        dates: ISO dates by trigger of knowledge/limits/triggers.yml.
    """
    facts = {trigger: date.fromisoformat(day) for trigger, day in dates.items()}
    if not facts:
        return []
    found = []
    for row in timeline(facts, today, calendar()):
        limit = _by_label().get(row["label"])
        if limit is None or not row["provision"]:
            continue
        reckoning = reckon(limit, facts, calendar())
        if isinstance(reckoning, Reckoning):
            found.append(_deadline(reckoning, row["status"], today))
    return found


def _deadline(reckoning: Reckoning, status: str, today: date) -> Deadline:
    return Deadline(
        limit=reckoning.limit,
        label=reckoning.label,
        whose=reckoning.whose,
        due=reckoning.due,
        days=(reckoning.due - today).days,
        status=status,
        provision=reckoning.provision,
        working=reckoning.steps,
        confidence=reckoning.confidence,
    )


@cache
def _by_label() -> dict[str, str]:
    return {limit.label: limit.id for limit in limits().values()}


def own_next(found: list[Deadline]) -> Deadline | None:
    """The parent's own next last day."""
    ahead = [one for one in found if one.whose == "parent" and one.open and one.days >= 0]
    return min(ahead, key=lambda one: one.due, default=None)


def own_late(found: list[Deadline]) -> Deadline | None:
    """The parent's own last day that passed most lately."""
    past = [one for one in found if one.whose == "parent" and one.open and one.days < 0]
    return max(past, key=lambda one: one.due, default=None)


def council_late(found: list[Deadline]) -> Deadline | None:
    """What the council, the school or another body is the longest late with."""
    past = [one for one in found if one.whose != "parent" and one.open and one.days < 0]
    return min(past, key=lambda one: one.due, default=None)


def all_late(found: list[Deadline]) -> list[Deadline]:
    """What the council, the school or another body is late with, the last to fall due first."""
    past = [one for one in found if one.whose != "parent" and one.open and one.days < 0]
    return sorted(past, key=lambda one: one.due, reverse=True)


def transfer_next(found: list[Deadline]) -> Deadline | None:
    """The day by which the next school must be named, if it is still to come."""
    ahead = [one for one in found if one.limit in TRANSFERS and one.open and one.days >= 0]
    return min(ahead, key=lambda one: one.due, default=None)


def next_due(found: list[Deadline]) -> date | None:
    """The next legal date that is still to come, whoever must keep it; else the oldest that was missed."""
    ahead = [one.due for one in found if one.open and one.days >= 0]
    missed = [one.due for one in found if one.open]
    return min(ahead, default=min(missed, default=None))
