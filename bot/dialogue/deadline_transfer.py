"""The move to the next school: by when must the plan name it? Reckoned from the year group or the September said."""

import re
from datetime import date
from typing import Literal

from bot.dialogue.deadline_told import Fact

_YEAR_GROUP = re.compile(r"\b(?:year|yr|y)\s*(?P<n>2|5|6|10|11)\b", re.IGNORECASE)
_NEXT_SCHOOL = re.compile(
    r"high\s+school|secondary|senior\s+school|big\s+school|phase\s+transfer|transfer|infants?\b|"
    r"juniors?\b|moving\s+up|next\s+school|start(?:s|ing)?\s+(?:in\s+)?(?:reception|school)|year\s*7|"
    r"yr\s*7|\by7\b",
    re.IGNORECASE,
)
_AFTER_16 = re.compile(r"college|sixth\s+form|6th\s+form|post[\s-]?16", re.IGNORECASE)
_SEPTEMBER = re.compile(
    r"\b(?:sept?|september)\.?\s*(?:of\s+)?(?P<y>20[0-9]{2}|'[0-9]{2})\b|\bin\s+(?P<z>20[0-9]{2})\b", re.IGNORECASE
)
_ASKS_WHEN = re.compile(
    r"\bwhen\b|\bwen\b|what\s+date|\bdeadline\b|how\s+long|by\s+what|last\s+day|cut\s*off", re.IGNORECASE
)
_TRANSFER_STEP = re.compile(
    r"find\s+out|finali[sz]|final|name|naming|know|hear|told|tell|place|school|college|decid|decision|"
    r"plan|ehcp|confirm",
    re.IGNORECASE,
)


def phase_transfer(text: str, today: date) -> Fact | None:
    """The September of a move to the next school, where the message asks when the plan must name it."""
    groups = {found["n"] for found in _YEAR_GROUP.finditer(text)}
    group = _YEAR_GROUP.search(text) if len(groups) == 1 else None
    if (
        not _ASKS_WHEN.search(text)
        or not _TRANSFER_STEP.search(text)
        or re.search(
            r"annual\s+review|\bdraft\b|tell\s+them|\bchoose|\bapply|camhs|diagnos|assessment", text, re.IGNORECASE
        )
    ):
        return None
    after16 = bool(_AFTER_16.search(text)) or bool(group and group["n"] in ("10", "11"))
    if not group and not ((_NEXT_SCHOOL.search(text) or after16) and _SEPTEMBER.search(text)):
        return None
    september = _september(text, group["n"] if group else None, today)
    kind: Literal["transfer_post16_year", "transfer_secondary_year"] = (
        "transfer_post16_year" if after16 else "transfer_secondary_year"
    )
    return Fact(kind, september, group[0] if group else "")


def _september(text: str, group: str | None, today: date) -> date:
    said = _SEPTEMBER.search(text)
    if said:
        digits = int((said["y"] or said["z"]).strip("'"))
        year = digits if digits > 99 else 2000 + digits
        if today.year - 2 <= year <= today.year + 6:
            return date(year, 9, 1)
    next_one = today.year + (today.month >= 9)
    return date(next_one + (group in ("5", "10")), 9, 1)
