"""The clock in conversation: takes the dates of a message, gives the deadline, or asks the one thing it needs."""

import re
from datetime import date, timedelta

from bot.blocks import Reply
from bot.dialogue.deadline_asked import ASKED, FOLLOWING, choose, leading
from bot.dialogue.deadline_cues import event_named
from bot.dialogue.deadline_notes import told_notes
from bot.dialogue.deadline_papers import (
    asks_when_to_appeal,
    lacks_the_letter,
    names_a_letter,
    only_spoken,
    refused_request,
)
from bot.dialogue.deadline_question import concerns_dates, plainly_asked
from bot.dialogue.deadline_reading import LETTERS_OF_DECISION, TOPICS, asks_to_appeal, read
from bot.dialogue.deadline_reply import (
    FILE,
    Answer,
    ask,
    deadline_reply,
    refused,
    timeline_reply,
)
from bot.dialogue.deadline_state import ClockState
from bot.dialogue.deadline_told import Fact, Told
from bot.knowledge.words import say
from bot.law.calendar import calendar
from bot.law.clocks import complete, limits, reckon, triggers
from bot.law.reckoning import Reckoning, Refusal, in_words
from bot.law.spoken import find_dates

__all__ = ["ClockState", "answers_clock", "concerns_dates", "plainly_asked", "show_timeline", "turn"]

MOST_TRIES = 2
_NONE = re.compile(
    r"^\W*(?:no|nope|nah|none|not\s+yet|i\s+don'?t|i\s+dont|don'?t|dont|havent|haven'?t|we\s+don'?t|"
    r"no\s+idea|dunno|not\s+sure|what\s+certificate)\b",
    re.IGNORECASE,
)
_WANTS_TIMELINE = re.compile(
    r"\b(?:show|see|give|send|what)\b.{0,20}\btimeline\b|^\W*(?:my\s+)?timeline\W*$|\ball\s+(?:the|"
    r"my)\s+dates\b",
    re.IGNORECASE,
)
MOST_WORDS_OF_AN_ANSWER = 14
MEDIATED = frozenset({"mediation_asked", "mediation_ended", "mediation_refused"})


def turn(text: str, state: ClockState, today: date, topic: str | None = None) -> tuple[ClockState, Reply]:
    """One message for the clock.

    Args:
        text: what the person wrote; empty when a button asked for the clock.
        state: what is known so far; it is not changed.
        today: the day from which late and left are counted.
        topic: the id of the entry last answered; it says what an unnamed date most likely is.
    """
    new = state.copy()
    told = read(text, state, today, topic)
    if _WANTS_TIMELINE.search(text) and not told.facts:
        return new, timeline_reply(new, today)
    if not told.facts and not told.doubtful and not told.loose:
        return _without_a_date(text, new, today, topic)
    if _only_spoken_of(text, told, today):
        return _ask_letter(new, _own_decision(told), "ask_in_writing")
    for fact in told.facts:
        if fact.trigger and fact.day:
            new.learn(fact.trigger, fact.day, fact.about or fact.arrived)
    if not told.facts:
        return _doubted(text, told.doubtful[0], new) if told.doubtful else _ask_event(told.loose[0], new)
    new.tries, new.pending = 0, None
    return _answered(text, told, new, today)


def show_timeline(state: ClockState, today: date) -> Reply:
    """The parent's own timeline: the next deadline first, then every step."""
    return timeline_reply(state, today)


def answers_clock(text: str, state: ClockState, today: date) -> bool:
    """Whether a message answers what the clock asked, or corrects the date told last ("no, the 4th")."""
    if not (state.awaiting or state.pending or state.last) or len(text.split()) > MOST_WORDS_OF_AN_ANSWER:
        return False
    told = read(text, state, today)
    if told.facts or told.doubtful or told.loose:
        return bool(state.awaiting or state.pending or told.correction) and "?" not in text
    if state.pending:
        return event_named(text) is not None
    return bool(state.awaiting and _NONE.search(text))


