"""Which paper a date belongs to: not every letter is a decision, and a decision that was only spoken starts no time."""

import re

from bot.law.spoken import DateMention

_PAPER = r"(?:letter|e-?mail(?:ed)?|invite|invited|invitation|note|message|text)"
# A letter or e-mail that only speaks of a meeting, says that something came, or is from somebody else than the council.
_OF_A_MEETING = (
    rf"\b{_PAPER}\b[^.?!]{{0,40}}?\b(?:about|inviting|invit\w+|for|regarding|re|to\s+say|says|saying|with\s+(?:the|a)\s+"
    r"(?:date|time))\b[^.?!]{0,30}?\b(?:review|meeting)\b"
)
_RECEIPT = rf"\b{_PAPER}\b[^.?!]{{0,40}}?\b(?:acknowledg\w*|to\s+confirm|confirming|confirms)\b(?!.*\bdecision\b)"
_OF_A_VISIT = (
    rf"\b{_PAPER}\b[^.?!]{{0,40}}?\b(?:says?|saying|about|for)\b[^.?!]{{0,25}}?\b(?:visit|appointment|observ\w+)\b"
)
_FROM_OTHERS = (
    rf"\b{_PAPER}\b[^.?!]{{0,25}}?\b(?:from|by)\s+(?:the\s+|my\s+|our\s+|his\s+|her\s+)?(?:school|nursery|camhs|gp|doctor\w*|"
    r"hospital|nhs|paediatric\w*|senco|head\w*|teacher|college|mediat\w+|tribunal|psycholog\w+|ep|therap\w+|mp)\b"
)
_ADVICE = (
    r"\b(?:sendiass|ipsea|friend|solicitor|neighbour|support\s+group|school|senco|charity)\s+(?:has\s+)?(?:told|advised|"
    r"said|rang|emailed|wrote)\b[^.?!]{0,40}?\bto\s+appeal\b"
)
_OF_DIRECTIONS = rf"\b{_PAPER}\b[^.?!]{{0,40}}?\bdirections\b"
_OTHER = re.compile(
    rf"{_ADVICE}|{_OF_DIRECTIONS}|{_OF_A_MEETING}|{_RECEIPT}|{_OF_A_VISIT}|{_FROM_OTHERS}", re.IGNORECASE
)
_DECIDES = re.compile(
    r"refus|reject|declin|turned\s+down|said\s+no|saying\s+no|amend|ceas|finali[sz]|final\s+plan|decision|decided|outcome|report|maintain|"
    r"not\s+(?:going\s+to\s+)?(?:change|assess|issue)|won'?t|propos|draft|certif|registered",
    re.IGNORECASE,
)
_DAY_OF_IT = re.compile(
    r"\b(?:meeting|review)\s+(?:itself\s+)?(?:is|was|will\s+be|took\s+place|happened|held)\s+(?:on\s+)?(?:the\s+)?$",
    re.IGNORECASE,
)
NEAR = 30  # characters before a date in which a call or a meeting owns it
_PAPERS = frozenset(
    "appeal_decision decision_not_to_assess decision_no_plan decision_tribunal review_meeting review_notice request_received".split()
)
_SPOKEN = re.compile(
    r"\b(?:on|over|by)\s+the\s+(?:tele)?phone\b|\bin\s+a\s+(?:phone\s+)?call\b|\b(?:meeting|talk|call)\s+with\b|\bverbal|\bno\s+letter\s+(?:yet|so\s+far|has|came)|"
    r"\bwithout\s+(?:a|any)\s+letter|(?:n[o'’]?t|never|still\s+no)\s+(?:yet\s+)?(?:had|got|have|received|seen|sent)?\s*(?:us\s+|me\s+)?"
    r"(?:the|a|any)?\s*letter\b(?!\s+(?:of|dated))",
    re.IGNORECASE,
)
_AT_A_PANEL = re.compile(r"\bpanel\b|\bdecision\s+(?:was\s+)?made\b", re.IGNORECASE)
_WHEN_TO_APPEAL = re.compile(
    r"\b(?:must|do|can|could|should|shall|may|have|need|to|still)\s+(?:(?:i|we)\s+)?(?:still\s+)?(?:(?:have|need|got)\s+to\s+)?"
    r"appeal\b|\b(?:deadline|last\s+day|last\s+date|date|time)\b[^.?!]{0,25}\bappeal\b|\bhow\s+long\b[^.?!]{0,12}\b(?:i|we)\b"
    r"[^.?!]{0,15}\bappeal\b|\bappeal\b[^.?!]{0,10}\bdeadline\b",
    re.IGNORECASE,
)
_REQUEST_REFUSED = re.compile(
    r"\b(?:request|application)\b[^.?!,;]{0,40}?\b(?:was|were|been|got|is)\s+(?:then\s+|now\s+|just\s+)?"
    r"(?:refused|rejected|declined|turned\s+down)\b|\b(?:refused|rejected|declined|turned\s+down|said\s+no\s+to)\s+"
    r"(?:my|our|the|his|her|that|school['’]?s)\s+(?:\w+\s+){0,3}?(?:request|application)\b",
    re.IGNORECASE,
)
# Told in the same message, these say that "appeal" is not about a council's letter that is still to be named.
_PAST_THE_LETTER = frozenset(
    "appeal_decision certificate decision_not_to_assess decision_no_plan final_plan appeal_served hearing decision_tribunal discrimination_act "
    "draft_served order_assess order_plan order_amend order_school recommendation mediation_asked mediation_ended mediation_refused".split()
)


def is_other_paper(text: str) -> bool:
    """Whether a message tells of a letter or e-mail that decides nothing, such as one about a review meeting."""
    return bool(_OTHER.search(text)) and not _DECIDES.search(text)


def of_its_paper(text: str, mention: DateMention, trigger: str | None, alone: bool) -> str | None:
    """The event of a date once it is known that the letter told of decides nothing: to be asked about, or left out.

    Args:
        trigger: the event that the words near the date name.
        alone: whether it is the only date; beside another one it is left out.
    """
    before = text[max(0, mention.start - NEAR) : mention.start]
    if trigger in _PAPERS and not alone and (_SPOKEN.search(before) or _AT_A_PANEL.search(before)):
        return "ignore"
    if trigger not in _PAPERS or not is_other_paper(text):
        return trigger
    if _DAY_OF_IT.search(text[: mention.start]):
        return "review_meeting"
    return (None if alone else "ignore") if trigger != "request_received" else trigger


def names_a_letter(text: str) -> bool:
    """Whether a message speaks of a letter or an e-mail at all."""
    return bool(re.search(rf"\b{_PAPER}\b|\bdated\b", text, re.IGNORECASE))


def only_spoken(text: str) -> bool:
    """Whether a decision was told on the telephone, or its letter has not come."""
    return bool(_SPOKEN.search(text))


def lacks_the_letter(text: str, told: list[str]) -> bool:
    """Whether a message asks for the last day to appeal, or tells of a refusal, and gives only the day of something else."""
    if set(told) & _PAST_THE_LETTER:
        return False
    return asks_when_to_appeal(text) or ("request_received" in told and bool(_REQUEST_REFUSED.search(text)))


def asks_when_to_appeal(text: str) -> bool:
    """Whether a message asks by when the parent must appeal."""
    return bool(_WHEN_TO_APPEAL.search(text))


def refused_request(text: str) -> bool:
    """Whether a message says that the request for an assessment was refused."""
    return bool(_REQUEST_REFUSED.search(text))
