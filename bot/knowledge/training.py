"""Checks between the training data and what it names: kinds with words, letters, intents of the domain, measuring sets."""

import json
from collections.abc import Iterable
from pathlib import Path

from bot.knowledge.faults import Fault, shown
from bot.knowledge.phrasings import Phrasing, overlap
from bot.knowledge.yaml_lines import Document, read
from bot.paths import KNOWLEDGE, LETTERS, ROOT

DOMAIN = ROOT / "domain.yml"
MEASURING = ROOT / "tests" / "measuring"
KINDS = ("urgent", "out_of_scope", "chitchat")  # intents whose kinds have their words in the file of the same name
ANY_LETTER = "any"


def training_faults(phrasings: list[Phrasing]) -> list[Fault]:
    """All that can be wrong between the training data and what it names."""
    faults = [fault for intent in KINDS for fault in kind_faults(intent, phrasings, read(KNOWLEDGE / f"{intent}.yml"))]
    faults += _signal_faults(read(KNOWLEDGE / "urgent_signals.yml"), set(read(KNOWLEDGE / "urgent.yml").data))
    faults += letter_kind_faults(phrasings, {path.stem for path in LETTERS.glob("*.yml")})
    return faults + domain_faults(phrasings, read(DOMAIN), read(KNOWLEDGE / "entities.yml"))


def kind_faults(intent: str, phrasings: Iterable[Phrasing], document: Document) -> list[Fault]:
    """Kinds with phrasings and no words, and the other way round."""
    first = _first_of_each(intent, phrasings)
    missing = [
        first[kind].fault(f"has no words in {shown(document.path)}.", f"add {kind} there.")
        for kind in sorted(set(first) - set(document.data))
    ]
    unused = sorted(set(document.data) - set(first))
    mend = f"add examples of {intent}/<kind> to data/nlu."
    return missing + [document.fault((kind,), "has no phrasings.", mend) for kind in unused]


def letter_kind_faults(phrasings: Iterable[Phrasing], letters: set[str]) -> list[Fault]:
    """Phrasings that ask for a letter that is not there."""
    asked = _first_of_each("letter", phrasings)
    wrong = sorted(set(asked) - letters - {ANY_LETTER})
    return [asked[kind].fault("names no letter.", "name one of knowledge/letters/.") for kind in wrong]


def domain_faults(phrasings: Iterable[Phrasing], domain: Document, entities: Document) -> list[Fault]:
    """Intents of the training data and entities of the pipeline that the domain does not have."""
    intents = {name for row in domain.data["intents"] for name in ([row] if isinstance(row, str) else row)}
    first: dict[str, Phrasing] = {}
    for phrasing in phrasings:
        first.setdefault(phrasing.intent.split("/")[0], phrasing)
    faults = [
        first[name].fault(f"'{name}' is not in domain.yml.", "add the intent there.")
        for name in sorted(set(first) - intents)
    ]
    for form in ("tokens", "phrases"):
        for label in sorted(set(entities.data[form]) - set(domain.data["entities"])):
            faults.append(entities.fault((form, label), "is no entity of domain.yml.", "add the entity there."))
    return faults


def measuring_texts(folder: Path = MEASURING) -> list[str]:
    """Every question of the measuring sets."""
    lines = [line for path in sorted(folder.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [json.loads(line) for line in lines if line.strip()]
    return [text for row in rows for text in row.get("turns") or [row.get("text", "")]]


def measuring_faults(phrasings: list[Phrasing], measuring: list[str]) -> list[Fault]:
    """Measuring questions that stand in the training data: what is trained on cannot be measured with."""
    what, mend = "stands in a measuring set (tests/measuring).", "take it out of the training data."
    return [phrasing.fault(what, mend) for phrasing in overlap(phrasings, measuring)]


def _signal_faults(document: Document, kinds: set[str]) -> list[Fault]:
    wrong = sorted(set(document.data) - kinds - {"never"})
    return [document.fault((name,), "is no kind of urgent.yml.", "name one of its kinds.") for name in wrong]


def _first_of_each(intent: str, phrasings: Iterable[Phrasing]) -> dict[str, Phrasing]:
    """The first phrasing of each kind of an intent."""
    first: dict[str, Phrasing] = {}
    for phrasing in phrasings:
        if phrasing.intent.startswith(f"{intent}/"):
            first.setdefault(phrasing.intent.partition("/")[2], phrasing)
    return first
