"""Replies that are not answers: urgent signposts, out of scope, small talk. Their words stand in knowledge/*.yml."""

from functools import cache
from typing import Any

from bot.blocks import Block, Reply, buttons, links, text
from bot.dialogue.answers import office
from bot.knowledge.words import say
from bot.knowledge.yaml_lines import read
from bot.outcomes import Outcome
from bot.paths import KNOWLEDGE

CAUTION_LINES = 2

WITH_OFFICE = frozenset({"feelings", "complaint_about_bot"})  # small talk after which a person may be wanted


@cache
def kinds(file: str) -> dict[str, Any]:
    """The kinds of knowledge/<file>.yml, each with its words and contacts."""
    return dict(read(KNOWLEDGE / f"{file}.yml").data)


def urgent(signal: str) -> Reply:
    """The signposts of an urgent signal first, short, no questions; SEND help is offered after."""
    known = kinds("urgent")
    found = known.get(signal) or known["life_at_risk"]
    blocks: list[Block] = [text(" ".join(_lines(found["say"]))), links(list(found["contacts"]))]
    blocks += [text(found.get("after") or say("dialogue", "urgent_after"))]
    return _reply(Outcome.URGENT, blocks)


def with_caution(found: Reply, signal: str) -> Reply:
    """Where danger may be meant: its signposts in short first, then the reply to what was asked."""
    danger = kinds("urgent").get(signal) or kinds("urgent")["life_at_risk"]
    first: list[Block] = [
        text(" ".join([say("dialogue", "caution_intro"), *_lines(danger["say"])[:CAUTION_LINES]])),
        links(list(danger["contacts"])),
        text(say("dialogue", "caution_close")),
    ]
    return {**found, "blocks": [*first, *found["blocks"]], "outcome": str(Outcome.URGENT)}


def out_of_scope(kind: str) -> Reply:
    """Says that this is not for the assistant, with one sensible signpost."""
    known = kinds("out_of_scope")
    found = known.get(kind) or known["general"]
    blocks: list[Block] = [text(" ".join(_lines(found["say"])))]
    if found.get("signpost"):
        signposts = found["signpost"] if isinstance(found["signpost"], list) else [found["signpost"]]
        blocks.append(links(signposts))
    return _reply(Outcome.OUT_OF_SCOPE, blocks)


def smalltalk(kind: str) -> Reply:
    """A short, honest, warm answer to what is not a question."""
    known = kinds("chitchat")
    found = known.get(kind) or known["what_can_you_do"]
    blocks: list[Block] = [text(" ".join(_lines(found["say"])))]
    if kind in WITH_OFFICE:
        blocks.append(buttons([office()]))
    return _reply(Outcome.SMALLTALK, blocks)


def _lines(say_: Any) -> list[str]:
    return [say_] if isinstance(say_, str) else list(say_)


def _reply(outcome: Outcome, blocks: list[Block]) -> Reply:
    return {"blocks": blocks, "outcome": str(outcome), "entries": [], "confidence": None}
