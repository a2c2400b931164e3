"""What the whole message is about, where the words next to a date would name the wrong event."""

import re

from bot.dialogue.deadline_events import REASSESS
from bot.dialogue.deadline_papers import is_other_paper

_NEXT_REVIEW = re.compile(
    r"\b(?:next|yearly)\s+(?:annual\s+)?review\b|\breview\s+(?:is\s+|was\s+)?(?:next\s+)?due\b|must\s+(?:it|the\s+plan|they)\s+(?:be\s+)?review|"
    r"(?:be|review)\s+(?:it\s+)?reviewed\s+by|by\s+when\b.{0,20}\breviewed",
    re.IGNORECASE,
)
# A request for something that these limits do not count.
_OTHER_REQUEST = re.compile(r"\bsection\s*19\b|\bs\.?\s?19\b|\btransport\b|\bsocial\s+care\b", re.IGNORECASE)
_KNEW = re.compile(r"\b(?:knew|found\s+out|noticed|reali[sz]ed|learned|learnt|problem)\b", re.IGNORECASE)
_DISCRIMINATION = re.compile(r"discriminat|disability\s+claim|equality\s+act", re.IGNORECASE)
_AFTER_TRIBUNAL = re.compile(
    r"permission\s+to\s+appeal|upper\s+tribunal|lost\s+(?:\w+\s+){0,3}?(?:tribunal|appeal|hearing|case)\b|"
    r"(?:judge|tribunal)\s+(?:\w+\s+)?(?:dismissed|ruled|got\s+(?:it|the\s+law)|went|found|decided|turned)|"
    r"appeal\s+(?:\w+\s+)?dismissed|set\s+aside|(?:judge|tribunal)['’]?s?\s+decision",
    re.IGNORECASE,
)
_REASSESSING = re.compile(REASSESS, re.IGNORECASE)
_ASSESSING = re.compile(r"(?<!re-)(?<!re )\bassess|ehcna|\bnew\s+request", re.IGNORECASE)
# Words without which a date of "the email" or "they decided" is no decision to appeal against.
_OF_A_DECISION = re.compile(
    r"letter|refus|reject|declin|turned\s+down|\bno\b(?!\s+(?:answer|reply|news|word|response))|appeal|tribunal|"
    r"certif|mediat|cease|maintain|postmark|\bdated\b(?!.*\brequest)",
    re.IGNORECASE,
)
# A day told in such a story is not the day of a letter, though the message speaks of the tribunal.
_ANOTHER_STORY = re.compile(
    r"exclu|suspen|expel|discriminat|disability\s+claim|equality\s+act|restrain|bull(?:y|ied)|\btrip\b|admission|"
    r"permission\s+to\s+appeal|upper\s+tribunal",
    re.IGNORECASE,
)


def in_this_talk(trigger: str | None, text: str, vague: bool = False) -> str | None:
    """The event of a date by what the message is about: a review's year, a claim, a tribunal's decision, a reassessment.

    Args:
        trigger: the event that the words next to the date name; None where they name none.
        vague: a stretch such as "since Easter"; it never becomes an event that nothing near it names.
    """
    if _NEXT_REVIEW.search(text) and trigger in ("review_meeting", "final_plan", "appeal_decision", "plan_made", None):
        return "plan_made"
    if re.search(r"ombudsman|lgsco", text, re.IGNORECASE) and _KNEW.search(text):
        return "problem_known"
    if trigger == "request_received" and _OTHER_REQUEST.search(text):
        return "ignore"
    if trigger == "exclusion":
        return "discrimination_act" if _DISCRIMINATION.search(text) else "ignore"
    if trigger in ("appeal_decision", None) and not vague:
        return _of_the_tribunal(text) or trigger
    if trigger in ("request_received", "decision_to_assess") and _only_reassessing(text):
        return "reassess_request" if trigger == "request_received" else "reassess_notice"
    return trigger


def _of_the_tribunal(text: str) -> str | None:
    """A claim about a school's act, or a challenge of what the tribunal decided, is no appeal of a council's letter."""
    if _DISCRIMINATION.search(text):
        return "discrimination_act"
    return "decision_tribunal" if _AFTER_TRIBUNAL.search(text) else None


def _only_reassessing(text: str) -> bool:
    return bool(_REASSESSING.search(text)) and not _ASSESSING.search(text)


def unclear(text: str) -> bool:
    """Whether no word of a message says that a decision came."""
    return not _OF_A_DECISION.search(re.sub(r"yes\s+or\s+no", "", text, flags=re.IGNORECASE))


def another_story(text: str) -> bool:
    """Whether a message tells of something else than a council's letter, so that a lone date must be asked about."""
    return bool(_ANOTHER_STORY.search(text)) or is_other_paper(text)
