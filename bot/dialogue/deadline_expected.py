"""A paper that is still to come: "certificate dated the 27th when it comes" means a day ahead."""

import re
from dataclasses import replace
from datetime import date

from bot.dialogue.deadline_told import Fact
from bot.law.spoken import DateMention

_EXPECTED = re.compile(
    r"\b(?:will|should|ll|going\s+to)\s+(?:be|come|arrive|get\s+\w+)\b|\bexpect(?:ed|ing)?\b|\bdue\s+to\s+(?:come|arrive)",
    re.IGNORECASE,
)
_WHEN_IT_COMES = re.compile(
    r"[\s,(]*(?:when|once|if)\s+(?:it|i|they|we)\s+(?:finally\s+)?(?:come|arrive|get|send|turn|land|issue)",
    re.IGNORECASE,
)


def is_expected(text: str, mention: DateMention) -> bool:
    """ "Dated the 27th when it comes", "will be dated the 27th": a day ahead is meant."""
    before, after = text[max(0, mention.start - 40) : mention.start], text[mention.end : mention.end + 40]
    return bool(_EXPECTED.search(re.split(r"[.!?;,\n]", before)[-1]) or _WHEN_IT_COMES.match(after))


def ahead(fact: Fact, today: date) -> Fact:
    """Of two ways to read a day that is expected, the one ahead; a day that is past stays as it is."""
    later = next((day for day in (fact.day, fact.other) if day and day > today), None)
    return replace(fact, day=later, doubt=None, other=None) if later else fact
