"""Reads names, free text and choices from what a person typed. Pure; never raises, whatever is typed."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from bot.cases.fields import Choice

_PAYLOAD = re.compile(r"^\s*[/\u2044]\s*\w+\s*(\{.*\})?\s*$", re.DOTALL)
_LEAD_IN = re.compile(
    r"^\s*(?:(?:hi|hello|hey)[,!. ]+)?(?:my\s+(?:full\s+|first\s+)?name(?:\s+is|'s|\s*:)|(?:his|her|their|the\s+child'?s)\s+name(?:\s+is|'s)|name\s*[:=]"
    r"|i\s+am|i'm|im|it\s+is|it's|its|this\s+is|call\s+me|they\s+call\s+me|(?:s?he|he)(?:\s+is|'s)\s+called|called)\s+",
    re.IGNORECASE,
)
_NAME_CUE = re.compile(
    r"\b(?:my\s+(?:full\s+)?name(?:\s+is|'s|\s*:)|i\s+am|i'm|im|this\s+is|call\s+me)\s+"
    r"(?P<name>[^\W\d_][\w'’.-]*(?:\s+[^\W\d_][\w'’.-]*){0,3})",
    re.IGNORECASE,
)
_NAME_SIGNS = set(" '’.-")
_MOST_NAME_WORDS = 6
_SPACE = re.compile(r"\s+")
_BLANKS = re.compile(r"[^\S\n]+")
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{6,}", re.IGNORECASE)
_VOWEL = re.compile(r"[aeiouy]", re.IGNORECASE)
_KEYS = re.compile(r"(?:asdf|sdfg|dfgh|fghj|ghjk|hjkl|qwer|wert|erty|zxcv|xcvb|cvbn)", re.IGNORECASE)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}


def clean(text: str, most: int) -> str:
    """Text without control, format and private signs, in one form of Unicode, cut to `most` characters; lines stay."""
    normal = unicodedata.normalize("NFC", text[: most * 4])
    kept = "".join(sign for sign in normal if sign == "\n" or unicodedata.category(sign)[0] != "C" or sign in "\t\r")
    lines = (_BLANKS.sub(" ", line).strip() for line in kept.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:most].strip()


def one_line(text: str, most: int) -> str:
    """Text as `clean` makes it, in one line."""
    return _SPACE.sub(" ", clean(text, most)).strip()


def payload_like(text: str) -> bool:
    """Whether somebody typed what looks like a machine command."""
    return bool(_PAYLOAD.match(text))


def parse_text(text: str, most: int) -> str | None:
    """Free text worth keeping, or None: a machine command, no letters, keys hit at random."""
    cleaned = clean(text, most)
    return None if payload_like(cleaned) or nonsense(cleaned) else cleaned


def nonsense(text: str) -> bool:
    """Whether there are no words in a text: no letter, one sign over and over, keys hit at random."""
    letters = [sign for sign in text if sign.isalpha()]
    if len(letters) < 2:
        return True
    if len(letters) >= 4 and len({sign.lower() for sign in letters}) == 1:
        return True
    words = re.findall(r"[^\W\d_]+", text[:400])
    return len(words) <= 3 and all(_mashed(word) for word in words)


def _mashed(word: str) -> bool:
    if not word.isascii() or len(word) < 5:
        return False
    return bool(_KEYS.search(word) or _CONSONANTS.search(word) or not _VOWEL.search(word))


def parse_name(text: str, most: int, refused: frozenset[str]) -> str | None:
    """A person's name, without "my name is"; None where it is none.

    Args:
        refused: words that are no name when they stand alone, such as "yes".
    """
    bare = _LEAD_IN.sub("", one_line(text, 400), count=1)
    bare = re.split(r"[,;!?()\n]| and (?:my|i|he|she)\b| - ", bare, maxsplit=1)[0].strip(" .-'’")
    return bare if is_name(bare, most, refused) else None


def is_name(text: str, most: int, refused: frozenset[str]) -> bool:
    """Whether a text may stand as a name: letters of any script, spaces, hyphens, apostrophes, full stops."""
    words = text.split()
    if not text or len(text) > most or not 1 <= len(words) <= _MOST_NAME_WORDS or text.lower() in refused:
        return False
    if not all(sign.isalpha() or unicodedata.category(sign).startswith("M") or sign in _NAME_SIGNS for sign in text):
        return False
    return text[0].isalpha() and any(sign.isalpha() for sign in text) and not nonsense(text)


def named(text: str, most: int, refused: frozenset[str]) -> str | None:
    """The name in "I'm Sam Test, ..." where it stands capitalised; None where no name is said."""
    found = _NAME_CUE.search(text[:400])
    if not found:
        return None
    words: list[str] = []
    for word in found["name"].split():
        if not word[0].isupper():
            break
        words.append(word)
    name = " ".join(words).strip(" .-'’")
    return name if is_name(name, most, refused) else None


@lru_cache(maxsize=256)
def plain(text: str) -> str:
    """A text for comparing: lower case, no apostrophes, no closing marks, single spaces."""
    bare = unicodedata.normalize("NFKD", text[:400]).lower().replace("'", "").replace("’", "")
    return " ".join(re.sub(r"[.!?,;:\"]+(?=\s|$)", " ", bare).split())


def parse_choice(text: str, offered: Iterable[Choice]) -> str | None:
    """The id of the choice that is named by number, title or words; None where none or several are."""
    listed = list(offered)
    said = plain(text)
    number = _number(said, len(listed))
    if number is not None:
        return listed[number - 1].id
    exact = [choice.id for choice in listed if said in (plain(choice.title), choice.id, *map(plain, choice.words))]
    if exact:
        return exact[0]
    found = {choice.id: length for choice in listed if (length := _longest(said, choice))}
    best = [name for name, length in found.items() if length == max(found.values())]
    return best[0] if len(best) == 1 and len(said.split()) <= 25 else None


def _number(said: str, count: int) -> int | None:
    found = re.fullmatch(r"(?:number|no|option|choice)?\s*#?(\d{1,2})[.)]?", said)
    number = int(found[1]) if found else 0
    ordinal = re.fullmatch(r"(?:the\s+)?(first|second|third|fourth|fifth|last)(?:\s+(?:one|option|choice))?", said)
    if ordinal:
        number = _ORDINALS[ordinal[1]]
        number = count if number < 0 else number
    return number if 1 <= number <= count else None


def _longest(said: str, choice: Choice) -> int:
    """The length of the longest phrase of a choice that stands in what was said."""
    phrases = (plain(phrase) for phrase in (choice.title, *choice.words))
    return max((len(p) for p in phrases if re.search(rf"(?<!\w){re.escape(p)}(?!\w)", said)), default=0)
