"""Turns entries into replies: the answer, the answer with its close second, a guess with choices, several answers."""

import re
from collections.abc import Mapping
from datetime import date

from bot.blocks import Block, Button, Link, Reply, Sources, button, buttons, heading, text
from bot.dialogue.decide import Decision, Move
from bot.dialogue.fitting import ASKED_SURE, NOTHING, Fitting, fitted, length, narrower, steps
from bot.knowledge.entries import Entry
from bot.knowledge.words import say
from bot.law.reckoning import in_words
from bot.outcomes import Outcome

Entries = Mapping[str, Entry]
MOST_TOOLS = 2
SECOND_WORDS = 80  # of one of two answers in a reply
THIRD_WORDS = 55  # of one of three
GUESSES = 2  # short answers shown when unsure; more would bury the right one


def answered(entry: Entry, today: date, confidence: float | None = None) -> Reply:
    """The entry in full: short answer, steps, more, sources, tools."""
    if entry.held(today):
        return held(entry)
    blocks = [*body(entry), sources(entry), buttons(tools(entry))]
    return reply(Outcome.ANSWERED, blocks, [entry], confidence)


def for_decision(
    decision: Decision, known: Entries, today: date, passages: Mapping[str, Fitting] = NOTHING
) -> Reply | None:
    """The reply to a decided question; None when the decision is that the answer is not known."""
    found = [known[entry_id] for entry_id in decision.entries if entry_id in known]
    if not found or decision.move is Move.UNKNOWN:
        return None
    if found[0].held(today):
        return held(found[0])
    current = [entry for entry in found if not entry.held(today)]
    make = {Move.ANSWER: _one, Move.BOTH: _both, Move.OFFER: _offer, Move.SEVERAL: _several}[decision.move]
    return make(current, decision.confidence, passages)


def _one(found: list[Entry], confidence: float, passages: Mapping[str, Fitting]) -> Reply:
    entry = found[0]
    blocks = [*body(entry, passages.get(entry.id, ())), sources(entry), buttons(tools(entry))]
    return reply(Outcome.ANSWERED, blocks, [entry], confidence)


def _both(found: list[Entry], confidence: float, passages: Mapping[str, Fitting]) -> Reply:
    """The best answer, then the close second's in short: a parent need not choose before she reads."""
    best, *others = found
    also = narrower(best, passages)
    blocks: list[Block] = [text(best.short), *(also or steps(best, 1))]
    for other in others[:1]:
        blocks += [
            heading(f"{say('dialogue', 'also_heading')}: {other.title}"),
            *_in_short(other, passages, SECOND_WORDS),
        ]
    blocks.append(sources(best))
    blocks.append(buttons([*tools(best)[:1], *(choice(other) for other in others)]))
    return reply(Outcome.ANSWERED, blocks, found[:2], confidence)


def _offer(found: list[Entry], confidence: float, passages: Mapping[str, Fitting]) -> Reply:
    """The two likeliest answers in short, said to be a guess, and what else it could be."""
    blocks: list[Block] = [text(say("dialogue", "unsure_intro"))]
    for entry in found[:GUESSES]:
        blocks += [heading(entry.title), *_in_short(entry, passages, SECOND_WORDS)]
    blocks += [sources(entry) for entry in found[:GUESSES]]
    others = [*(choice(entry) for entry in found[GUESSES:]), none_of_these(), office()]
    blocks.append(buttons(others, say("dialogue", "unsure_close")))
    return reply(Outcome.ASKED_BACK, blocks, found, confidence)


def _several(found: list[Entry], confidence: float, passages: Mapping[str, Fitting]) -> Reply:
    """Each question answered briefly, under its own title; three leave room for the first sentences only."""
    blocks: list[Block] = []
    for entry in found:
        blocks += [heading(entry.title), *_in_short(entry, passages, SECOND_WORDS if len(found) == 2 else THIRD_WORDS)]
    blocks += [sources(entry) for entry in found]
    blocks.append(buttons([*(choice(entry) for entry in found), office()]))
    return reply(Outcome.ANSWERED, blocks, found, confidence)


