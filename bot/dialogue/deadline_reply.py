"""Builds what the clock says: the date first, then what to do, the working, the law, a timeline and a calendar file."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from bot import blocks
from bot.blocks import Block, Button, Reply, TimelineRow
from bot.dialogue.deadline_state import ClockState
from bot.knowledge.words import say, words
from bot.law.calendar import calendar
from bot.law.calendar_file import calendar_file
from bot.law.clocks import complete, lateness, limits, reckon, triggers
from bot.law.reckoning import Reckoning, Refusal, in_words
from bot.law.timeline import next_deadline, timeline
from bot.outcomes import Outcome

FILE = "deadline"
URGENT_DAYS = 14  # an appeal this near, or passed, is urgent (docs/safety: the parent must act, not read)
URGENT_LIMITS = ("appeal", "challenge", "discrimination")
MOST_ROWS = 4  # a reply stays short; /timeline shows all
LEAST_ROWS = 2  # one event and its limit stand in the first lines already
ROOM_FOR_ROWS = 140  # words; a longer reply leaves the timeline to its button
MOST_STEPS = 4
MOST_NOW = 3
LETTERS = {
    "decide_to_assess": "chase-six-weeks", "no_plan": "chase-plan", "final_plan": "chase-plan",
    "draft_reply": "draft-comments", "mediation_contact": "mediation-contact", "review_report": "council-complaint",
    "review_decision": "council-complaint", "review_final": "chase-plan", "phase_transfer": "chase-plan",
    "phase_transfer_post16": "chase-plan", "ombudsman": "ombudsman-complaint", "reassess_reply": "council-complaint",
    "reassess_final": "council-complaint", "order_assess_final": "council-complaint", "order_plan_final": "council-complaint",
    "order_amend": "council-complaint", "order_school": "council-complaint", "moving_transfer": "council-complaint",
    "moving_notice": "council-complaint",
}  # fmt: skip


@dataclass
class Answer:
    """The parts of one answer before they become blocks."""

    first: Reckoning
    rest: list[Reckoning] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    question: str = ""


def deadline_reply(answer: Answer, state: ClockState, today: date) -> Reply:
    """The whole reply to a date: urgent ones say what to do before how it was worked out."""
    urgent = is_urgent(answer.first, today)
    head: list[Block] = [blocks.text(first_line(answer.first, today)), *_caution(answer.first, today)]
    head += [blocks.text(note) for note in answer.notes]
    now = _now(answer.first, state, today)
    working = _working(answer.first, state, today)
    tail = _could_change(answer.first)
    tail += [blocks.text(answer.question)] if answer.question else []
    tail += _pictures(answer, state, today, _count([*head, *now, *working, *tail]))
    tail.append(blocks.buttons(_buttons(answer.first, today)))
    if urgent:
        office: Block = blocks.text(say(FILE, "urgent_office"))
        return _reply([*head, *now, office, *working, *tail], Outcome.URGENT, answer.first, today)
    return _reply([*head, *working, *now, *tail], Outcome.DEADLINE, answer.first, today)


def is_urgent(reckoning: Reckoning, today: date) -> bool:
    """Whether a parent's own claim is passed or ends within the fortnight."""
    return reckoning.limit in URGENT_LIMITS and ((reckoning.strict or reckoning.due) - today).days <= URGENT_DAYS


def _reply(found: list[Block], outcome: Outcome, first: Reckoning, today: date) -> Reply:
    late = lateness(first.due, today)
    return {
        "blocks": found,
        "outcome": outcome,
        "entries": [],
        "confidence": None,
        "detail": {
            "limit": first.limit,
            "due": first.due.isoformat(),
            "days_late": late.total_days if late.late else 0,
        },
    }


def ask(question: str) -> Reply:
    """A question back, with nothing worked out."""
    office = blocks.button(say(FILE, "button_office"), "/handoff")
    return {
        "blocks": [blocks.text(question), blocks.buttons([office])],
        "outcome": Outcome.ASKED_BACK,
        "entries": [],
        "confidence": None,
    }


def refused(refusal: Refusal) -> Reply:
    """The clock gives no date, and says why."""
    office = blocks.button(say(FILE, "button_office"), "/handoff")
    found: list[Block] = [blocks.text(refusal.reason), blocks.text(say(FILE, "check")), blocks.buttons([office])]
    return {"blocks": found, "outcome": Outcome.DEADLINE, "entries": [], "confidence": None}


