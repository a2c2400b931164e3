"""Recognises what steers the form rather than answers it: buttons, command words, intents, corrections by name. Pure."""

import re
from dataclasses import dataclass
from functools import cache

from bot.cases.fields import Field, fields, steering
from bot.cases.parse_words import plain
from bot.dialogue.decide import asks
from bot.dialogue.heard import Heard

COMMANDS = ("why_ask", "skip", "go_back", "stop", "start_again", "review", "send")
SURE = 0.7  # an intent of its own this sure, in a short message, is a command
SURE_ASIDE = 0.5  # a message in the form of a question, heard as one
SURE_OTHER = 0.85  # a message not in that form, heard as another matter
SHORT = 7  # words of a command
FEW = 5  # words of a greeting
NO_STORY = frozenset(
    {
        "timeline",
        "chitchat/greet",
        "chitchat/thanks",
        "chitchat/goodbye",
        "chitchat/how_are_you",
        "chitchat/are_you_human",
    }
)
MOST_WORDS_OF_A_QUESTION = 30  # a longer message is a story, whatever its last sentence asks
ASIDES = frozenset(
    "ask deadline timeline out_of_scope chitchat is_it_law are_you_sure still_no explain shorter more repeat "
    "my_data_access my_data_erase useful_no useful_yes none_of_these".split()
)
ELSEWHERE = frozenset("my_data_access my_data_erase letter case_status case_withdraw".split())
_OPENING = re.compile(
    r"^\s*(?:no|nope|sorry|oops|actually|wait|i\s+mean|correction|my\s+mistake)\b[\s,.:;-]*", re.IGNORECASE
)
_CHANGE = re.compile(
    r"^\W*(?:(?:can|could|may)\s+(?:i|you)\s+|i\s+(?:want|need|would\s+like|'?d\s+like)\s+to\s+|please\s+)*(?:change|correct|edit|fix|update|alter)\s+(?:the\s+|my\s+|that\s+|it\s*:?\s*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Correction:
    """A field that is to change; `rest` is what was said of its new value, "" when nothing was."""

    field: Field
    rest: str


def command(heard: Heard, asked: Field | None = None) -> str | None:
    """The command that a message is, or None. "no" and "nothing" skip a field that need not be answered."""
    if heard.pressed:
        return heard.intent if heard.intent in COMMANDS else None
    said = plain(heard.text)
    words = steering()
    for name in COMMANDS:
        if said in words[name]:
            return name
    if asked and not asked.required and said in words["skip_optional"]:
        return "skip"
    sure = heard.confidence >= SURE and 0 < len(said.split()) <= SHORT
    free = asked is not None and asked.kind in ("text", "name")
    return heard.intent if sure and heard.intent in COMMANDS and (not free or heard.intent == "why_ask") else None


def yes_or_no(heard: Heard) -> bool | None:
    """True for a yes, False for a no, None for anything else."""
    if heard.pressed:
        return {"affirm": True, "deny": False}.get(heard.intent)
    said = plain(heard.text)
    for name, answer in (("affirm", True), ("deny", False)):
        if said in steering()[name]:
            return answer
    if len(said.split()) <= SHORT and heard.confidence >= SURE:
        return {"affirm": True, "deny": False}.get(heard.intent)
    return None


def correction(heard: Heard) -> Correction | None:
    """ "change my phone number", "my number is actually 07700 900123", "my postcode is SK1 3XE"."""
    if heard.pressed:
        found = fields().get(heard.payload.get("field", "")) if heard.intent == "change" else None
        return Correction(found, heard.payload.get("value", "")) if found else None
    text = heard.text.strip()[:1000]
    change = _CHANGE.match(text)
    if change:
        return _changed(text[change.end() :])
    bare = _OPENING.sub("", text, count=1)
    for name, field in _by_name():
        found_ = re.match(
            rf"(?:the\s+|my\s+|our\s+)?{re.escape(name)}\s*(?:is|was|should\s+be|should\s+say|has\s+changed\s+to|=|:)\s*(?:actually|really|now|in\s+fact)?\s*(?P<rest>.+)",
            bare,
            re.IGNORECASE | re.DOTALL,
        )
        if found_ and (field.kind not in ("text", "choice") or bare != text or ":" in text[: len(name) + 8]):
            return Correction(field, found_["rest"])
    return None


def _changed(text: str) -> Correction | None:
    for name, field in _by_name():
        found = re.match(
            rf"{re.escape(name)}(?!\w)\s*(?:(?:to|is|:|=)\s*(?P<rest>.+))?\W*", text, re.IGNORECASE | re.DOTALL
        )
        if found:
            return Correction(field, found["rest"] or "")
    return None


def opens_as_correction(text: str) -> bool:
    """Whether a message begins as a correction does: "no, year 5", "sorry, I meant the 4th"."""
    found = _OPENING.match(text)
    return bool(found and text[found.end() :].strip())


def without_opening(text: str) -> str:
    """ "year 5" of "no, year 5"."""
    return _OPENING.sub("", text, count=1)


@cache
def _by_name() -> tuple[tuple[str, Field], ...]:
    """Every name of every field, the longest first, so that "child's name" is not taken for "name"."""
    named = [(name, field) for field in fields().values() for name in (*field.names, field.label.lower())]
    return tuple(sorted(named, key=lambda pair: -len(pair[0])))


def is_question(heard: Heard, asked: Field | None) -> bool:
    """Whether a message is about something else than what the form asked."""
    return asks_plainly(heard) or is_another_matter(heard, asked)


def asks_plainly(heard: Heard) -> bool:
    """Whether a message has the form of a question and is heard as one, or a button asks for something else."""
    if heard.pressed:
        return heard.intent in ASIDES or "entry" in heard.payload
    if heard.intent in ELSEWHERE and heard.confidence >= SURE_OTHER:
        return True
    short = len(heard.text.split()) <= MOST_WORDS_OF_A_QUESTION
    return heard.intent in ASIDES and heard.confidence >= SURE_ASIDE and asks(heard.text) and short


def is_no_story(heard: Heard) -> bool:
    """ "hello again", "thank you", "show my timeline": no story, even where one was asked for."""
    few = len(heard.text.split()) <= FEW
    return not heard.pressed and heard.label in NO_STORY and heard.confidence >= SURE_OTHER and few


def is_another_matter(heard: Heard, asked: Field | None) -> bool:
    """Whether a message without the form of a question is surely about something else. Free text takes everything."""
    if heard.pressed:
        return False
    if asked is not None and asked.kind == "text":
        return is_no_story(heard)
    short = len(heard.text.split()) <= MOST_WORDS_OF_A_QUESTION
    return heard.intent in ASIDES - {"chitchat"} and heard.confidence >= SURE_OTHER and short
