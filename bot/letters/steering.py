"""Recognises what steers the letter form rather than answers it: buttons, command words, questions, corrections by name. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.cases.parse_words import plain
from bot.cases.steering import ASIDES, MOST_WORDS_OF_A_QUESTION, SHORT, SURE, SURE_ASIDE, SURE_OTHER
from bot.dialogue.decide import asks
from bot.dialogue.heard import Heard
from bot.letters.content import LetterFact
from bot.letters.library import commands

TO_THE_OFFICE = frozenset({"handoff", "case_status", "case_add", "case_withdraw"})
STEERS = ("why_ask", "skip", "go_back", "stop", "start_again")  # intents of the engine; all else only in these words
IN_WORDS = ("show", "another", "done", "change")
MOST_WORDS_NAMED = 40  # "the school is ..." in a longer message is part of a story
_CHANGE = re.compile(
    r"^\W*(?:(?:no|sorry|actually|oops|wait)\b[\s,.]*)?(?:(?:can|could|may)\s+(?:i|you)\s+|i\s+(?:want|need|would\s+like|'?d\s+like)\s+to\s+|please\s+)*"
    r"(?:change|correct|edit|fix|update|alter|set)\s+",
    re.IGNORECASE,
)
_PLAINLY_ASKS = re.compile(
    r"^\W*(?:and\s+|but\s+|so\s+|ok\s+)?(?:(?:what|whats|how|who|why|where|which)\b|when\s+(?:do|does|is|are|will|must|can|should)\b|"
    r"(?:can|could|do|should|am|must|will)\s+i\b|is\s+(?:it|this|that|there)\b)(?:\s+\S+){1,11}\W*$",
    re.IGNORECASE,
)
_OWN = r"(?:the\s+|my\s+|our\s+|that\s+)?"
_OPENING = re.compile(r"^\W*(?:no|sorry|actually|oops|wait)\b[\s,.]*(?:i\s+mean(?:t)?\s+)?", re.IGNORECASE)


@dataclass(frozen=True)
class Correction:
    """A fact that is to change; `rest` is what was said of its new value, "" when nothing was."""

    fact: LetterFact
    rest: str


def sure(heard: Heard) -> bool:
    """Whether a message is plainly what its intent says."""
    return heard.pressed or (heard.confidence >= SURE and len(heard.text.split()) <= SHORT)


def command(heard: Heard, asked: LetterFact | None = None) -> str | None:
    """The command that a message is, or None. "no" skips a question that need not be answered."""
    if heard.pressed:
        return heard.intent if heard.intent in STEERS else None
    said = plain(heard.text)
    words = commands()
    if asked and not asked.required and said in words["skip_optional"]:
        return "skip"
    found = next((name for name in (*STEERS, *IN_WORDS) if said in words[name]), None)
    free = asked is not None and asked.kind in ("text", "name")
    if found or not (said and sure(heard)) or heard.intent not in STEERS:
        return found
    return heard.intent if not free or heard.intent == "why_ask" else None


def yes_or_no(heard: Heard) -> bool | None:
    """True for a yes, False for a no, None for anything else."""
    if heard.pressed:
        return {"affirm": True, "deny": False}.get(heard.intent)
    said = plain(heard.text)
    if said in commands()["affirm"]:
        return True
    return False if said in commands()["deny"] else None


def is_question(heard: Heard, asked: LetterFact | None) -> bool:
    """Whether a message is about something else than what was asked. Free text takes nearly everything."""
    if heard.pressed:
        return heard.intent in ASIDES or "entry" in heard.payload
    count = len(heard.text.split())
    if count > MOST_WORDS_OF_A_QUESTION:
        return False
    if heard.intent in ("my_data_access", "my_data_erase") and heard.confidence >= SURE_OTHER:
        return True
    if heard.intent in ASIDES and heard.confidence >= SURE_ASIDE and asks(heard.text):
        return asked is None or asked.kind != "text" or "?" in heard.text or bool(_PLAINLY_ASKS.match(heard.text))
    if asked is not None and asked.kind in ("text", "name"):
        return False
    return heard.intent in ASIDES - {"chitchat"} and heard.confidence >= SURE_OTHER


def correction(heard: Heard, facts: Iterable[LetterFact], plainly: bool) -> Correction | None:
    """ "change the school to Example High"; where `plainly` is False also "the school is Example High"."""
    if heard.pressed:
        return None
    text = heard.text.strip()[:1500]
    change = _CHANGE.match(text)
    named = _by_name(facts)
    if change:
        return _first(named, text[change.end() :], r"(?!\w)\s*(?:(?:to|is|:|=)\s*(?P<rest>.+))?\W*$")
    if plainly or len(text.split()) > MOST_WORDS_NAMED:
        return None
    bare = _first(named, text, r"\W*(?P<rest>)$")
    if bare:
        return bare
    says = r"\s*(?:is|was|should\s+be|should\s+say|=|:)\s*(?:actually|really|now)?\s*(?P<rest>.+)$"
    return _first(named, _OPENING.sub("", text, count=1), says)


def _first(named: list[tuple[str, LetterFact]], text: str, rest: str) -> Correction | None:
    for name, fact in named:
        found = re.match(f"{_OWN}{re.escape(name)}{rest}", text, re.IGNORECASE | re.DOTALL)
        if found:
            return Correction(fact, (found["rest"] or "").strip())
    return None


def _by_name(facts: Iterable[LetterFact]) -> list[tuple[str, LetterFact]]:
    """Every name of every fact, the longest first, so that "child's name" is not taken for "name"."""
    named = [(name, fact) for fact in facts for name in (*fact.names, _bare(fact.label))]
    return sorted(named, key=lambda pair: -len(pair[0]))


def _bare(label: str) -> str:
    """ "address" of "Your address"."""
    return re.sub(r"^(?:your|the)\s+", "", label.lower())
