"""Decides what to do with a question by named thresholds on calibrated probabilities.

The thresholds were chosen on the risk-coverage curve of docs/evaluation.md.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.dialogue.heard import Heard, Part

ANSWER = 0.55  # the likeliest entry alone
ANSWER_MARGIN = 0.30  # or: this far ahead of the second, and at least BOTH
BOTH = 0.30  # the likeliest entry, with the second's answer in short
OFFER = 0.12  # the likeliest as a guess, with titles to choose from
PART_ASK = 0.6  # a part of a message is a question of its own
PART_ENTRY = 0.45  # and its entry is likely enough
FOLLOW_UP_WORDS = 9  # longer messages carry their own topic
RELATED_BOOST = 2.5  # how much likelier a related entry is in a follow-up
TOPIC_BOOST = 1.5


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


def decide(heard: Heard, topic: str | None = None, related: tuple[str, ...] = ()) -> Decision:
    """The move for a question; in a short follow-up the last topic and its neighbours count for more."""
    several = several_questions(heard)
    if several:
        return Decision(Move.SEVERAL, several, min(dict(part.entries)[e] for part in heard.parts for e in several if e in dict(part.entries)))
    ranking = in_context(heard, topic, related) if is_follow_up(heard.text) and topic else heard.entries
    return by_thresholds(ranking)


def by_thresholds(ranking: tuple[tuple[str, float], ...]) -> Decision:
    """The move that a ranking's probabilities allow."""
    if not ranking or ranking[0][1] < OFFER:
        return Decision(Move.UNKNOWN, tuple(entry for entry, _ in ranking[:3]), ranking[0][1] if ranking else 0.0)
    best, second = ranking[0][1], ranking[1][1] if len(ranking) > 1 else 0.0
    ids = tuple(entry for entry, _ in ranking)
    if best >= ANSWER or (best >= BOTH and best - second >= ANSWER_MARGIN):
        return Decision(Move.ANSWER, ids[:1], best)
    return Decision(Move.BOTH, ids[:2], best) if best >= BOTH else Decision(Move.OFFER, ids[:3], best)


def several_questions(heard: Heard) -> tuple[str, ...]:
    """The entries of a message that asks two or three different things; empty when it asks one."""
    asked = [part for part in heard.parts if _is_question(part)]
    found: list[str] = []
    for part in asked:
        if part.entries[0][0] not in found:
            found.append(part.entries[0][0])
    return tuple(found[:3]) if len(found) >= 2 and len(asked) <= 3 and _all_questions(asked) else ()


def _is_question(part: Part) -> bool:
    return part.ask >= PART_ASK and bool(part.entries) and part.entries[0][1] >= PART_ENTRY


def _all_questions(parts: list[Part]) -> bool:
    """A story has statements; only parts that ask make a message of several questions."""
    return sum(1 for part in parts if asks(part.text)) >= 2


_ASKING = ("how", "what", "when", "who", "where", "why", "which", "can", "could", "is", "are", "do", "does", "should", "will", "would", "am", "whats", "hows")


def asks(text: str) -> bool:
    """Whether a text has the form of a question."""
    words = text.lower().replace("'", "").split()
    skipped = [word for word in words if word not in ("and", "also", "plus", "so", "but", "or", "then")]
    return "?" in text or bool(skipped and skipped[0].strip(",") in _ASKING)


_FOLLOWING = ("and ", "but ", "so ", "what if ", "what about ", "how about ", "ok ", "okay ", "then ", "even if ", "if they ", "or ")
_POINTING = {"that", "it", "this", "they", "them", "those", "then"}


def is_follow_up(text: str) -> bool:
    """Whether a short message leans on what went before ("and if they miss that?")."""
    words = text.lower().split()
    if not words or len(words) > FOLLOW_UP_WORDS:
        return False
    return text.lower().startswith(_FOLLOWING) or bool(_POINTING & {word.strip("?.,!") for word in words})


def in_context(heard: Heard, topic: str | None, related: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
    """The ranking with the topic and its related entries made likelier."""
    boosted = [(e, p * (RELATED_BOOST if e in related else TOPIC_BOOST if e == topic else 1.0)) for e, p in heard.entries]
    total = sum(p for _, p in boosted) + max(0.0, 1.0 - sum(p for _, p in heard.entries))
    return tuple(sorted(((e, p / total) for e, p in boosted), key=lambda pair: -pair[1]))