# --- with a date ---
def _answered(text: str, told: Told, state: ClockState, today: date) -> tuple[ClockState, Reply]:
    facts = state.dates()
    if lacks_the_letter(text, told.triggers) and not {"appeal_decision", "certificate"} & set(complete(facts)):
        event = "decision_not_to_assess" if refused_request(text) else event_named(text)
        return _ask_letter(state, event if event in LETTERS_OF_DECISION else "appeal_decision", "ask_the_letter")
    asked = text.replace(told.span.text, " ") if told.span else text  # "16 weeks since" does not ask for week 16
    found = choose(asked, told.triggers, facts, today, calendar())
    if not found:
        return _no_reckoning(told, state, today)
    answer = Answer(found[0], found[1:], _notes(text, told, found[0], state, today))
    answer.question = _question(text, told, found[0], state)
    state.limit = found[0].limit
    return state, deadline_reply(answer, state, today)


def _only_spoken_of(text: str, told: Told, today: date) -> bool:
    """Whether the one date of a message is that of a decision whose letter has not come."""
    alone = len(told.facts) == 1 and not told.facts[0].arrived and bool(_own_decision(told))
    return alone and only_spoken(text) and len(find_dates(text, today)) == 1


def _own_decision(told: Told) -> str:
    """The one council's decision that a message dates; "" where it dates none or several."""
    found = [name for name in told.triggers if name in LETTERS_OF_DECISION]
    return found[0] if len(found) == 1 else ""


def _ask_letter(state: ClockState, trigger: str, key: str) -> tuple[ClockState, Reply]:
    """The time to appeal runs from the council's letter and from nothing else."""
    state.awaiting = trigger
    return state, ask(say(FILE, key, question=triggers()[trigger].question))


def _notes(text: str, told: Told, first: Reckoning, state: ClockState, today: date) -> list[str]:
    notes = told_notes(told, first, today)
    if told.correction and told.facts and told.facts[0].day:
        notes = [say(FILE, "corrected", day=in_words(told.facts[0].day)), *notes]
    if asks_when_to_appeal(text) and first.limit == "draft_reply":
        notes = [say(FILE, "draft_no_appeal"), *notes]
    week = _named_week(text, told)
    return [week, *notes] if week else notes


def _named_week(text: str, told: Told) -> str:
    """ "When is week 12" is counted even where no limit ends there."""
    named = re.search(r"\bweek\s*(?P<n>[0-9]{1,2})\b", text, re.IGNORECASE)
    fact = next((fact for fact in told.facts if fact.trigger == "request_received"), None)
    if not named or fact is None or fact.day is None or told.span or int(named["n"]) in (0, 6, 16, 20):
        return ""
    return say(FILE, "week_n", week=named["n"], day=in_words(fact.day + timedelta(weeks=int(named["n"]))))


def _question(text: str, told: Told, first: Reckoning, state: ClockState) -> str:
    """The one question that could change the answer: a doubtful date, a loose one, the certificate or the letter."""
    state.awaiting = None
    if told.doubtful:
        state.awaiting = told.doubtful[0].trigger
        return _doubt_question(told.doubtful[0])
    known = complete(state.dates())
    rough = [name for name in state.about if name in told.triggers and not name.startswith("transfer_")]
    if first.limit == "appeal" and "certificate" not in known:
        state.awaiting = rough[0] if rough else "certificate"
        return say(FILE, "ask_certificate")
    if first.limit == "appeal" and "appeal_decision" not in known:
        state.awaiting = "appeal_decision"
        return say(FILE, "ask_letter")
    if asks_when_to_appeal(text) and set(told.triggers) & MEDIATED and "appeal_decision" not in known:
        state.awaiting = "appeal_decision"
        return say(FILE, "ask_the_letter", question=triggers()["appeal_decision"].question)
    if rough:
        state.awaiting = rough[0]
    elif told.loose and told.loose[0].day:
        return say(FILE, "forget_other_date", said=told.loose[0].said)
    return ""


def _no_reckoning(told: Told, state: ClockState, today: date) -> tuple[ClockState, Reply]:
    """The event is known, yet no date follows: something is missing, or the clock refuses."""
    lead = leading(told.triggers) or ""
    fact = next((fact for fact in told.facts if fact.name == lead), told.facts[0])
    if lead == "decision_to_assess" and fact.day:
        return _from_the_yes(fact.day, state, today)
    for limit in FOLLOWING.get(lead, ()):
        found = reckon(limit, state.dates(), calendar())
        if isinstance(found, Refusal):
            state.awaiting = _missing(limit, state)
            return state, refused(found)
    return state, ask(say(FILE, "ask_any"))


