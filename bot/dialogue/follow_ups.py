"""What acts on the last answer: shorter, explain, more, "is that the law?", "are you sure?", "what if they still say no"."""

import re
from collections.abc import Callable
from datetime import date

from bot.blocks import Block, Reply, bullets, buttons, links, text
from bot.dialogue.answers import answered, choice, first_sentences, more, office, reply, sources, tools
from bot.dialogue.fitting import fitting_paragraph, narrower
from bot.dialogue.heard import Heard
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
# What a no to exactly this leads to; it comes first.
REFUSED = {
    "ehcna-how-to-ask": "refusal-to-assess",
    "ehcna-six-weeks": "refusal-to-assess",
    "ehcna-who-can-ask": "refusal-to-assess",
    "late-decision": "refusal-to-assess",
    "sen-support": "school-wont-help",
    "transport": "transport-appeal",
}
ANYWHERE = ("complaint-council", "complaints-ombudsman", "mp-help")


NEAR = 0.02  # an entry that the follow-up may be about, read with what was typed before
MOST_DOORS = 3
SAID_OF_A_NO = (
    0.3  # "and if they won't?" names no topic of its own: what the topic says of a refusal is near, not close
)


def follow_up(heard: Heard, memory: Memory, known: dict[str, Entry], today: date) -> Reply:
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
        "still_no": lambda found: _still_no(found, heard, known),
    }
    return make[heard.intent](entry)


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


def _still_no(entry: Entry, heard: Heard, known: dict[str, Entry]) -> Reply:
    """What the last answer says on a refusal, then the next doors, each with the first line of its answer."""
    near = [near for near, p in heard.context if p >= NEAR]
    own_no = [REFUSED[entry.id]] if entry.id in REFUSED else []
    wanted = [*own_no, *near, *ESCALATION.get(entry.group, ()), *ANYWHERE]
    doors = [known[door] for door in dict.fromkeys(wanted) if door in known and door != entry.id][:MOST_DOORS]
    own = narrower(entry, heard.passages, SAID_OF_A_NO) or fitting_paragraph(entry, heard.passages)
    lines = bullets([f"{door.title}: {first_sentences(door.short)}" for door in doors])
    given: list[Block] = [*own, text(say("dialogue", "still_no")), lines, text(say("dialogue", "still_no_close"))]
    told = [*([entry] if own else []), *doors]
    close = buttons([*(choice(door) for door in doors[:2]), office()])
    return reply(Outcome.ANSWERED, [*given, *(sources(one) for one in told), close], told, None)
