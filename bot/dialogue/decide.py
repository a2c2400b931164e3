"""Decides what to do with a question by named thresholds on calibrated probabilities.

The thresholds were chosen on the risk-coverage curve of docs/evaluation.md.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from math import exp, log

from bot.dialogue.heard import Heard, Part
from bot.nlu.leaning import leans
from bot.nlu.splitting import opens_second_matter

ANSWER = 0.55  # the likeliest entry alone, unless the second is as likely as BOTH asks for
ANSWER_MARGIN = 0.30  # or: this far ahead of the second, and at least BOTH
BOTH = 0.30  # the likeliest entry, with the second's answer in short
OFFER = 0.12  # the likeliest as a guess, with titles to choose from
PART_ASK = 0.4  # a part of a message is a question of its own
PART_ENTRY = 0.2  # and its entry is likely enough
ABOUT_ANSWERS = {"are_you_sure", "is_it_law", "correction"}
ABOUT_US = "about-answers"  # the entry about the assistant's own answers
CLEAR_PART = 0.75  # a part that needs no question mark to be a matter of its own
UNCLEAR_PART = 0.65
SECOND_GUESS = 0.08
WHOLE = 0.35  # how far a part leans on the whole message
SEVERAL_WORDS = 60  # a longer message is a story with one question
SURE_OF_WHOLE = 0.9
CONTEXT = 0.9  # the share of the message in its context, in a log-mean with the message alone
FLOOR = 0.003  # an entry that one of the two does not name


class Move(StrEnum):
    """What to do with a question."""

    ANSWER = "answer"
    BOTH = "both"
    OFFER = "offer"
    SEVERAL = "several"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Decision:
    """A move, the entries it is about (best first), and the probability of the best."""

    move: Move
    entries: tuple[str, ...]
    confidence: float


def decide(heard: Heard) -> Decision:
    """The move for a question; a short follow-up is read together with what was typed before."""
    several = several_questions(heard)
    if several:
        return Decision(Move.SEVERAL, several, _least_sure(heard, several))
    return by_thresholds(in_context(heard) if is_follow_up(heard) else heard.entries)


def _least_sure(heard: Heard, several: tuple[str, ...]) -> float:
    sure = [p for part in heard.parts for entry, p in part.entries[:1] if entry in several]
    return min(sure, default=0.0)


def by_thresholds(ranking: tuple[tuple[str, float], ...]) -> Decision:
    """The move that a ranking's probabilities allow."""
    if not ranking or ranking[0][1] < OFFER:
        return Decision(Move.UNKNOWN, tuple(entry for entry, _ in ranking[:3]), ranking[0][1] if ranking else 0.0)
    best, second = ranking[0][1], ranking[1][1] if len(ranking) > 1 else 0.0
    ids = tuple(entry for entry, _ in ranking)
    if second >= BOTH:
        return Decision(Move.BOTH, ids[:2], best)
    if best >= ANSWER or (best >= BOTH and best - second >= ANSWER_MARGIN):
        return Decision(Move.ANSWER, ids[:1], best)
    return Decision(Move.BOTH, ids[:2], best) if best >= BOTH else Decision(Move.OFFER, ids[:3], best)


def several_questions(heard: Heard) -> tuple[str, ...]:
    """The entries of a message that asks two or three different things; empty when it asks one.

    A story has statements that only lead up to its question. So either the message says that it holds more than one
    matter ("also", "and can they"), or two of its parts have the form of a question, or two are each quite clear.
    """
    rankings = [_in_whole(part, heard) for part in heard.parts if _is_a_matter(part)]
    best = [ranking[0] for ranking in rankings]
    found = list(dict.fromkeys(entry for entry, p in best if p >= PART_ENTRY))
    clear = {entry for entry, p in best if p >= CLEAR_PART}
    questions = sum(1 for part in heard.parts if asks(part.text))
    short = len(heard.text.split()) <= SEVERAL_WORDS
    meant = questions >= 2 or opens_second_matter(heard.text) or len(clear) >= 2
    if not (short and meant):
        return ()
    if len(found) == 1 and len(rankings) >= 2 and questions + opens_second_matter(heard.text) >= 2:
        found += _another(rankings, found[0])
    return _with_the_whole(found + _second_guesses(rankings, found), heard) if len(found) >= 2 else ()


