"""Finds entries by the words of a question: for the A-Z pages, and for parents while the engine is down.

BM25 over each entry's title, text and phrasings, with acronyms expanded as for the engine. Needs neither Rasa nor TensorFlow.
The phrasings of danger, small talk and what is out of scope stand beside the entries: what they fit best is no answer's.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from rank_bm25 import BM25Okapi

from bot.knowledge.entries import Entry, entries
from bot.knowledge.phrasings import Phrasing, normalised, read_phrasings
from bot.nlu.wording import expanded

# Chosen on a sixth of the phrasings held out of the index; on tests/measuring/in_scope: right first 85 %, among three 94 %.
SATURATION, LENGTH = 6.0, 0.75  # BM25's k1 and b; a word in many phrasings of an entry keeps counting
TITLE_WEIGHT, SHORT_WEIGHT = 4, 2  # how often the words of a title and of a short answer count
COMMON = 0.7  # a word in more than this share of what stands beside the entries is everybody's
COVERED = 0.15  # the share of a question's telling words, by weight, that the best document must hold
NEAR_BEST = 0.4  # results below this share of the best one's score are left out
ASK, URGENT = "ask/", "urgent/"
BESIDE = ("urgent/", "out_of_scope/", "chitchat/")

_WORD = re.compile(r"[\w£]+")


@dataclass(frozen=True)
class Found:
    """The entries that fit a question, best first; `danger` names an urgent signal that it fits better than any entry."""

    entries: tuple[Entry, ...] = ()
    danger: str | None = None


class Index:
    """All entries by their words."""

    def __init__(self, known: Mapping[str, Entry], phrasings: Iterable[Phrasing]):
        self._known = known
        texts = _documents(known, phrasings)
        self._labels = list(texts)
        words = list(texts.values())
        self._bm25 = BM25Okapi(words, k1=SATURATION, b=LENGTH)
        self._holds = [set(text) for text in words]
        counts = Counter(word for held in self._holds for word in held)
        self.vocabulary = frozenset(counts)
        self._common = _everybodys(
            [held for label, held in zip(self._labels, self._holds, strict=True) if label.startswith(BESIDE)]
        )
        self._weights = {word: math.log((len(words) + 1) / count) for word, count in counts.items()}
        self._rarest = math.log(len(words) + 1)

    def find(self, question: str, most: int) -> Found:
        """What fits a question; nothing when its words are not the field's, or fit better beside the entries."""
        asked = list(dict.fromkeys(words_of(question)))
        if not asked or self._common.issuperset(asked):
            return Found()
        scores = self._bm25.get_scores(asked)
        order = [int(place) for place in np.argsort(-scores, kind="stable")]
        best = self._labels[order[0]]
        if scores[order[0]] <= 0 or self._covered(asked, order[0]) < COVERED:
            return Found()
        if not best.startswith(ASK):
            return Found(danger=best.removeprefix(URGENT) if best.startswith(URGENT) else None)
        near = [place for place in order if scores[place] >= NEAR_BEST * scores[order[0]]]
        ids = [self._labels[place].removeprefix(ASK) for place in near]
        return Found(tuple(self._known[entry_id] for entry_id in ids if entry_id in self._known)[:most])

    def _covered(self, asked: list[str], place: int) -> float:
        """How much of what was asked a document holds; an unknown word weighs as much as a rare one."""
        weights = {word: self._weights.get(word, self._rarest) for word in asked if word not in self._common}
        return sum(weight for word, weight in weights.items() if word in self._holds[place]) / sum(weights.values())


def find(question: str, most: int = 10) -> Found:
    """The project's own entries that fit a question."""
    return index().find(question, most)


@lru_cache(maxsize=1)
def index() -> Index:
    """The index of the project's own entries; made once in a process, in about two seconds."""
    return Index(entries(), read_phrasings())


def words_of(text: str) -> list[str]:
    """The words of a text: lower case, acronyms expanded, plurals as singulars."""
    return [_singular(word) for word in _WORD.findall(expanded(text))]


def _documents(known: Mapping[str, Entry], phrasings: Iterable[Phrasing]) -> dict[str, list[str]]:
    """The words of each entry with its phrasings, and of each kind that stands beside the entries."""
    texts: dict[str, list[str]] = defaultdict(list)
    for entry in known.values():
        texts[ASK + entry.id] += words_of(_own_text(entry))
    for phrasing in phrasings:
        if phrasing.intent in texts or phrasing.intent.startswith(BESIDE):
            texts[phrasing.intent] += words_of(normalised(phrasing.text))
    return texts


def _everybodys(documents: list[set[str]]) -> set[str]:
    """The words of most documents that are not the field's: "the", "my", "what"."""
    counts = Counter(word for held in documents for word in held)
    return {word for word, count in counts.items() if count > COMMON * len(documents)}


def _own_text(entry: Entry) -> str:
    law = (f"{law.provision} {law.says}" for law in entry.law)
    own = [entry.title] * TITLE_WEIGHT + [entry.short] * SHORT_WEIGHT
    return " ".join([*own, *entry.next_steps, *entry.more, *(item.q for item in entry.asked), *law])


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
