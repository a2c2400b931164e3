"""The words that dates are made of: months, weekdays and numbers, with the spellings people use."""

import re
from difflib import get_close_matches

MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_MONTH_SPELLINGS = {
    1: "jan janurary januray janary janaury",
    2: "feb febr febuary februrary febraury feburary febrary",
    3: "mar mrch",
    4: "apr aprl apirl",
    5: "",
    6: "jun jun",
    7: "jul jully",
    8: "aug augst agust",
    9: "sep sept septmber setember septembar spetember septemeber sepember",
    10: "oct ocotber octobar octber",
    11: "nov novemeber novmber novembar",
    12: "dec decemeber decmber decembar",
}
_WEEKDAY_SPELLINGS = {
    0: "mon",
    1: "tue tues teusday tuseday",
    2: "wed weds wensday wednsday wendsday wedensday",
    3: "thu thur thurs thrusday thersday",
    4: "fri firday",
    5: "sat saterday",
    6: "sun",
}
MONTHS = {name: number for number, name in enumerate(MONTH_NAMES, 1)} | {
    spelling: number for number, line in _MONTH_SPELLINGS.items() for spelling in line.split()
}
WEEKDAYS = {name: number for number, name in enumerate(WEEKDAY_NAMES)} | {
    spelling: number for number, line in _WEEKDAY_SPELLINGS.items() for spelling in line.split()
}

_UNITS = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty".split()
NUMBERS: dict[str, int] = {word: n for n, word in enumerate(_UNITS + _TEENS, 1)} | {
    ten: 20 + 10 * n for n, ten in enumerate(_TENS)
}
NUMBERS |= {f"{ten} {unit}": NUMBERS[ten] + NUMBERS[unit] for ten in _TENS for unit in _UNITS}
NUMBERS |= {"a": 1, "an": 1, "couple of": 2, "a couple of": 2, "couple": 2, "a couple": 2}

_ORDINAL_UNITS = "first second third fourth fifth sixth seventh eighth ninth".split()
_ORDINAL_TEENS = (
    "tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth".split()
)
ORDINALS: dict[str, int] = {word: n for n, word in enumerate(_ORDINAL_UNITS + _ORDINAL_TEENS, 1)}
ORDINALS |= {"twentieth": 20, "thirtieth": 30, "thirty first": 31}
ORDINALS |= {f"twenty {unit}": 20 + n for n, unit in enumerate(_ORDINAL_UNITS, 1)}


def either(words: object) -> str:
    """A regular expression for any of the words, the longest first; a space may also be a hyphen."""
    ordered = sorted((str(word) for word in words), key=len, reverse=True)  # type: ignore[attr-defined]
    return "(?:" + "|".join(re.escape(word).replace(r"\ ", r"[\s-]+") for word in ordered) + ")"


MONTH = either(MONTHS) + r"\b\.?"
WEEKDAY = either(WEEKDAYS) + r"\b\.?"
FULL_MONTH = either(MONTH_NAMES) + r"\b"
NUMBER_WORD = either(NUMBERS)
COUNT = rf"(?:[0-9]{{1,3}}|{NUMBER_WORD})"
ORDINAL_WORD = either(ORDINALS)


def month_number(word: str) -> int | None:
    """The month (1 to 12) that a word names, or nearly names; None when it names none."""
    plain = word.lower().strip(". ")
    if plain in MONTHS:
        return MONTHS[plain]
    close = get_close_matches(plain, [name for name in MONTH_NAMES if len(name) > 4], 1, 0.8)
    return MONTHS[close[0]] if close else None


def weekday_number(word: str) -> int:
    """The weekday (Monday 0) that a word names."""
    return WEEKDAYS[word.lower().strip(". ")]


def number(words: str) -> int:
    """The number that digits or words name, such as "23" or "twenty-three"."""
    plain = re.sub(r"[\s-]+", " ", words.lower()).strip()
    return int(plain) if plain.isdigit() else NUMBERS[plain]


def ordinal(words: str) -> int:
    """The number that an ordinal in words or digits names, such as "third", "3rd" or "3"."""
    plain = re.sub(r"[\s-]+", " ", words.lower()).strip()
    if plain in ORDINALS:
        return ORDINALS[plain]
    return int(re.sub(r"[a-z]", "", plain))
