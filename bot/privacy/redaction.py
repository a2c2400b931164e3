"""Takes personal details out of text before it is stored. Pure; masking twice changes nothing.

What is masked: e-mail addresses, telephone, NHS and National Insurance numbers, full postcodes. Names are not: no rule
finds them safely. Steps of a form that ask for one are stored as hidden instead (bot/channels/gateway.py).
"""

import re
from collections.abc import Callable
from typing import Any

from bot.knowledge.words import say

# Each pattern is bounded, so that a hostile message cannot make it slow.
_EMAIL = re.compile(r"[\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_NINO = re.compile(
    r"\b(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?(?:\d{2} ?){3}[A-D]\b", re.IGNORECASE
)
_NHS = re.compile(r"(?<![\d£])\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)")
_POSTCODE = re.compile(r"\b(?:GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? {0,2}\d[ABD-HJLNP-UW-Z]{2})\b", re.IGNORECASE)
_DATE = r"(?:\d{1,2}[-. ]\d{1,2}[-. ]\d{2,4})\b"
_UK_PHONE = re.compile(
    rf"(?<![\d£/])(?!{_DATE})(?:(?:\+|00) ?44[ .-]?(?:\(0\))?|\(?0)(?:[ ().-]{{0,2}}\d){{9,10}}(?!\d)"
)
_OTHER_PHONE = re.compile(r"(?<![\d£])\+(?!44)(?:[ ().-]{0,2}\d){8,14}(?!\d)")

EMAIL, PHONE, NHS, NINO, POSTCODE = "[e-mail]", "[phone number]", "[NHS number]", "[NI number]", "[postcode]"
LETTER_FACT = "letter_fact"  # whatever was told for a letter, said back
PERSONAL_FIELDS = frozenset(
    {"name", "parent_name", "child_name", "email", "phone", "contact", "address", "postcode", LETTER_FACT}
)


def mask(text: str) -> str:
    """The text with what could reach or name a person replaced by its kind in square brackets."""
    text = _EMAIL.sub(EMAIL, text)
    text = _NINO.sub(NINO, text)
    text = _UK_PHONE.sub(PHONE, text)
    text = _OTHER_PHONE.sub(PHONE, text)
    text = _NHS.sub(_nhs_or_not, text)
    return _POSTCODE.sub(POSTCODE, text)


def _nhs_or_not(found: re.Match[str]) -> str:
    """Masks ten digits only when they pass the NHS number's own check (modulus 11, NHS Data Dictionary)."""
    digits = [int(sign) for sign in found[0] if sign.isdigit()]
    check = 11 - sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return NHS if check % 11 == digits[9] and check != 10 else found[0]


def masked_blocks(blocks: list[dict[str, Any]], hidden: str) -> list[dict[str, Any]]:
    """A reply's blocks as they are stored: no file contents, no personal field of a review, a line in place of a letter.

    The office's own answers are left as they are: their telephone numbers are the point of them.
    """
    return [_MASKS.get(block["type"], _as_it_is)(block, hidden) for block in blocks]


def _as_it_is(block: dict[str, Any], hidden: str) -> dict[str, Any]:
    return block


def _file(block: dict[str, Any], hidden: str) -> dict[str, Any]:
    return {**block, "content": ""}


def _review(block: dict[str, Any], hidden: str) -> dict[str, Any]:
    def value(item: dict[str, Any]) -> str:
        return hidden if item["field"] in PERSONAL_FIELDS else mask(item["value"])

    return {**block, "items": [{**item, "value": value(item)} for item in block["items"]]}


def _letter(block: dict[str, Any], hidden: str) -> dict[str, Any]:
    """A letter is the parent's own: nothing of its text is kept, only that it was shown."""
    return {"type": "text", "text": say("letters", "was_shown", title=block["title"])}


def _reference(block: dict[str, Any], hidden: str) -> dict[str, Any]:
    """The code of a case is shown once; the office keeps its hash alone."""
    return {**block, "code": hidden}


_MASKS: dict[str, Callable[[dict[str, Any], str], dict[str, Any]]] = {
    "file": _file,
    "review": _review,
    "letter": _letter,
    "reference": _reference,
}
