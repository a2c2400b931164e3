"""The statutory clock: `reckon` a limit from dates, with its working, and say how late a day is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.knowledge.words import say
from bot.law.calendar import BeyondReach, Calendar
from bot.law.content import RECEIVED, Limit, limit_faults, limits, triggers
from bot.law.reckoning import Confidence, Reading, Reckoning, Refusal, in_words
from bot.law.working import Worked, work

__all__ = ["Lateness", "complete", "lateness", "limit_faults", "limits", "reckon", "triggers"]

TWO_WEEKS = 14


def reckon(limit_id: str, facts: Mapping[str, date], calendar: Calendar) -> Reckoning | Refusal:
    """The last day of one limit, or why none is given.

    Args:
        limit_id: a limit of knowledge/limits/.
        facts: dates by trigger id; `<trigger>_received` is the day a letter came where that differs.
        calendar: the working days (`bot.law.calendar.calendar()`).

    Raises:
        ValueError: for a limit or a fact that is not declared in knowledge/limits/.
    """
    limit = _known_limit(limit_id)
    try:
        return _reckon(limit, complete(facts), calendar)
    except BeyondReach as beyond:
        return Refusal(limit.id, say("clock", "refuse_reach", day=in_words(beyond.reach)))


def _reckon(limit: Limit, known: dict[str, date], calendar: Calendar) -> Reckoning | Refusal:
    worked = work(limit, known, calendar)
    if isinstance(worked, Refusal):
        return worked
    sent = {name: day for name, day in known.items() if name in triggers()}
    received = {name: known[name + RECEIVED] for name in worked.triggers if name + RECEIVED in known}
    received = {name: day for name, day in received.items() if day != sent[name]}
    if not received:
        return _reckoning(limit, worked, calendar, ())
    return _two_readings(limit, worked, sent, received, calendar)


def complete(facts: Mapping[str, date]) -> dict[str, date]:
    """The facts with what they imply: a final plan is also a decision that can be appealed, and a plan made.

    Where several events mean the same thing the newest counts.

    Raises:
        ValueError: for a fact that is no trigger of knowledge/limits/triggers.yml.
    """
    for name in facts:
        if name.removesuffix(RECEIVED) not in triggers() and name not in triggers():
            raise ValueError(f"facts: '{name[:60]}' is no trigger; mend: name one of knowledge/limits/triggers.yml.")
    known = dict(facts)
    for trigger in triggers().values():
        for meant in trigger.means:
            _imply(known, trigger.id, meant)
    return known


def _imply(known: dict[str, date], name: str, meant: str) -> None:
    """Lets one event stand for another, with the day it came, unless a newer one already does."""
    if name in known and known.get(meant, date.min) <= known[name]:
        known[meant] = known[name]
        known.pop(meant + RECEIVED, None)
    if known.get(meant) == known.get(name) and name + RECEIVED in known:
        known[meant + RECEIVED] = known[name + RECEIVED]


def _known_limit(limit_id: str) -> Limit:
    if limit_id not in limits():
        raise ValueError(f"limit: '{limit_id[:60]}' is unknown; mend: name one of knowledge/limits/.")
    return limits()[limit_id]


def _two_readings(
    limit: Limit, worked: Worked, sent: dict[str, date], received: dict[str, date], calendar: Calendar
) -> Reckoning | Refusal:
    """Both readings where the day of sending and the day of arrival are known; the earliest is due."""
    for name, day in received.items():
        if day < sent[name]:
            return Refusal(limit.id, say("clock", "refuse_order", question=triggers()[name].question))
    other = work(limit, {**sent, **received}, calendar)
    if isinstance(other, Refusal):
        return other
    if other.due == worked.due:
        return _reckoning(limit, worked, calendar, ())
    name = next(iter(received))
    readings = (
        Reading(say("clock", "reading_sent", start=in_words(sent[name])), worked.due),
        Reading(say("clock", "reading_received", start=in_words(received[name])), other.due),
    )
    return _reckoning(limit, min(worked, other, key=lambda one: one.due), calendar, readings)


def _reckoning(limit: Limit, worked: Worked, calendar: Calendar, readings: tuple[Reading, ...]) -> Reckoning:
    confidence: Confidence = limit.confidence if worked.sure and not readings else "medium"
    uncertain = (say("clock", "step_readings", end=in_words(worked.due)),) if readings else ()
    return Reckoning(
        limit=limit.id,
        label=limit.label,
        whose=limit.whose,
        due=worked.due,
        by_time=limit.by_time,
        safe=_safe(limit, worked, calendar),
        steps=worked.steps + uncertain,
        provision=limit.provision,
        confidence=confidence,
        could_change=_could_change(limit, worked),
        readings=readings,
        strict=worked.strict,
    )


def _could_change(limit: Limit, worked: Worked) -> tuple[str, ...]:
    """What was assumed comes first, then what holds for the limit whatever the dates."""
    warnings = [worked.warning] if worked.warning else []
    return (*warnings, *(say("clock", f"could_{note}") for note in (*worked.notes, *limit.could_change)))


def _safe(limit: Limit, worked: Worked, calendar: Calendar) -> date | None:
    """The day to aim for: counted back from the strictest reading of the last day."""
    if limit.safe_days is None:
        return None
    return calendar.working_days_before(worked.strict or worked.due, limit.safe_days)


@dataclass(frozen=True)
class Lateness:
    """How a day lies to today: `weeks` and `days` (0 to 6) past it when `late`, else until it."""

    late: bool
    weeks: int
    days: int

    @property
    def total_days(self) -> int:
        """All days, late or left."""
        return self.weeks * 7 + self.days

    @property
    def words(self) -> str:
        """ "7 weeks and 2 days late", "12 days left" or "due today"."""
        if self.total_days == 0:
            return say("clock", "today")
        span = _span(self.weeks, self.days) if self.late or self.total_days >= TWO_WEEKS else _span(0, self.total_days)
        return say("clock", "late" if self.late else "left", span=span)


def lateness(due: date, today: date) -> Lateness:
    """How many weeks and days a day is past, or how many are left."""
    weeks, days = divmod(abs((today - due).days), 7)
    return Lateness(late=today > due, weeks=weeks, days=days)


def _span(weeks: int, days: int) -> str:
    in_weeks = say("clock", "one_week") if weeks == 1 else say("clock", "weeks", count=weeks)
    in_days = say("clock", "one_day") if days == 1 else say("clock", "days", count=days)
    if weeks and days:
        return say("clock", "spans", weeks=in_weeks, days=in_days)
    return in_weeks if weeks else in_days
