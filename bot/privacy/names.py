"""Blanks out what may be a name in a text that is kept to learn from. Pure.

No rule finds every name, so this one takes out too much rather than too little: a capitalised word that the knowledge base
never uses, and any word that stands where names stand ("my son ...", "called ...", "Mrs ..."). A name in small letters
elsewhere in a sentence is missed; docs/learning.md says so.
"""

import re
from collections.abc import Collection

NAME = "[name]"
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_TITLE = r"mr|mrs|ms|miss|mx|dr|prof|sir|cllr|councillor"
_KIN = r"son|daughter|child|boy|girl|lad|kid|brother|sister|grandson|granddaughter|husband|wife|partner|dd|ds"
_NAMED = r"called|named|name is|name's|names|name"
_AFTER = re.compile(rf"\b(?:(?P<title>{_TITLE})|{_KIN}|{_NAMED})[.,]? +$", re.IGNORECASE)
_LOOK_BACK = 20  # characters: longer than any of the words above


def without_names(text: str, known: Collection[str]) -> str:
    """The text with each word that may be a name replaced by [name].

    Args:
        text: what a parent wrote, already masked (bot/privacy/redaction.py).
        known: the field's own words, in lower case.
    """
    shouted = text.isupper()
    return _WORD.sub(lambda found: NAME if _may_be_name(found, text, known, shouted) else found[0], text)


def _may_be_name(found: re.Match[str], text: str, known: Collection[str], shouted: bool) -> bool:
    """Marks such as [e-mail] stay as they are."""
    word, start = found[0], found.start()
    if start and text[start - 1] == "[":
        return False
    unknown = not _is_known(word.lower(), known)
    capital = word[0].isupper() and not shouted and word != "I" and not word.startswith(("I'", "I’"))
    before = _AFTER.search(text[max(0, start - _LOOK_BACK) : start])
    if before is None:
        return capital and unknown
    return bool(before["title"]) or capital or unknown


def _is_known(word: str, known: Collection[str]) -> bool:
    """A word counts as known in its plural and with 's, and with its parts where a hyphen joins them."""
    parts = [part for part in re.split(r"['’-]", word) if part not in ("", "s")]
    return all(part in known or part.removesuffix("s") in known for part in parts)
