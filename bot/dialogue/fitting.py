"""What of an entry is shown for one question: the narrower answer or paragraph that fits it, and the steps there is room for.

Fit comes from understanding (bot/nlu/passages.py); nothing is written here that does not stand in the entry.
"""

from collections.abc import Mapping

from bot.blocks import Block, bullets, heading, text
from bot.knowledge.entries import Entry
from bot.knowledge.words import say

Fitting = tuple[tuple[str, float], ...]  # an entry's passages, best first, with their fit
NOTHING: dict[str, Fitting] = {}
STEPS_SHOWN = 3
WORDS_SHOWN = 90  # of short answer, fitting passage and steps together; one step is always shown
ASKED_FITS = 0.5  # chosen with MORE_FITS on questions with named facts (docs/evaluation.md, "Passages")
ASKED_SURE = 0.7  # where several entries share a reply
PARAGRAPH_WORDS = 36
MORE_FITS = 0.3


def fitted(entry: Entry, fitting: Fitting) -> list[Block]:
    """The short answer with the narrower one, or with the fitting paragraph; then the steps that there is room for.

    A narrower answer stands after the short one, and its own question is said with it: its "No." must not be taken for the answer
    to another question.
    """
    if not fitting:
        return [text(entry.short), *steps(entry, STEPS_SHOWN)]
    passages = {entry.id: fitting}
    said = [text(entry.short), *(narrower(entry, passages) or fitting_paragraph(entry, passages))]
    return [*said, *_fitting_steps(entry, fitting, WORDS_SHOWN - sum(length(block) for block in said))]


def narrower(entry: Entry, passages: Mapping[str, Fitting], fits: float = ASKED_FITS) -> list[Block]:
    """The narrower question that people also ask and its answer, where the message is near enough to it."""
    found = [name for name, fit in passages.get(entry.id, ()) if name.startswith("asked:") and fit >= fits]
    return [text(f"{item.q} {item.a}") for item in (entry.asked[_index(name)] for name in found[:1])]


def fitting_paragraph(entry: Entry, passages: Mapping[str, Fitting]) -> list[Block]:
    """The paragraph of the fuller answer that fits best, where one fits and is short enough."""
    found = [name for name, fit in passages.get(entry.id, ()) if name.startswith("more:") and fit >= MORE_FITS]
    paragraphs = [entry.more[_index(name)] for name in found]
    return [text(paragraph) for paragraph in paragraphs[:1] if len(paragraph.split()) <= PARAGRAPH_WORDS]


def steps(entry: Entry, most: int) -> list[Block]:
    """The first steps, under their heading."""
    return [heading(say("dialogue", "steps_heading")), bullets(list(entry.next_steps[:most]), ordered=True)]


def _fitting_steps(entry: Entry, fitting: Fitting, room: int) -> list[Block]:
    """The steps that fit best, in their own order, within so many words; at least one."""
    ranked = [_index(name) for name, _ in fitting if name.startswith("next_steps:")]
    kept: list[int] = []
    for index in [*ranked, *(n for n in range(len(entry.next_steps)) if n not in ranked)]:
        length = len(entry.next_steps[index].split())
        if not kept or (length <= room and len(kept) < STEPS_SHOWN):
            kept.append(index)
            room -= length
    return [
        heading(say("dialogue", "steps_heading")),
        bullets([entry.next_steps[n] for n in sorted(kept)], ordered=True),
    ]


def _index(name: str) -> int:
    return int(name.partition(":")[2])


def length(block: Block) -> int:
    """The words of a text block."""
    return len(str(block.get("text", "")).split())
