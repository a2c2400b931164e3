"""Reads postcodes and councils. Pure."""

import re

from bot.cases.parse_words import one_line

# The forms that the Royal Mail gives out (A9 9AA, A99 9AA, A9A 9AA, AA9 9AA, AA99 9AA, AA9A 9AA); C, I, K, M, O, V
# never stand in the second half. GIR 0AA is no home.
_POSTCODE = re.compile(r"\b([A-PR-UWYZ][A-HK-Y]?\d[A-HJKMNP-Z\d]?)\s{0,2}-?(\d[ABD-HJLNP-UW-Z]{2})\b", re.IGNORECASE)
_HALF = re.compile(r"^\W*[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]?\W*(?:\d)?\W*$", re.IGNORECASE)
_COUNCIL_WORDS = re.compile(r"\b(?:council|borough|county|mbc|metropolitan|authority|la|unitary|city)\b", re.IGNORECASE)
_LEAD_IN = re.compile(
    r"^\W*(?:it'?s|it\s+is|the|we'?re\s+(?:with|under)|under|with|i\s+think(?:\s+it'?s)?|mine\s+is)\s+", re.IGNORECASE
)
_PLACE_SIGNS = re.compile(r"^[^\W\d_][\w\s'’&.,()-]*$")


def parse_postcode(text: str) -> str | None:
    """The first full postcode of a text, as "SK1 3XE"; None where there is none."""
    found = _POSTCODE.search(text[:4000])
    return f"{found[1]} {found[2]}".upper() if found else None


def half_postcode(text: str) -> bool:
    """Whether only the first half of a postcode was given."""
    return len(text) <= 12 and bool(_HALF.match(text))


def district(postcode: str) -> str:
    """The first half: "SK1" of "SK1 3XE"."""
    return postcode.split()[0]


def parse_council(text: str, most: int) -> str | None:
    """A council's name as it should read: "stockport" becomes "Stockport Council"; None where it is no name."""
    bare = _LEAD_IN.sub("", one_line(text, most)).strip(" .!,-")
    if not bare or len(bare.split()) > 7 or not _PLACE_SIGNS.match(bare) or "?" in text:
        return None
    titled = bare if any(sign.isupper() for sign in bare) else bare.title()
    named = titled if _COUNCIL_WORDS.search(titled) else f"{titled} Council"
    return named.replace("Mbc", "MBC")[:most]