# --- the first line ---
def first_line(reckoning: Reckoning, today: date) -> str:
    """The date in words and how it lies to today."""
    words_left = lateness(reckoning.due, today).words
    values = {
        "label": reckoning.label,
        "due": in_words(reckoning.due),
        "left": words_left[0].upper() + words_left[1:],
        "late": words_left,
        "safe": in_words(reckoning.safe or reckoning.due),
    }
    return say(FILE, _key(_status(reckoning, today), reckoning.limit), **values)


def _status(reckoning: Reckoning, today: date) -> str:
    if reckoning.due == today:
        return "today"
    return "late" if reckoning.due < today else "due"


def _key(status: str, limit: str) -> str:
    return f"{status}_{limit}" if f"{status}_{limit}" in words(FILE) else f"{status}_any"


def _caution(reckoning: Reckoning, today: date) -> list[Block]:
    """A weekend just before August or Christmas: read strictly, the time ends before the day that is given."""
    if reckoning.strict is None or reckoning.due < today:
        return []
    if today > reckoning.strict:
        return [blocks.text(say(FILE, "strict_passed", strict=in_words(reckoning.strict)))]
    return [blocks.text(reckoning.could_change[0])]


def _could_change(reckoning: Reckoning) -> list[Block]:
    """What could move the date, folded; the caution stands above already."""
    told = reckoning.could_change[1 if reckoning.strict else 0 :]
    return [{"type": "more", "summary": say(FILE, "could_heading"), "paragraphs": list(told)}] if told else []


# --- the working and the law ---
def _working(reckoning: Reckoning, state: ClockState, today: date) -> list[Block]:
    step_time = say("clock", "step_time", time=reckoning.by_time)  # the first line says it already
    steps = [step for step in reckoning.steps if step != step_time][:MOST_STEPS]
    steps += [say(FILE, "readings", due=in_words(one.due), label=one.label) for one in reckoning.readings]
    steps.append(say(FILE, "law", provision=reckoning.provision))
    found: list[Block] = [blocks.heading(say(FILE, "working_heading")), blocks.bullets(steps)]
    if (
        reckoning.limit in URGENT_LIMITS
        and reckoning.safe
        and reckoning.safe != reckoning.due
        and reckoning.due > today
    ):
        passed = reckoning.safe < today
        found.append(
            blocks.text(say(FILE, "safe_passed") if passed else say(FILE, "safe", safe=in_words(reckoning.safe)))
        )
    return found


# --- what to do now ---
def _now(reckoning: Reckoning, state: ClockState, today: date) -> list[Block]:
    status = _status(reckoning, today)
    if is_urgent(reckoning, today) and status == "due":
        status = "soon"
    lines = _lines(reckoning.limit, status) or _lines(reckoning.whose, status)
    filled = [say(FILE, key, **_values(key, reckoning, state)) for key in lines[:MOST_NOW]]
    return [blocks.heading(say(FILE, "now_heading")), blocks.bullets(filled)] if filled else []


def _lines(name: str, status: str) -> list[str]:
    """The names of the numbered texts for a limit, the nearest status first."""
    for wanted in (status, "due" if status in ("soon", "today") else status, ""):
        stem = f"now_{name}_{wanted}" if wanted else f"now_{name}"
        found = [f"{stem}_{number}" for number in range(1, MOST_NOW + 1) if f"{stem}_{number}" in words(FILE)]
        if found:
            return found
    return []


def _values(key: str, reckoning: Reckoning, state: ClockState) -> dict[str, str]:
    return {"form": _form(state), "safe": in_words(reckoning.safe or reckoning.due)}


def _form(state: ClockState) -> str:
    """Which form, by the newest decision told."""
    decisions = {"decision_not_to_assess": "form_assess", "decision_no_plan": "form_other", "final_plan": "form_other"}
    told = {name: day for name, day in state.facts.items() if name in decisions or name == "appeal_decision"}
    newest = max(told, key=lambda name: told[name], default="")
    return say(FILE, decisions.get(newest, "form_unknown"))


