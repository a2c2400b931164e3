"""Which letter a person means: by button, by what was heard, by its title or names, by what the talk is about. Pure."""

import re
from collections.abc import Mapping

from bot.cases.fields import Choice
from bot.cases.parse_words import parse_choice, plain
from bot.dialogue.heard import Heard
from bot.knowledge.entries import Entry
from bot.letters.content import LetterKind
from bot.letters.library import offered

TOOL = "letter:"
MOST_LIKELY = 4  # letters shown before "show all letters"
LIKELY_ENTRY = 0.35  # an entry this likely may suggest its letters
ANY = "any"


def named(heard: Heard) -> LetterKind | None:
    """The letter that a button or the understanding names."""
    wanted = heard.payload.get("letter", "") if heard.pressed else heard.kind if heard.intent == "letter" else ""
    return next((letter for letter in offered() if letter.id == wanted), None)


def picked(heard: Heard, known: Mapping[str, Entry], listed: tuple[LetterKind, ...]) -> LetterKind | None:
    """The letter that is meant after titles were offered: by number, title, name, or what the message is about."""
    by_words = _by_words(heard.text, listed) or _by_words(heard.text, offered())
    if by_words:
        return by_words
    if heard.intent == "letter" and named(heard):
        return named(heard)
    best = heard.entries[0] if heard.entries else ("", 0.0)
    return (
        next(iter(_of_entry(best[0], known)), None)
        if best[1] >= LIKELY_ENTRY and heard.intent in ("ask", "letter")
        else None
    )


def likely(heard: Heard, topic: str | None, known: Mapping[str, Entry]) -> tuple[LetterKind, ...]:
    """The letters that fit what the talk is about, most likely first; none where nothing is known of it."""
    ids = [topic] if topic else []
    ids += [entry for entry, p in heard.entries[:2] if p >= LIKELY_ENTRY and not heard.pressed]
    found = [letter for entry in ids for letter in _of_entry(entry, known)]
    return tuple(dict.fromkeys(found))[:MOST_LIKELY]


def _of_entry(entry_id: str, known: Mapping[str, Entry]) -> list[LetterKind]:
    entry = known.get(entry_id)
    wanted = [tool[len(TOOL) :] for tool in entry.tools if tool.startswith(TOOL)] if entry else []
    by_id = {letter.id: letter for letter in offered()}
    return [by_id[name] for name in wanted if name in by_id]


def _by_words(text: str, listed: tuple[LetterKind, ...]) -> LetterKind | None:
    choices = [Choice(letter.id, letter.title, letter.names) for letter in listed]
    found = parse_choice(re.sub(r"\bletters?\b", " ", plain(text)), choices)
    return next((letter for letter in listed if letter.id == found), None)
