"""Brings a message into the form that is compared: plain characters, acronyms followed by what they stand for."""

import re
import unicodedata
from functools import lru_cache

import yaml

from bot.paths import KNOWLEDGE

_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " "})


def plain(text: str) -> str:
    """Straight quotes, single spaces, no control characters; capitals are kept."""
    kept = text.translate(_QUOTES)
    if not kept.isprintable():  # what no category of control characters is in needs no look at each character
        kept = "".join(c if c == "\n" or unicodedata.category(c)[0] != "C" else " " for c in kept)
    return re.sub(r"[ \t]+", " ", kept).strip()


def expanded(text: str) -> str:
    """Lower case, with each known acronym or synonym followed by the field's own term."""
    lower = plain(text).lower()
    return _pattern().sub(lambda found: f"{found.group(0)} {_meanings()[found.group(0)]}", lower)


@lru_cache(maxsize=1)
def _meanings() -> dict[str, str]:
    """Other ways of writing a term, each with the term itself (knowledge/glossary.yml)."""
    terms = yaml.safe_load((KNOWLEDGE / "glossary.yml").read_text(encoding="utf-8"))["terms"]
    pairs = ((str(other).lower(), str(term["term"]).lower()) for term in terms for other in term.get("also", []))
    return {other: term for other, term in pairs if other != term and len(other) > 1}


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_meanings(), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(other) for other in longest_first) + r")(?!\w)")
