"""Splits a message into the parts that may each hold a question of their own."""

import re

MIN_WORDS = 3  # shorter fragments carry no topic of their own
MAX_PARTS = 4

_ENDS = re.compile(r"(?<=[.?!;])\s+|\n+|\s+(?=(?:and also|also|plus|and another thing|second question|secondly)\b)", re.IGNORECASE)
_JOINED = re.compile(r",?\s+and\s+(?=(?:can|how|what|when|who|where|why|is|are|do|does|should|will|which)\b)", re.IGNORECASE)


def parts(text: str) -> list[str]:
    """The sentences of a message, or the questions joined by "and"; the last ones when there are many.

    Returns an empty list when the message is one piece.
    """
    pieces = [piece.strip(" ,;") for piece in _ENDS.split(text) if piece and piece.strip(" ,;.?!")]
    if len(pieces) == 1:
        pieces = [piece.strip(" ,;") for piece in _JOINED.split(text) if piece.strip(" ,;")]
    long_enough = _merged(pieces)
    return long_enough[-MAX_PARTS:] if len(long_enough) > 1 else []


def _merged(pieces: list[str]) -> list[str]:
    """Fragments too short to stand alone join the piece before them."""
    merged: list[str] = []
    for piece in pieces:
        if merged and len(piece.split()) < MIN_WORDS:
            merged[-1] = f"{merged[-1]} {piece}"
        else:
            merged.append(piece)
    return merged
