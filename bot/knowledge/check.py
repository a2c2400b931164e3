"""`bot check`: everything that can be wrong with the content, each with file, line, field and mend."""

from statistics import mean

from bot.cases.fields import case_faults
from bot.knowledge.entries import Entry, load_entries
from bot.knowledge.faults import ContentError, Fault
from bot.knowledge.files import file_faults
from bot.knowledge.phrasings import phrasing_faults, read_phrasings
from bot.knowledge.readability import grade, too_hard, too_long, words
from bot.knowledge.review import review_faults
from bot.knowledge.training import measuring_faults, measuring_texts, training_faults
from bot.knowledge.words import all_word_faults
from bot.knowledge.yaml_lines import Document, read
from bot.law.clocks import limit_faults
from bot.letters.library import letter_faults
from bot.limits import (
    MAX_ASKED_GRADE,
    MAX_ASKED_WORDS,
    MAX_MEAN_SHORT_GRADE,
    MAX_SHORT_GRADE,
    MAX_SHORT_WORDS,
    MAX_STEP_WORDS,
)
from bot.paths import ENTRIES, LETTERS


def check_all(only: set[str] | None = None) -> list[Fault]:
    """All faults in knowledge/ and data/nlu; with `only`, those of these entries alone."""
    try:
        faults = _faults()
    except ContentError as error:
        return error.faults
    if only is not None:
        return sorted(fault for fault in faults if any(f"/{entry_id}.yml" in fault.file for entry_id in only))
    return sorted(faults)


def _faults() -> list[Fault]:
    """Files first: what a broken file would make of the checks between files is not worth reading.

    Raises:
        ContentError: when entries or phrasings cannot be read at all.
    """
    faults = [*file_faults(), *all_word_faults()]
    if faults:
        return faults
    entries, phrasings = load_entries(), read_phrasings()
    faults = [*entry_faults(entries), *phrasing_faults(phrasings, set(entries)), *training_faults(phrasings)]
    faults += measuring_faults(phrasings, measuring_texts())
    return [*faults, *limit_faults(), *case_faults(), *letter_faults(), *review_faults()]


def entry_faults(entries: dict[str, Entry]) -> list[Fault]:
    """Faults that the schema cannot see: length, reading age, links between entries."""
    letters = {path.stem for path in LETTERS.glob("*.yml")}
    faults: list[Fault] = []
    for entry in entries.values():
        document = read(ENTRIES / f"{entry.id}.yml")
        faults += _wording(entry, document) + _links(entry, document, set(entries), letters)
    return faults + _mean_grade(entries)


def _wording(entry: Entry, document: Document) -> list[Fault]:
    faults = []
    if too_long(entry.short):
        what = f"has {words(entry.short)} words, more than {MAX_SHORT_WORDS}."
        faults.append(document.fault(("short",), what, "shorten it, or move part of it to `more`."))
    if too_hard(entry.short):
        what = f"reads at grade {grade(entry.short):.1f}, above {MAX_SHORT_GRADE}."
        faults.append(document.fault(("short",), what, "use shorter sentences and plainer words."))
    for index, step in enumerate(entry.next_steps):
        if words(step) > MAX_STEP_WORDS:
            faults.append(document.fault(("next_steps", index), f"has over {MAX_STEP_WORDS} words.", "shorten it."))
    for index, item in enumerate(entry.asked):
        if words(item.a) > MAX_ASKED_WORDS:
            faults.append(document.fault(("asked", index, "a"), f"has over {MAX_ASKED_WORDS} words.", "shorten it."))
        if grade(item.a) > MAX_ASKED_GRADE:
            what = f"reads at grade {grade(item.a):.1f}, above {MAX_ASKED_GRADE}."
            faults.append(document.fault(("asked", index, "a"), what, "use shorter sentences and plainer words."))
    return faults


def _links(entry: Entry, document: Document, ids: set[str], letters: set[str]) -> list[Fault]:
    faults = []
    for index, other in enumerate(entry.related):
        if other not in ids or other == entry.id:
            faults.append(document.fault(("related", index), f"'{other}' is no other entry.", "name an existing id."))
    for index, tool in enumerate(entry.tools):
        if tool.startswith("letter:") and tool[7:] not in letters:
            faults.append(
                document.fault(("tools", index), f"'{tool}' names no letter.", "name one of knowledge/letters/.")
            )
    return faults


def _mean_grade(entries: dict[str, Entry]) -> list[Fault]:
    average = mean(grade(entry.short) for entry in entries.values()) if entries else 0.0
    if average <= MAX_MEAN_SHORT_GRADE:
        return []
    what = f"the short answers read at grade {average:.2f} on average, above {MAX_MEAN_SHORT_GRADE}."
    return [Fault("knowledge/entries", 1, "short", what, "make the hardest ones plainer.")]
