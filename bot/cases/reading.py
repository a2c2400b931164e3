"""Reads one message for everything it holds: the answer that was asked for, and the facts beside it. Pure."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.cases.draft import Draft
from bot.cases.fields import Choice, Field, choices, fields, steering
from bot.cases.parse_child import parse_child
from bot.cases.parse_contact import parse_email, parse_phone
from bot.cases.parse_place import half_postcode, parse_council, parse_postcode
from bot.cases.parse_words import clean, named, parse_choice, parse_name, parse_text, payload_like, plain
from bot.dialogue.deadline_cues import event_named
from bot.dialogue.deadline_reading import read
from bot.dialogue.deadline_state import ClockState
from bot.dialogue.deadline_told import Fact
from bot.dialogue.heard import Heard

MOST_DATES = 16
_REFUSALS = {"refused-assessment": "decision_not_to_assess", "refused-plan": "decision_no_plan"}
STORY_WORDS = 14  # a message this long, given instead of an answer, is the story


@dataclass
class Reading:
    """What a message holds: `values` by field; `doubt` names the text that asks about an unclear answer, with `told` to fill it; `event` is
    what a doubtful date belongs to.
    """

    values: dict[str, Any] = field(default_factory=dict)
    doubt: str = ""
    told: dict[str, str] = field(default_factory=dict)
    options: list[tuple[str, str]] = field(default_factory=list)
    pending: str | None = None
    event: str | None = None
    about: list[str] = field(default_factory=list)


def read_answer(asked: Field, heard: Heard, draft: Draft, today: date, telegram: bool) -> Reading:
    """The answer to one field and the facts beside it.

    Args:
        draft: what is known; facts already known are not read from beside the answer.
        telegram: whether "this chat" is a way to be reached.
    """
    text = heard.text
    if payload_like(text) and not heard.pressed:
        return Reading()
    found = Reading()
    if heard.pressed:
        _take_pressed(asked, heard, found)
        return found
    _READERS[asked.kind](asked, text, found, draft, today)
    if asked.id == "contact" and telegram and "chat" in plain(text):
        found.values["chat"] = True
    if asked.kind != "text":
        beside = facts_in(text, today, asked.id)
        found.values |= {
            name: value for name, value in beside.items() if name not in found.values and not draft.has(name)
        }
        if _is_story(asked, text, found, draft):
            found.values["story"] = parse_text(text, fields()["story"].max)
    return found


def only_answers(asked: Field, heard: Heard, today: date) -> bool:
    """Whether a message says nothing but the answer: "I'm his gran", "she is 42". No room for anything else in it."""
    if heard.pressed or asked.kind not in ("choice", "year_or_age", "postcode", "contact"):
        return False
    found = Reading()
    _READERS[asked.kind](asked, heard.text, found, Draft(), today)
    if not (found.values or found.doubt):
        return False
    choice_words = {
        word for choice in offered(asked) for phrase in (choice.title, *choice.words) for word in plain(phrase).split()
    }
    return all(
        word in choice_words or word in steering()["answer_words"] or _is_value(word)
        for word in plain(heard.text).split()
    )


def _is_value(word: str) -> bool:
    """A number, a school year, half a postcode, an address: what an answer itself is made of."""
    return any(sign.isdigit() for sign in word) or parse_email(word) is not None


def facts_in(text: str, today: date, asked: str = "") -> dict[str, Any]:
    """The facts that stand clearly in a text whatever was asked: contact, postcode, child, name, relation, dates."""
    email, phone = parse_email(text), parse_phone(text)
    found: dict[str, Any] = {
        "email": email,
        "phone": phone,
        "postcode": parse_postcode(text),
        "child": parse_child(text, asked == "child").value,
        "name": named(text, fields()["name"].max, steering()["not_a_name"]),
        "relation": _relation(text),
        "dates": dates_in(text, today),
    }
    return {name: value for name, value in found.items() if value}


def dates_in(text: str, today: date, state: ClockState | None = None) -> dict[str, str]:
    """The sure dates of a text by trigger, as ISO: whole days that were told with their event."""
    told = read(text, state or ClockState(), today)
    return _iso([fact for fact in told.facts if not fact.about and fact.trigger != told.guessed])


def _iso(facts: list[Fact]) -> dict[str, str]:
    known = {fact.trigger: fact.day.isoformat() for fact in facts if fact.trigger and fact.day}
    return dict(list(known.items())[:MOST_DATES])


def offered(asked: Field) -> list[Choice]:
    """The choices of a field, in order; empty where it has none."""
    return list(choices(asked.choices).values()) if asked.choices else []


def _take_pressed(asked: Field, heard: Heard, found: Reading) -> None:
    """A choice button names its field and value; only values on offer are taken."""
    value = heard.payload.get("value", "")
    if heard.payload.get("field") != asked.id:
        return
    if asked.kind == "choice" and value in choices(asked.choices):
        found.values[asked.id] = value
    elif asked.kind == "contact" and value == "chat":
        found.values["chat"] = True
    elif asked.kind == "year_or_age":
        kind, _, number = value.partition("-")
        if kind in ("year", "age") and number.isascii() and number.isdigit() and len(number) <= 2:
            found.values[asked.id] = {kind: int(number)}


def _read_name(asked: Field, text: str, found: Reading, draft: Draft, today: date) -> None:
    name = parse_name(text, asked.max, steering()["not_a_name"])
    if name:
        found.values[asked.id] = name


def _read_contact(asked: Field, text: str, found: Reading, draft: Draft, today: date) -> None:
    email, phone = parse_email(text), parse_phone(text)
    found.values |= {name: value for name, value in (("email", email), ("phone", phone)) if value}


def _read_email(asked: Field, text: str, found: Reading, draft: Draft, today: date) -> None:
    email = parse_email(text)
    if email:
        found.values["email"] = email


def _read_phone(asked: Field, text: str, found: Reading, draft: Draft, today: date) -> None:
    phone = parse_phone(text)
    if phone:
        found.values["phone"] = phone


def _read_postcode(asked: Field, text: str, found: Reading, draft: Draft, today: date) -> None:
    postcode = parse_postcode(text)
    if postcode:
        found.values["postcode"] = postcode
    elif half_postcode(text.strip()):
        found.doubt = "postcode_half"


def _read_choice(asked: Field, text: str, found: Reading, draft: Draft, today: date) -> None:
    choice = parse_choice(text, offered(asked))
    if choice:
        found.values[asked.id] = choice


def _read_child(asked: Field, text: str, found: Reading, draft: Draft, today: date) -> None:
    child = parse_child(text, asked=True)
    if child.value:
        found.values[asked.id] = child.value
    elif child.doubt == "either":
        found.doubt, found.told = "child_either", {"number": str(child.bare)}
        found.options = [(f"year-{child.bare}", f"Year {child.bare}"), (f"age-{child.bare}", f"{child.bare} years old")]
    elif child.doubt == "too_old":
        found.doubt = "child_too_old"


def _read_text(asked: Field, text: str, found: Reading, draft: Draft, today: date) -> None:
    value = parse_text(text, asked.max)
    if value and plain(value) not in steering()["affirm"]:
        found.values[asked.id] = value


def _read_council(asked: Field, text: str, found: Reading, draft: Draft, today: date) -> None:
    council = parse_council(text, asked.max)
    if council and len(clean(text, 200).split()) <= 8:
        found.values[asked.id] = council


def _read_dates(asked: Field, text: str, found: Reading, draft: Draft, today: date) -> None:
    state = ClockState(facts=dict(draft.values.get("dates", {})), awaiting=draft.event)
    if draft.pending:
        event = event_named(text)
        if event:
            found.values["dates"] = {event: draft.pending}
            return
    told = read(text, state, today)
    facts = _iso(told.facts)
    if facts:
        found.values["dates"] = _by_stage(facts, draft.values.get("stage"))
        found.about = [fact.trigger for fact in told.facts if fact.about and fact.trigger]
    elif told.doubtful:
        _doubt(told.doubtful[0], found)
    elif told.loose and told.loose[0].day:
        found.doubt, found.pending = "date_event", told.loose[0].day.isoformat()


def _by_stage(facts: dict[str, str], stage: Any) -> dict[str, str]:
    """ "The refusal letter" of a family whose assessment was refused is that refusal."""
    meant = _REFUSALS.get(str(stage))
    return {meant if meant and trigger == "appeal_decision" else trigger: day for trigger, day in facts.items()}


def _doubt(fact: Fact, found: Reading) -> None:
    found.doubt = "date_future" if fact.doubt == "future" else "date_doubt" if fact.day else "date_impossible"
    found.told, found.event = {"said": clean(fact.said, 40)}, fact.trigger


def _relation(text: str) -> str | None:
    """ "I'm his mum": a relation said of oneself."""
    said = plain(text)
    for choice in choices("relations").values():
        for word in choice.words:
            if any(
                f"{lead} {plain(word)}" in said
                for lead in ("im his", "im her", "im their", "i am his", "i am her", "i am their", "im the", "i am the")
            ):
                return choice.id
    return None


def _is_story(asked: Field, text: str, found: Reading, draft: Draft) -> bool:
    """Whether a long message given instead of an answer is what has happened."""
    return (
        len(text.split()) >= STORY_WORDS
        and not (draft.has("story") or "story" in found.values)
        and asked.id != "dates"
        and asked.id not in found.values
        and parse_text(text, 80) is not None
    )


_READERS = {
    "name": _read_name,
    "contact": _read_contact,
    "email": _read_email,
    "phone": _read_phone,
    "postcode": _read_postcode,
    "choice": _read_choice,
    "year_or_age": _read_child,
    "text": _read_text,
    "council": _read_council,
    "dates": _read_dates,
}
