"""Phrasings: the training examples in data/nlu, with their places, and what is wrong with them."""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.knowledge.faults import Fault, shown
from bot.knowledge.yaml_lines import read
from bot.limits import MIN_PHRASINGS, MIN_PHRASINGS_OTHER, NEAR_DUPLICATE
from bot.paths import NLU


@dataclass(frozen=True)
class Phrasing:
    """One example: its intent (`ask/<entry id>` or another), its text and its place."""

    intent: str
    text: str
    path: Path
    line: int

    @cached_property
    def norm(self) -> str:
        """Letters and digits only, lower case: what two phrasings are compared by."""
        return normalised(self.text)

    def fault(self, what: str, mend: str) -> Fault:
        """A fault at this example."""
        return Fault(shown(self.path), self.line, self.intent, what, mend)


def normalised(text: str) -> str:
    """Letters and digits only, lower case, single spaces; entity marks are taken off. What has none, such as an emoji, stays."""
    plain = re.sub(r"\[([^\]]*)\](\([^)]*\)|\{[^}]*\})", r"\1", text)
    return re.sub(r"[^\w£]+", " ", plain.lower()).strip() or plain.strip()


def read_phrasings(folder: Path = NLU) -> list[Phrasing]:
    """All examples of all intents below a folder, in file order."""
    return [phrasing for path in sorted(folder.rglob("*.yml")) for phrasing in phrasings_of(path)]


def phrasings_of(path: Path) -> list[Phrasing]:
    """The examples of one file."""
    document = read(path)
    found: list[Phrasing] = []
    for index, block in enumerate((document.data or {}).get("nlu", [])):
        if "intent" in block:
            start = document.line("nlu", index, "examples") + 1
            for offset, line in enumerate(str(block["examples"]).split("\n")):
                if line.strip().startswith("- "):
                    found.append(Phrasing(block["intent"], line.strip()[2:].strip(), path, start + offset))
    return found


def phrasing_faults(phrasings: list[Phrasing], entry_ids: set[str]) -> list[Fault]:
    """Unknown entries, entries below the floor, and the same phrasing twice."""
    by_intent: dict[str, list[Phrasing]] = defaultdict(list)
    for phrasing in phrasings:
        by_intent[phrasing.intent].append(phrasing)
    return [*_unknown(by_intent, entry_ids), *_below_floor(by_intent, entry_ids), *duplicate_faults(phrasings)]


def _unknown(by_intent: dict[str, list[Phrasing]], entry_ids: set[str]) -> list[Fault]:
    return [
        examples[0].fault("no entry has this id.", "write the entry or name the right one.")
        for intent, examples in by_intent.items()
        if intent.startswith("ask/") and intent[4:] not in entry_ids
    ]


def _below_floor(by_intent: dict[str, list[Phrasing]], entry_ids: set[str]) -> list[Fault]:
    faults = []
    for entry_id in sorted(entry_ids):
        count = len(by_intent.get(f"ask/{entry_id}", []))
        if count < MIN_PHRASINGS:
            what = f"has {count} phrasings, fewer than {MIN_PHRASINGS}."
            faults.append(
                Fault(f"data/nlu/ask/{entry_id}.yml", 1, f"ask/{entry_id}", what, "write more, in other voices.")
            )
    for intent, examples in by_intent.items():
        if not intent.startswith("ask/") and len(examples) < MIN_PHRASINGS_OTHER:
            faults.append(examples[0].fault(f"has fewer than {MIN_PHRASINGS_OTHER} phrasings.", "write more."))
    return faults


def duplicate_faults(phrasings: list[Phrasing]) -> list[Fault]:
    """Phrasings that stand twice, or nearly so under two different intents."""
    faults = []
    seen: dict[str, Phrasing] = {}
    for phrasing in phrasings:
        twin = seen.setdefault(phrasing.norm, phrasing)
        if twin is not phrasing:
            faults.append(phrasing.fault(f"stands also at {shown(twin.path)}:{twin.line}.", "take one of them out."))
    return faults + _near_duplicates(list(seen.values()))


def _near_duplicates(phrasings: list[Phrasing]) -> list[Fault]:
    """Compares only phrasings that share a rare 3-gram, so that thousands stay quick."""
    grams = [frozenset(p.norm[i : i + 3] for i in range(max(1, len(p.norm) - 2))) for p in phrasings]
    places: dict[str, list[int]] = defaultdict(list)
    for index, own in enumerate(grams):
        for gram in own:
            places[gram].append(index)
    faults = []
    for index, own in enumerate(grams):
        rarest = sorted(own, key=lambda gram: len(places[gram]))[: max(1, len(own) // 8)]
        for other in {j for gram in rarest for j in places[gram] if j < index}:
            if phrasings[other].intent != phrasings[index].intent and likeness(own, grams[other]) >= NEAR_DUPLICATE:
                twin = phrasings[other]
                what = f"is nearly the same as {twin.intent} at {shown(twin.path)}:{twin.line}."
                faults.append(phrasings[index].fault(what, "keep it with the entry that answers it best."))
    return faults


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """How alike two sets of 3-grams are, 0 to 1 (Jaccard)."""
    union = len(one | other)
    return len(one & other) / union if union else 1.0


def overlap(phrasings: list[Phrasing], measuring: list[str]) -> list[Phrasing]:
    """Training phrasings that also stand in a measuring set (of more than four words)."""
    held_out = {normalised(text) for text in measuring if len(normalised(text).split()) > 4}
    return [phrasing for phrasing in phrasings if phrasing.norm in held_out]