# --- the timeline, the file, the buttons ---
def _count(found: list[Block]) -> int:
    """How many words the texts and lists of a reply have."""
    texts = [block["text"] for block in found if block["type"] == "text"]
    items = [item for block in found if block["type"] == "list" for item in block["items"]]
    return sum(len(text.split()) for text in texts + items)


def _pictures(answer: Answer, state: ClockState, today: date, said: int) -> list[Block]:
    """A short timeline where the reply has room for it, and the calendar file."""
    rows = _rows(answer, state, today) if said <= ROOM_FOR_ROWS else []
    found: list[Block] = []
    if len(rows) > LEAST_ROWS:
        found.append({"type": "timeline", "title": say(FILE, "timeline_title"), "rows": rows})
    file = _file([answer.first, *answer.rest], today)
    return found + ([file] if file else [])


def _rows(answer: Answer, state: ClockState, today: date) -> list[TimelineRow]:
    """The few rows of this answer, without the detail that the text gives."""
    shown = {limits()[one.limit].label for one in (answer.first, *answer.rest) if one.limit != "mediation_contact"}
    events = {trigger.label for name, trigger in triggers().items() if name in state.facts}
    rows = [row for row in timeline(state.dates(), today, calendar()) if row["label"] in shown | events]
    wanted = limits()[answer.first.limit].label
    while len(rows) > MOST_ROWS:  # leave out the oldest that is not the answer
        rows.remove(next(row for row in rows if row["label"] != wanted))
    return [{**row, "detail": "", "provision": ""} for row in rows]


def _file(reckonings: list[Reckoning], today: date) -> Block | None:
    ahead = [one for one in reckonings if one.due >= today]
    if not ahead:
        return None
    made = calendar_file(ahead, datetime.combine(today, time(0), UTC))
    return {
        "type": "file",
        "name": say(FILE, "file_name"),
        "mime": "text/calendar",
        "label": say(FILE, "file_label"),
        "content": base64.b64encode(made).decode("ascii"),
    }


def _buttons(reckoning: Reckoning, today: date) -> list[Button]:
    too_late = reckoning.limit == "appeal" and reckoning.due < today
    letter = "late-appeal-reasons" if too_late else LETTERS.get(reckoning.limit)
    owed = reckoning.due < today or reckoning.whose == "parent"
    found = [blocks.button(say(FILE, "button_timeline"), "/timeline")]
    if letter and owed:
        found.append(blocks.button(say(FILE, "button_letter"), f'/letter{{"letter": "{letter}"}}'))
    return [*found, blocks.button(say(FILE, "button_office"), "/handoff")]


def timeline_reply(state: ClockState, today: date) -> Reply:
    """All steps of the parent's own timeline, the next deadline first."""
    rows = timeline(state.dates(), today, calendar())
    if not rows:
        return ask(" ".join((say(FILE, "timeline_empty"), say(FILE, "ask_any"))))
    first = next_deadline(state.dates(), today, calendar())
    found: list[Block] = [blocks.text(_next_line(first, today))]
    found.append({"type": "timeline", "title": say(FILE, "timeline_full_title"), "rows": rows})
    ahead = _ahead(state.dates(), today)
    file = _file(ahead, today)
    found += [file] if file else []
    found.append(blocks.text(say(FILE, "check")))
    office = blocks.button(say(FILE, "button_office"), "/handoff")
    found.append(blocks.buttons(_buttons(first, today)[1:] if first else [office]))
    outcome = Outcome.URGENT if first and is_urgent(first, today) else Outcome.DEADLINE
    return {"blocks": found, "outcome": outcome, "entries": [], "confidence": None}


def _next_line(first: Reckoning | None, today: date) -> str:
    if first is None:
        return say(FILE, "timeline_nothing_left")
    left = lateness(first.due, today).words
    key = "timeline_next_late" if first.due < today else "timeline_next"
    return say(FILE, key, label=first.label, due=in_words(first.due), late=left, left=left[0].upper() + left[1:])


def _ahead(facts: Mapping[str, date], today: date) -> list[Reckoning]:
    """Every deadline still to come, for the calendar file."""
    known = complete(facts)
    found = [reckon(limit, facts, calendar()) for limit in limits()]
    open_ones = [one for one in found if isinstance(one, Reckoning) and one.due >= today]
    return [one for one in open_ones if not set(limits()[one.limit].done_by) & set(known)]
