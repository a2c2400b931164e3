"""What a reply can begin with: answers and letters as they stand in knowledge/ now. What is past its review is not offered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from bot.cases.store import CaseView
from bot.knowledge.entries import Entry, entries
from bot.knowledge.words import say
from bot.law.calendar import calendar
from bot.letters.content import LetterKind
from bot.letters.fill import FilledLetter, fill
from bot.letters.for_case import facts_of
from bot.letters.library import letters
from bot.web.inbox.case_view import dates_of

_LETTER = "letter:"


@dataclass(frozen=True)
class Snippet:
    """One line of the list to choose from."""

    id: str
    title: str


def offered(case: CaseView, today: date) -> dict[str, list[Snippet]]:
    """The snippets of a case by group: answers that the parent was told first, then all others, then letters to send."""
    told = {str(one).partition("@")[0] for one in case.summary.get("told") or []}
    known = [Snippet(entry.id, entry.title) for entry in entries().values() if not entry.held(today)]
    by_title = sorted(known, key=lambda one: one.title)
    return {
        "Told in this case": [one for one in by_title if one.id in told],
        "All answers": [one for one in by_title if one.id not in told],
        "Letters for the parent to send": [Snippet(_LETTER + one.id, one.title) for one in _letters(today)],
    }


def text(chosen: str, case: CaseView, office: Mapping[str, str], today: date) -> str:
    """The snippet as text to work on; empty when there is none of this name, or it is past its review."""
    if chosen.startswith(_LETTER):
        letter = next((one for one in _letters(today) if _LETTER + one.id == chosen), None)
        return _letter_text(letter, case, office, today) if letter else ""
    entry = entries().get(chosen)
    return entry_text(entry) if entry and not entry.held(today) else ""


def entry_text(entry: Entry) -> str:
    """An entry: the answer, what to do, the law."""
    steps = [f"- {step}" for step in entry.next_steps]
    law = [f"The law: {'; '.join(law.provision for law in entry.law)}."] if entry.law else []
    return "\n\n".join([entry.short, "\n".join(steps), *law]).strip()


def _letters(today: date) -> list[LetterKind]:
    return [one for one in letters().values() if one.audience == "parent" and not one.held(today)]


def _letter_text(letter: LetterKind, case: CaseView, office: Mapping[str, str], today: date) -> str:
    """The letter with the facts of the case; what is not known stands in [brackets]."""
    facts = facts_of(letter, case.summary, case.contact, dates_of(case.summary), office, case.row.reference)
    filled = fill(letter, facts, today, calendar())
    return "\n\n".join([say("office", "letter_snippet", title=letter.title), *_paragraphs(filled), *filled.tips])


def _paragraphs(filled: FilledLetter) -> list[str]:
    """The letter's paragraphs; lines of an address, a list or the close stand together."""
    groups = groupby(zip(filled.parts, filled.paragraphs, strict=True), key=lambda pair: pair[0].kind)
    return [
        "\n\n".join(lines) if kind == "text" else "\n".join(lines)
        for kind, lines in ((kind, [line for _, line in group]) for kind, group in groups)
    ]
