"""What acts on the last answer: shorter, explain, more, "is that the law?", "are you sure?", "what if they still say no"."""

import re
from collections.abc import Callable
from datetime import date

from bot.blocks import Block, Reply, bullets, buttons, links, text
from bot.dialogue.answers import answered, choice, first_sentences, more, office, reply, sources, tools
from bot.dialogue.memory import Memory
from bot.knowledge.entries import Entry
from bot.knowledge.words import say
from bot.law.reckoning import in_words
from bot.outcomes import Outcome

# Where to go when the council does not move: the entries that say so, by the group of the last answer.
ESCALATION = {
    "request": ("refusal-to-assess", "late-decision", "complaint-council"),
    "assessment": ("late-decision", "overdue-plan", "complaint-council"),
    "refusal": ("mediation", "appeal-deadline", "complaint-council"),
    "plan": ("provision-not-delivered", "complaint-council", "judicial-review"),
    "school": ("appeal-what", "mediation", "appeal-deadline"),
    "review": ("late-annual-review", "appeal-what", "complaint-council"),
    "appeal": ("late-appeal", "tribunal-order-not-followed", "legal-aid-free-help"),
}
ANYWHERE = ("complaint-council", "complaints-ombudsman", "mp-help")


def follow_up(intent: str, memory: Memory, known: dict[str, Entry], today: date) -> Reply:
    """The reply to a follow-up on the last answer; says so when there was none."""
    entry = known.get(memory.topic or "")
    if entry is None:
        return reply(Outcome.ASKED_BACK, [text(say("dialogue", "nothing_before"))], [], None)
    make: dict[str, Callable[[Entry], Reply]] = {
        "shorter": _shorter,
        "explain": _explain,
        "more": _more,
        "repeat": lambda found: answered(found, today),
        "is_it_law": _is_it_law,
        "are_you_sure": _are_you_sure,
        "still_no": lambda found: _still_no(found, known),
    }
    return make[intent](entry)


def _shorter(entry: Entry) -> Reply:
    """The first two sentences: the answer and its main fact."""
    sentences = re.split(r"(?<=[.!?])\s+", entry.short)
    words = say("dialogue", "shorter_again", text=" ".join(sentences[:2]))
    return reply(Outcome.ANSWERED, [text(words), sources(entry), buttons(tools(entry))], [entry], None)


def _explain(entry: Entry) -> Reply:
    explained: list[Block] = [
        text(say("dialogue", "explain_intro")),
        *(text(paragraph) for paragraph in entry.more[:2]),
    ]
    return reply(Outcome.ANSWERED, [*explained, sources(entry), buttons([office()])], [entry], None)


def _more(entry: Entry) -> Reply:
    paragraphs = more(entry)["paragraphs"]  # type: ignore[typeddict-item]
    return reply(
        Outcome.ANSWERED, [*(text(p) for p in paragraphs), sources(entry), buttons(tools(entry)[1:])], [entry], None
    )


def _is_it_law(entry: Entry) -> Reply:
    if not entry.law:
        return reply(Outcome.ANSWERED, [text(say("dialogue", "law_none")), sources(entry)], [entry], None)
    rules = bullets([f"{law.provision}: {law.says}" for law in entry.law])
    where = links([{"text": law.provision, "url": law.url} for law in entry.law if law.url])
    return reply(Outcome.ANSWERED, [text(say("dialogue", "law_intro")), rules, where, sources(entry)], [entry], None)


def _are_you_sure(entry: Entry) -> Reply:
    dates = say("dialogue", "sure_law", law_as_at=in_words(entry.law_as_at), review_by=in_words(entry.review_by))
    lines = [text(say("dialogue", "sure_intro")), text(dates), text(say("dialogue", "sure_close"))]
    return reply(Outcome.ANSWERED, [*lines, sources(entry), buttons([office()])], [entry], None)


def _still_no(entry: Entry, known: dict[str, Entry]) -> Reply:
    """The next doors, each with the first line of its answer."""
    wanted = [*ESCALATION.get(entry.group, ()), *ANYWHERE]
    doors = [known[door] for door in dict.fromkeys(wanted) if door in known and door != entry.id][:3]
    lines = bullets([f"{door.title}: {first_sentences(door.short)}" for door in doors])
    close = text(say("dialogue", "still_no_close"))
    given: list[Block] = [text(say("dialogue", "still_no")), lines, close, *(sources(door) for door in doors)]
    return reply(Outcome.ANSWERED, [*given, buttons([*(choice(door) for door in doors[:2]), office()])], doors, None)