def _is_a_matter(part: Part) -> bool:
    """Whether a part asks for an answer: most likely, or as "is that right?" about something that one entry answers well."""
    if not part.entries:
        return False
    return part.ask >= PART_ASK or (part.label in ABOUT_ANSWERS and part.entries[0][1] >= CLEAR_PART)


def _another(rankings: list[list[tuple[str, float]]], found: str) -> list[str]:
    """Two questions that lead to one entry: the likeliest other entry of one of them, where it is likely at all."""
    others = [pair for ranking in rankings for pair in ranking[:2] if pair[0] != found and pair[1] >= SECOND_GUESS]
    return [max(others, key=lambda pair: pair[1])[0]] if others else []


def _second_guesses(rankings: list[list[tuple[str, float]]], found: list[str]) -> list[str]:
    """The close second of a part that is not clear: there is room for a third short answer."""
    unclear = [ranking for ranking in rankings if PART_ENTRY <= ranking[0][1] < UNCLEAR_PART and len(ranking) > 1]
    return [ranking[1][0] for ranking in unclear if ranking[1][0] not in found and ranking[1][1] >= SECOND_GUESS]


def _in_whole(part: Part, heard: Heard) -> list[tuple[str, float]]:
    """A part's ranking, leaning a little on the whole message: "when should I hear?" after "how do I ask for an assessment"."""
    whole, own = dict(heard.entries), dict(part.entries)
    if ABOUT_US in own and len(own) > 1 and whole.get(ABOUT_US, 0.0) < SECOND_GUESS:
        del own[ABOUT_US]  # "and when should I expect an answer?" waits for the council's
    mixed = {e: log(max(own.get(e, 0.0), FLOOR)) + WHOLE * log(max(whole.get(e, 0.0), FLOOR)) for e in {*own, *whole}}
    total = sum(exp(score) for score in mixed.values())
    return sorted(((e, exp(score) / total) for e, score in mixed.items()), key=lambda pair: -pair[1])


def _with_the_whole(found: list[str], heard: Heard) -> tuple[str, ...]:
    """At most three entries; where the whole message is sure of one that no part named, that one comes first."""
    whole = heard.entries[0] if heard.entries else ("", 0.0)
    if whole[1] >= SURE_OF_WHOLE and whole[0] not in found:
        found = [whole[0], *found]
    return tuple(found[:3])


_ASKING = (
    "how",
    "what",
    "when",
    "who",
    "where",
    "why",
    "which",
    "can",
    "could",
    "is",
    "are",
    "do",
    "does",
    "should",
    "will",
    "would",
    "am",
    "whats",
    "hows",
)


def asks(text: str) -> bool:
    """Whether a text has the form of a question."""
    words = text.lower().replace("'", "").split()
    skipped = [word for word in words if word not in ("and", "also", "plus", "so", "but", "or", "then")]
    return "?" in text or bool(skipped and skipped[0].strip(",") in _ASKING)


_WHAT_TO_DO = re.compile(
    r"\bwhat (now|next|(do|can|should|shall|could) (i|we) do( now| next| about (it|this|that))?)\s*([?.!]|$)|\bwhere do (i|we) (start|stand)\b",
    re.IGNORECASE,
)


def asks_what_to_do(text: str) -> bool:
    """Whether a message asks for the next steps as a whole."""
    return bool(_WHAT_TO_DO.search(text))


def is_follow_up(heard: Heard) -> bool:
    """Whether a short message leans on what went before ("and if they miss that?"), or is unclear without it."""
    return bool(heard.context) and leans(heard.text, heard.entries[0][1] if heard.entries else 0.0)


def in_context(heard: Heard) -> tuple[tuple[str, float], ...]:
    """The ranking of a follow-up: a weighted log-mean of the message alone and of it behind what was typed before."""
    alone, behind = dict(heard.entries), dict(heard.context)
    mixed = {
        entry: (1 - CONTEXT) * log(max(alone.get(entry, 0.0), FLOOR))
        + CONTEXT * log(max(behind.get(entry, 0.0), FLOOR))
        for entry in {*alone, *behind}
    }
    total = sum(exp(score) for score in mixed.values())
    return tuple(sorted(((entry, exp(score) / total) for entry, score in mixed.items()), key=lambda pair: -pair[1]))