def beside(found: Reply, other: Entry) -> Reply:
    """A reply with the short answer to another question after it."""
    more_: list[Block] = [heading(other.title), text(other.short), sources(other)]
    return {
        **found,
        "blocks": [*found["blocks"], *more_],
        "entries": [*found["entries"], f"{other.id}@{other.version}"],
    }


def _in_short(entry: Entry, passages: Mapping[str, Fitting], most: int) -> list[Block]:
    """The narrower answer where it fits, and as much of the short answer as there is room for; `most` in words."""
    also = narrower(entry, passages, ASKED_SURE)
    return [text(first_sentences(entry.short, most - sum(length(block) for block in also))), *also]


def first_sentences(short: str, most: int = 45) -> str:
    """As many whole sentences from the start as fit, at least one; `most` in words."""
    sentences = re.split(r"(?<=[.!?])\s+", short)
    kept = sentences[:1]
    for sentence in sentences[1:]:
        if len(" ".join([*kept, sentence]).split()) > most:
            break
        kept.append(sentence)
    return " ".join(kept)


def held(entry: Entry) -> Reply:
    """An entry past its review is not given as current."""
    words = say("dialogue", "held", title=entry.title, date=in_words(entry.review_by))
    return reply(Outcome.HELD, [text(words), buttons([office()])], [entry], None)


def body(entry: Entry, fitting: Fitting = ()) -> list[Block]:
    """Short answer with what fits the question, steps, and the folded rest."""
    return [*fitted(entry, fitting), more(entry)]


def more(entry: Entry) -> Block:
    """The fuller answer, with what it does not cover."""
    paragraphs = [*entry.more, say("dialogue", "does_not_cover", text=entry.does_not_cover)]
    return {"type": "more", "summary": say("dialogue", "more_summary"), "paragraphs": paragraphs}


def sources(entry: Entry) -> Sources:
    """The entry's law and pages, with the days they were read and when the answer is checked again."""
    pages: list[Link] = [{"text": f"{s.title} (read {s.seen.day} {s.seen:%B %Y})", "url": s.url} for s in entry.sources]
    return {
        "type": "sources",
        "entry": entry.id,
        "version": entry.version,
        "law": [law.provision for law in entry.law],
        "items": pages,
        "law_as_at": entry.law_as_at.isoformat(),
        "review_by": entry.review_by.isoformat(),
    }


def tools(entry: Entry) -> list[Button]:
    """What follows from the answer: more of it, a date, a letter, a person."""
    follow = [tool_button(tool) for tool in entry.tools if tool != "office"][:MOST_TOOLS]
    return [button(say("dialogue", "button_more"), "/more"), *follow, office()]


def tool_button(tool: str) -> Button:
    """The button of one tool of an entry."""
    if tool.startswith("letter:"):
        return button(say("dialogue", "button_letter"), f'/letter{{"letter": "{tool[7:]}"}}')
    return button(say("dialogue", "button_deadline"), "/deadline") if tool == "deadline" else office()


def office() -> Button:
    """The button that starts the handoff to a person."""
    return button(say("dialogue", "button_office"), "/handoff")


def choice(entry: Entry) -> Button:
    """The button that asks for one entry."""
    return button(entry.title, f'/choose{{"entry": "{entry.id}"}}')


def none_of_these() -> Button:
    """The button that says none of the titles fits."""
    return button(say("dialogue", "button_none"), "/none_of_these")


def reply(outcome: Outcome, blocks: list[Block], given: list[Entry], confidence: float | None) -> Reply:
    """A reply with its outcome and the entries that it gives."""
    kept = [block for block in blocks if block.get("items", True)]
    marks = [f"{entry.id}@{entry.version}" for entry in given]
    return {"blocks": kept, "outcome": str(outcome), "entries": marks, "confidence": confidence}
