"""Works one limit out for one set of facts: which counts apply, which decides, how it rolls, and the words for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.knowledge.words import say
from bot.law.calendar import BeyondReach, Calendar
from bot.law.content import BASE, RECEIVED, Count, Limit, limits, triggers
from bot.law.counting import Counted, Roll, count_from, rolled
from bot.law.reckoning import Refusal, in_words

NUMBERS = ("", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


@dataclass(frozen=True)
class Start:
    """Where a count starts: its day, the working that led there, and the trigger it rests on."""

    day: date
    trigger: str
    steps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Worked:
    """A limit worked out.

    `notes` are ids of texts (could_<id>); `strict` is the day that a narrower reading of the rolling rule would
    give, and `warning` says so; `sure` is False where something was assumed.
    """

    due: date
    triggers: tuple[str, ...]
    steps: tuple[str, ...]
    notes: tuple[str, ...]
    warning: str | None
    sure: bool
    strict: date | None


def work(limit: Limit, facts: Mapping[str, date], calendar: Calendar) -> Worked | Refusal:
    """The last day of a limit, or why none is given. `facts` hold no `_received` keys of use here."""
    try:
        starts = [_start(count, facts, calendar) for count in limit.counts]
        refusal = _cannot_start(limit, starts, facts)
        if refusal is not None:
            return refusal
        pairs = [(count, start) for count, start in zip(limit.counts, starts, strict=True) if isinstance(start, Start)]
        return _worked(limit, pairs, _unknown_notes(limit, starts), calendar)
    except (BeyondReach, OverflowError, ValueError):
        return Refusal(limit.id, say("clock", "refuse_reach", day=in_words(calendar.reach)))


def _start(count: Count, facts: Mapping[str, date], calendar: Calendar) -> Start | Refusal | None:
    """The start of a count; None where nothing is known of it."""
    if count.start in facts:
        return Start(facts[count.start], count.start)
    if count.start.startswith(BASE):
        return _start_from_limit(count.start, facts, calendar)
    if count.otherwise is None:
        return None
    notes = (count.note,) if count.note else ()
    if count.otherwise.startswith(BASE):
        return _start_from_limit(count.otherwise, facts, calendar, notes)
    return Start(facts[count.otherwise], count.otherwise, notes=notes) if count.otherwise in facts else None


def _start_from_limit(
    name: str, facts: Mapping[str, date], calendar: Calendar, notes: tuple[str, ...] = ()
) -> Start | Refusal:
    worked = work(limits()[name.removeprefix(BASE)], facts, calendar)
    if isinstance(worked, Refusal):
        return worked
    return Start(worked.due, worked.triggers[0], worked.steps, (*notes, *worked.notes))


def _cannot_start(limit: Limit, starts: list[Start | Refusal | None], facts: Mapping[str, date]) -> Refusal | None:
    """Why no count, or not every count that is needed, can start; None where it can."""
    known = [start for start in starts if isinstance(start, Start)]
    if not known or (limit.needs_all and len(known) < len(starts)):
        refused = next((start for start in starts if isinstance(start, Refusal)), None)
        if refused is not None:
            return Refusal(limit.id, refused.reason)
        missing = next(count for count, start in zip(limit.counts, starts, strict=True) if start is None)
        return _missing(limit, missing.start, facts)
    for start in known:
        if start.day < limit.in_force_from:
            return Refusal(limit.id, say("clock", "refuse_before_law", day=in_words(limit.in_force_from)))
        if limit.in_force_to is not None and start.day > limit.in_force_to:
            return Refusal(limit.id, say("clock", "refuse_after_law", day=in_words(limit.in_force_to)))
    return None


def _missing(limit: Limit, trigger: str, facts: Mapping[str, date]) -> Refusal:
    key = "refuse_received_only" if trigger + RECEIVED in facts else "refuse_start"
    return Refusal(limit.id, say("clock", key, question=triggers()[trigger].question))


def _unknown_notes(limit: Limit, starts: list[Start | Refusal | None]) -> tuple[str, ...]:
    return tuple(count.note for count, start in zip(limit.counts, starts, strict=True) if start is None and count.note)


def _worked(limit: Limit, pairs: list[tuple[Count, Start]], unknown: tuple[str, ...], calendar: Calendar) -> Worked:
    counted = [count_from(start.day, count, calendar) for count, start in pairs]
    ends = [each.end for each in counted]
    end = max(ends) if limit.choose == "latest" else min(ends)
    moves = rolled(end, limit.rolls, calendar)
    steps = [
        step for (count, start), each in zip(pairs, counted, strict=True) for step in _count_steps(count, start, each)
    ]
    if len(set(ends)) > 1:
        steps.append(say("clock", f"step_{limit.choose}", end=in_words(end)))
    strict = _strict(end, moves, calendar)
    notes = dict.fromkeys([*unknown, *(note for _, start in pairs for note in start.notes)])
    return Worked(
        due=moves[-1].day if moves else end,
        triggers=tuple(dict.fromkeys(start.trigger for _, start in pairs)),
        steps=tuple(dict.fromkeys([*steps, *_closing_steps(limit, moves)])),
        notes=tuple(notes),
        warning=say("clock", "could_strict_reading", raw=in_words(end), strict=in_words(strict)) if strict else None,
        sure=not notes and not strict and not any(each.month_end for each in counted),
        strict=strict,
    )


def _closing_steps(limit: Limit, moves: list[Roll]) -> list[str]:
    rolls = [say("clock", f"step_{move.why}", end=in_words(move.day)) for move in moves]
    return [*rolls, say("clock", "step_time", time=limit.by_time)] if limit.by_time else rolls


def _strict(end: date, moves: list[Roll], calendar: Calendar) -> date | None:
    """A weekend just before a closed stretch: read strictly, only rule 12(2)'s next working day is in time."""
    if len(moves) > 1 and calendar.closed_on(end) is None:
        return moves[0].day
    return None


def _count_steps(count: Count, start: Start, counted: Counted) -> list[str]:
    values = {"length": _length(count), "start": in_words(start.day), "end": in_words(counted.end)}
    steps = [*start.steps, say("clock", _step_key(count), **values)]
    if counted.month_end:
        steps.append(say("clock", "step_month_end", day=start.day.day))
    if count.leaves_out_closed:
        steps.append(say("clock", "step_closed_left_out"))
    return steps


def _step_key(count: Count) -> str:
    if count.fixed is not None:
        return "step_same_day" if count.fixed == "same_day" else "step_fixed"
    if count.before:
        return "step_before"
    if count.day_one:
        return "step_day_one"
    return f"step_counted_of_{count.of}" if count.of else "step_counted"


def _length(count: Count) -> str:
    """The length in words: small numbers as words, as they start the sentence."""
    if count.unit == "months" and count.length == 1:
        return say("clock", "length_one_month")
    number = NUMBERS[count.length] if 0 < count.length < len(NUMBERS) else str(count.length)
    return say("clock", f"length_{count.unit}", count=number.lower() if count.day_one else number)
