"""Splits long text where a reader would pause, measured as Telegram measures: in UTF-16 code units. Pure."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise

import regex

# From the best place to pause to the worst; each pattern ends where the next part may begin.
_PAUSES = (
    re.compile(r"\n[^\S\n]*\n\s*"),
    re.compile(r"\n\s*"),
    re.compile(r"[.!?…؟।]['\"”’)\]]*\s+|[。！？]+"),
    re.compile(r"\s+"),
)
_FILL = 4  # a part is at least a quarter full, or a pause of the next kind is taken


def units(text: str) -> int:
    """The length of a text in UTF-16 code units: two for each sign beyond U+FFFF, such as most emoji."""
    return sum(_width(sign) for sign in text)


def split(text: str, limit: int) -> list[str]:
    """The parts of a text, none longer than `limit` units; joined they are the text."""
    return [text[start:end] for start, end in pairwise([0, *cuts(text, limit)])]


def cuts(text: str, limit: int, whole: Sequence[tuple[int, int]] = (), kept: Iterable[int] = ()) -> list[int]:
    """Where each part ends, the last one with the text.

    Args:
        limit: the most units in one part, at least 2.
        whole: spans (start, end) that stay in one part wherever one can hold them, such as links.
        kept: places where no new part shall begin, such as the sources under a claim, unless nothing else is left.
    """
    if limit < 2:
        raise ValueError("A part must have room for one emoji: two units.")
    sums = [0, *accumulate(_width(sign) for sign in text)]
    pauses = [_places(pattern, text, whole, set(kept)) for pattern in _PAUSES]
    ends: list[int] = []
    start = 0
    while sums[-1] - sums[start] > limit:
        most = bisect_right(sums, sums[start] + limit) - 1
        start = _best(text, start, most, pauses, whole)
        ends.append(start)
    return [*ends, len(text)] if text else []


def _width(sign: str) -> int:
    return 2 if sign > "\uffff" else 1


def _places(pattern: re.Pattern[str], text: str, whole: Sequence[tuple[int, int]], kept: set[int]) -> list[int]:
    ends = (found.end() for found in pattern.finditer(text))
    return [end for end in ends if end not in kept and not _inside(end, whole)]


def _inside(place: int, whole: Sequence[tuple[int, int]]) -> bool:
    return any(start < place < end for start, end in whole)


def _best(text: str, start: int, most: int, pauses: list[list[int]], whole: Sequence[tuple[int, int]]) -> int:
    """The end of the part that begins at `start` and may reach to `most`."""
    enough = start + max(1, (most - start) // _FILL)
    for places in pauses:
        last = bisect_right(places, most) - 1
        if last >= 0 and places[last] >= enough:
            return places[last]
    before = next((begin for begin, end in whole if begin < most < end and begin > start), None)
    return before if before is not None else _between_signs(text, start, most)


def _between_signs(text: str, start: int, most: int) -> int:
    """The last place that parts no sign from its accents, and no emoji from what is joined to it."""
    end = start
    for found in regex.finditer(r"\X", text, pos=start, endpos=min(len(text), most + 1)):
        if found.end() > most:
            break
        end = found.end()
    return end if end > start else most