def _missing(limit: str, state: ClockState) -> str | None:
    known = complete(state.dates())
    starts = [count.start for count in limits()[limit].counts if count.start in triggers()]
    return next((start for start in starts if start not in known), None)


def _from_the_yes(day: date, state: ClockState, today: date) -> tuple[ClockState, Reply]:
    """The twenty weeks run from the request; the yes letter alone gives only a likely date."""
    state.awaiting = "request_received"
    likely = say(FILE, "if_on_time", due=in_words(day + timedelta(weeks=14)))
    reply = ask(f"{likely} {triggers()['request_received'].question}")
    return state, reply


# --- doubts and loose dates ---
def _doubted(text: str, fact: Fact, state: ClockState) -> tuple[ClockState, Reply]:
    if fact.doubt == "future" and fact.trigger in LETTERS_OF_DECISION and not names_a_letter(text):
        return _ask_letter(
            state, fact.trigger, "ask_the_letter"
        )  # "they will end the plan on 2 December" dates no letter
    state.awaiting = fact.trigger or state.awaiting
    return state, ask(_doubt_question(fact))


def _doubt_question(fact: Fact) -> str:
    key = f"ask_{fact.doubt}"
    if fact.day is None:
        return say(FILE, "ask_impossible", said=fact.said)
    if fact.doubt in ("which_year", "ambiguous") and fact.other is None:
        return say(FILE, f"{key}_one", said=fact.said, day=in_words(fact.day))
    return say(FILE, key, said=fact.said, day=in_words(fact.day), other=in_words(fact.other or fact.day))


def _ask_event(fact: Fact, state: ClockState) -> tuple[ClockState, Reply]:
    if fact.day is None:
        return _doubted("", fact, state)
    state.pending = fact.day.isoformat()
    return state, ask(say(FILE, "ask_event", day=in_words(fact.day)))


# --- without a date ---
def _without_a_date(text: str, state: ClockState, today: date, topic: str | None) -> tuple[ClockState, Reply]:
    if state.pending:
        event = event_named(text)
        if event:
            day = date.fromisoformat(state.pending)
            state.pending = None
            state.learn(event, day, about=False)
            return _answered(text, Told(facts=[Fact(event, day, "")]), state, today)
    if state.awaiting == "certificate" and _NONE.search(text) and state.facts:
        return _no_certificate(state, today)
    if state.awaiting and text.strip():
        return _not_understood(state)
    known = choose(text, list(state.facts), state.dates(), today, calendar()) if state.facts else []
    if known:
        state.limit = known[0].limit
        return state, deadline_reply(Answer(known[0], known[1:]), state, today)
    return _ask_start(text, state, topic)


def _no_certificate(state: ClockState, today: date) -> tuple[ClockState, Reply]:
    state.awaiting = None
    found = reckon("appeal", state.dates(), calendar())
    note = say(FILE, "no_certificate")
    if isinstance(found, Refusal):
        return state, ask(note)
    return state, deadline_reply(Answer(found, [], [note]), state, today)


def _not_understood(state: ClockState) -> tuple[ClockState, Reply]:
    awaited = triggers().get(state.awaiting or "")
    question = awaited.question if awaited else say(FILE, "ask_any")
    state.tries += 1
    if state.tries > MOST_TRIES:
        state.awaiting, state.tries = None, 0
        return state, ask(say(FILE, "give_up"))
    return state, ask(say(FILE, "ask_again", question=question))


def _ask_start(text: str, state: ClockState, topic: str | None) -> tuple[ClockState, Reply]:
    """Which date to ask for: by what the message names, else by what the talk is about."""
    trigger = _start_of(text, topic)
    if trigger is None:
        return state, ask(say(FILE, "ask_any"))
    state.awaiting = trigger
    return state, ask(say(FILE, "ask_start", question=triggers()[trigger].question))


def _start_of(text: str, topic: str | None) -> str | None:
    if asks_to_appeal(text):
        return "appeal_decision"
    event = event_named(text)
    if event in triggers():
        return event
    of_a_request = any(pattern.search(text) for limit, pattern in ASKED if limit in FOLLOWING["request_received"])
    return "request_received" if of_a_request else TOPICS.get(topic or "")
