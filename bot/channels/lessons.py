"""What a turn teaches: a question without a sure answer, or whether an answer was useful. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.dialogue.decide import ANSWER
from bot.knowledge.search import find, index
from bot.outcomes import Outcome
from bot.privacy.names import without_names
from bot.privacy.redaction import mask
from bot.store.learning import KeptGap

UNANSWERED, ASKED_BACK, UNSURE = "unanswered", "asked_back", "unsure"
_MARK = re.compile(r"(?P<entry>[a-z0-9-]{1,64})@(?P<version>[0-9a-f]{8})")


@dataclass(frozen=True)
class Useful:
    """A "was this useful?" and the version of the entry that it is about."""

    entry: str
    version: str
    yes: bool


def gap(reply: Mapping[str, Any], asked: str, day: date, channel: str) -> KeptGap | None:
    """The question as it may be kept, when its reply was no sure answer; None when there is nothing to learn.

    Args:
        asked: what was typed outside a form; never the answer to a form's question.
    """
    reason = _reason(reply)
    if reason is None or not asked.strip():
        return None
    return KeptGap(day, channel, reason, _nearest(reply, asked), without_names(mask(asked), index().vocabulary))


def useful(reply: Mapping[str, Any]) -> Useful | None:
    """The "was this useful?" that a reply notes; None when it notes none."""
    detail = reply.get("detail") or {}
    if not isinstance(detail.get("useful"), bool):
        return None
    return next(iter(rated([str(detail.get("entry"))], detail["useful"])), None)


def rated(marks: Iterable[str], yes: bool) -> list[Useful]:
    """One "was this useful?" for each entry of an answer (`id@version`)."""
    found = (_MARK.fullmatch(mark) for mark in marks)
    return [Useful(mark["entry"], mark["version"], yes) for mark in found if mark]


def _reason(reply: Mapping[str, Any]) -> str | None:
    """Why there was no sure answer. A form's questions ask back too, but name no entries and no confidence."""
    outcome, confidence = reply["outcome"], reply["confidence"]
    if outcome == Outcome.OUT_OF_SCOPE:
        return UNANSWERED if (reply.get("detail") or {}).get("unanswered") else None
    if confidence is None or not reply["entries"]:
        return None
    if outcome == Outcome.ASKED_BACK:
        return ASKED_BACK
    return UNSURE if outcome == Outcome.ANSWERED and confidence < ANSWER else None


def _nearest(reply: Mapping[str, Any], asked: str) -> str | None:
    """The entry that the assistant thought likeliest; where it named none, the one that the search finds."""
    if reply["entries"]:
        return str(reply["entries"][0]).partition("@")[0]
    found = find(asked, 1).entries
    return found[0].id if found else None
