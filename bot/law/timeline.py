"""A parent's own timeline: what has happened, what is due, what is late, and the next deadline among them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from bot.blocks import TimelineRow
from bot.knowledge.words import say
from bot.law.calendar import Calendar
from bot.law.clocks import complete, lateness, limits, reckon, triggers
from bot.law.content import BASE, Limit, read_calendar
from bot.law.reckoning import Reckoning, Refusal, in_words

Status = Literal["done", "due", "overdue", "later"]


@dataclass(frozen=True)
class Step:
    """One limit in a parent's story: `done` is the day it was met, None while it is open."""

    limit: Limit
    reckoning: Reckoning
    done: date | None


def timeline(facts: Mapping[str, date], today: date, calendar: Calendar) -> list[TimelineRow]:
    """All steps that can be dated from the facts, in date order; events come before limits of the same day.

    Args:
        facts: dates by trigger id, as for `bot.law.clocks.reckon`.
        today: the day from which late and left are counted.
        calendar: the working days.
    """
    steps = [step for step in _steps(facts, today, calendar) if not _passed_by(step, facts, today)]
    upcoming = min((step.reckoning.due for step in steps if _upcoming(step, today)), default=None)
    rows = _event_rows(facts, today) + [_limit_row(step, today, upcoming) for step in steps]
    return sorted(rows, key=lambda row: row["date"] or "")


def next_deadline(facts: Mapping[str, date], today: date, calendar: Calendar) -> Reckoning | None:
    """The deadline to speak of first: the parent's own next one, one that can still be met late, then the council's."""
    steps = [step for step in _steps(facts, today, calendar) if step.done is None]
    named = {step.limit.id for step in steps}
    own = [s for s in steps if s.limit.whose == "parent" and s.limit.leads_to not in named]
    others = [s for s in steps if s.limit.whose != "parent"]
    recent = today - timedelta(days=int(read_calendar()["late_matters_days"]))
    late = [s for s in own if s.limit.can_be_late and s.reckoning.due >= recent and not _passed_by(s, facts, today)]
    for choice in (
        _first(step for step in own if _upcoming(step, today)),
        _last(step for step in late if not _upcoming(step, today)),
        _first(step for step in others if _upcoming(step, today)),
        _last(others),
    ):
        if choice is not None:
            return choice.reckoning
    return None


def _steps(facts: Mapping[str, date], today: date, calendar: Calendar) -> list[Step]:
    """Every limit that the facts start and nothing has made pointless."""
    known = complete(facts)
    steps = []
    for limit in limits().values():
        reckoning = reckon(limit.id, facts, calendar)
        started = _started(limit, known)
        if isinstance(reckoning, Refusal) or started is None or _met(limit.moot_if, started, known, today):
            continue
        done = _met(limit.done_by, started, known, today)
        if done is not None or reckoning.due >= today or not limit.conditional:
            steps.append(Step(limit, reckoning, done))
    return steps


def _started(limit: Limit, known: Mapping[str, date]) -> date | None:
    """The earliest event that the limit runs from."""
    names = [name for count in limit.counts for name in (count.start, count.otherwise) if name]
    days = [known[name] for name in names if name in known]
    for name in names:
        if name.startswith(BASE):
            day = _started(limits()[name.removeprefix(BASE)], known)
            days += [day] if day else []
    return min(days, default=None)


def _met(events: Iterable[str], started: date, known: Mapping[str, date], today: date) -> date | None:
    """The first day on which one of these events happened after the limit started."""
    return min((known[name] for name in events if name in known and started <= known[name] <= today), default=None)


def _passed_by(step: Step, facts: Mapping[str, date], today: date) -> bool:
    """Whether a parent's unused limit belongs to an older chapter: something else happened after it passed."""
    if step.done is not None or step.limit.whose != "parent":
        return False
    return any(step.reckoning.due < day <= today for day in facts.values())


def _upcoming(step: Step, today: date) -> bool:
    return step.done is None and step.reckoning.due >= today


def _first(steps: Iterable[Step]) -> Step | None:
    return min(steps, key=lambda step: step.reckoning.due, default=None)


def _last(steps: Iterable[Step]) -> Step | None:
    return max(steps, key=lambda step: step.reckoning.due, default=None)


def _event_rows(facts: Mapping[str, date], today: date) -> list[TimelineRow]:
    events = [(triggers()[name], day) for name, day in facts.items() if name in triggers()]
    return [
        _row(trigger.label, day, "done" if day <= today else "later", "", "")
        for trigger, day in events
        if trigger.event
    ]


def _limit_row(step: Step, today: date, upcoming: date | None) -> TimelineRow:
    due = step.reckoning.due
    return _row(step.limit.label, due, _status(step, today, upcoming), _detail(step, today), step.limit.provision)


def _row(label: str, day: date, status: Status, detail: str, provision: str) -> TimelineRow:
    return {"label": label, "date": day.isoformat(), "status": status, "detail": detail, "provision": provision}


def _status(step: Step, today: date, upcoming: date | None) -> Status:
    due = step.reckoning.due
    if step.done is not None:
        return "done"
    if due < today:
        return "overdue"
    soon = today + timedelta(days=int(read_calendar()["due_within_days"]))
    return "due" if due == upcoming or due <= soon else "later"


def _detail(step: Step, today: date) -> str:
    """How late or how long to go; for an open step of the parent's own also the day to aim for."""
    due, safe = step.reckoning.due, step.reckoning.safe
    if step.done is not None:
        if step.done <= due:
            return say("clock", "done_on", day=in_words(step.done))
        return say("clock", "done_late", day=in_words(step.done), lateness=lateness(due, step.done).words)
    words = lateness(due, today).words
    detail = f"{words[0].upper()}{words[1:]}."
    if safe is None or due < today or safe == due:
        return detail
    return f"{detail} {say('clock', 'aim_by' if safe >= today else 'aim_passed', day=in_words(safe))}"
