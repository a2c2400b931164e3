"""Splits a message into the parts that may each hold a question of their own."""

import re

MIN_WORDS = 3  # shorter fragments carry no topic of their own
MAX_PARTS = 4
MAX_WORDS_OF_HALVES = 25

_QUESTION = (
    "can|could|how|what|what's|whats|when|who|who's|where|why|which|is|are|do|does|did|should|will|would|am|has|have"
)
_ENDS = re.compile(r"(?<=[.?!;])\s+|\n+")
# Words that open a second matter in the middle of a sentence.
_JOINTS = re.compile(
    r"[,;:.]?\s+(?:and\s+)?(?=(?:also|plus|second(?:ly)?|2nd|another thing|on top of that|as well as that|besides that)\b)"
    rf"|,\s+and\s+|,?\s+(?:and|but|or)\s+(?:also\s+|then\s+)?(?=(?:{_QUESTION})\b)",
    re.IGNORECASE,
)
_AND = re.compile(r",?\s+and\s+", re.IGNORECASE)
_SECOND_MATTER = re.compile(
    rf"\b(also|plus|second(?:ly)?|2nd|another thing|on top of that|as well as that|both|two (?:things|questions))\b"
    rf"|,?\s+and\s+(?:then\s+)?(?:{_QUESTION})\b",
    re.IGNORECASE,
)


def parts(text: str) -> list[str]:
    """The sentences of a message, cut again where a second matter begins; the last ones when there are many.

    Returns an empty list when the message is one piece.
    """
    pieces = [piece for sentence in _ENDS.split(text) for piece in _JOINTS.split(sentence)]
    long_enough = _merged([piece.strip(" ,;") for piece in pieces if piece and piece.strip(" ,;.?!")])
    return long_enough[-MAX_PARTS:] if len(long_enough) > 1 else _halves(text)


def _halves(text: str) -> list[str]:
    """The two sides of the "and" of a short message that has no other joint, when each is long enough for a matter of its own."""
    sides = _AND.split(text)
    if len(sides) != 2 or len(text.split()) > MAX_WORDS_OF_HALVES:
        return []
    return [side.strip(" ,;") for side in sides] if all(len(side.split()) >= MIN_WORDS for side in sides) else []


def opens_second_matter(text: str) -> bool:
    """Whether a message says that it holds more than one matter ("also", "and can they", "two things")."""
    return bool(_SECOND_MATTER.search(text))


def _merged(pieces: list[str]) -> list[str]:
    """Fragments too short to stand alone join the piece before them."""
    merged: list[str] = []
    for piece in pieces:
        if merged and len(piece.split()) < MIN_WORDS:
            merged[-1] = f"{merged[-1]} {piece}"
        else:
            merged.append(piece)
    return merged
