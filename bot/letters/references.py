"""Finds names in a letter that point nowhere: in templates, conditions, limits, triggers; and logic where only text belongs."""

from collections.abc import Iterator

from jinja2 import TemplateSyntaxError

from bot.knowledge.faults import Fault
from bot.knowledge.yaml_lines import Document
from bot.law.content import limits, triggers
from bot.letters.content import LetterKind, Line, When
from bot.letters.templates import names_in

FACT_STATES = frozenset({"given", "blank"})
DATE_STATES = frozenset({"known", "unknown", "late", "ahead"})
ALWAYS = frozenset({"today"})


def reference_faults(document: Document, letter: LetterKind) -> list[Fault]:
    """The faults of one letter that the schema cannot see."""
    found = [*_template_faults(document, letter), *_when_faults(document, letter), *_date_faults(document, letter)]
    return [*found, *_fact_faults(document, letter)]


def _template_faults(document: Document, letter: LetterKind) -> Iterator[Fault]:
    known = {*letter.facts, *(one.id for one in letter.dates), *ALWAYS}
    for line in letter.lines():
        for template in line.templates:
            if "{%" in template or "{#" in template:
                yield document.fault((), f"'{template[:40]}' holds logic.", "use `when` instead.")
                continue
            try:
                unknown = names_in(template) - known
            except TemplateSyntaxError as error:
                yield document.fault(
                    (), f"'{template[:40]}' is no template ({error.message}).", "mend the {{ }} marks."
                )
                continue
            for name in sorted(unknown):
                yield document.fault(
                    (), f"'{name}' in '{template[:40]}' is no fact or date.", "name one of the letter's."
                )


def _when_faults(document: Document, letter: LetterKind) -> Iterator[Fault]:
    conditions = [line.when for line in letter.lines()] + [fact.when for fact in letter.facts.values()]
    for when in dict.fromkeys(conditions):
        yield from _one_when(document, letter, when)


def _one_when(document: Document, letter: LetterKind, when: When) -> Iterator[Fault]:
    dates = {one.id for one in letter.dates}
    for name, states in when:
        fact = letter.facts.get(name)
        if fact is None and name not in dates:
            yield document.fault((), f"when: '{name}' is no fact or date.", "name one of the letter's.")
            continue
        allowed = FACT_STATES | {option.id for option in fact.options} if fact else DATE_STATES
        for state in states:
            if state not in allowed:
                yield document.fault(
                    (), f"when: '{name}' is never '{state}'.", f"use one of {', '.join(sorted(allowed))}."
                )


def _date_faults(document: Document, letter: LetterKind) -> Iterator[Fault]:
    for index, one in enumerate(letter.dates):
        if one.id in letter.facts:
            yield document.fault(("dates", index, "id"), f"'{one.id}' is a fact as well.", "give it another id.")
        if one.limit is not None and one.limit not in limits():
            yield document.fault(
                ("dates", index, "limit"), f"'{one.limit}' is no limit.", "name one of knowledge/limits/."
            )
        for trigger, fact in one.start:
            if trigger not in triggers():
                yield document.fault(
                    ("dates", index, "from"), f"'{trigger}' is no trigger.", "name one of triggers.yml."
                )
            if fact not in ALWAYS and (fact not in letter.facts or letter.facts[fact].kind != "date"):
                yield document.fault(
                    ("dates", index, "from"), f"'{fact}' is no date of this letter.", "name a date fact."
                )


def _fact_faults(document: Document, letter: LetterKind) -> Iterator[Fault]:
    used = set().union(*(names_in(template) for line in letter.lines() for template in line.templates if _plain(line)))
    used |= {name for line in letter.lines() for name, _ in line.when} | {
        fact for one in letter.dates for _, fact in one.start
    }
    own = {row.get("id", row.get("use")) for row in document.data["facts"]}
    for fact in letter.facts.values():
        if fact.id not in used and fact.id in own:
            yield document.fault(("facts",), f"'{fact.id}' is asked for and never used.", "use it, or take it out.")
        if (fact.kind == "choice") != bool(fact.options):
            yield document.fault(
                ("facts",), f"'{fact.id}' needs options if, and only if, it is a choice.", "mend its kind."
            )
        for trigger in (*fact.clock, *(trigger for option in fact.options for trigger in option.clock)):
            if trigger not in triggers():
                yield document.fault(
                    ("facts",), f"'{fact.id}': '{trigger}' is no trigger.", "name one of triggers.yml."
                )


def _plain(line: Line) -> bool:
    """Whether a line's templates can be read; those that cannot are reported already."""
    try:
        return all(names_in(template) is not None for template in line.templates)
    except TemplateSyntaxError:
        return False
