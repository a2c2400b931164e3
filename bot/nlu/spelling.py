"""Mends a slip of the finger: an unknown word that is one slip away from a known one is read as the known one. Pure.

Known words are those of the phrasings and entries (the vocabulary of the word features); the commoner one wins. What is
mended is only read, never stored or shown. After P. Norvig's "How to write a spelling corrector" (norvig.com), one edit deep.
"""

import re
from collections.abc import Callable, Iterator, Mapping

MIN_LETTERS = 4  # a shorter word is one slip away from too many others
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WORD = re.compile(r"[a-z]{4,}")


def mender(rarity: Mapping[str, float]) -> Callable[[str], str]:
    """A function that mends texts.

    Args:
        rarity: known words with their rarity (inverse document frequency): the lower, the commoner.
    """

    def word(found: re.Match[str]) -> str:
        if found[0] in rarity:
            return found[0]
        near = [one for one in one_slip_away(found[0]) if one in rarity and len(one) >= MIN_LETTERS]
        return min(near, key=lambda one: rarity[one]) if near else found[0]

    return lambda text: _WORD.sub(word, text.lower())


def one_slip_away(word: str) -> Iterator[str]:
    """All spellings with two neighbours changed over, a letter too few, too many, or a wrong one."""
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    for left, right in cuts:
        if len(right) > 1:
            yield left + right[1] + right[0] + right[2:]
        if right:
            yield left + right[1:]
            yield from (left + letter + right[1:] for letter in _LETTERS)
        yield from (left + letter + right for letter in _LETTERS)
