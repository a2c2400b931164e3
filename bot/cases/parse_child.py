"""Reads a child's school year or age: years from nursery (-1) and reception (0) to 14, ages from 0 to 25. Pure."""

import re
from dataclasses import dataclass

OLDEST = 25  # the law of EHC plans ends at 25 (Children and Families Act 2014, s.46)
NURSERY, RECEPTION, LAST_YEAR = -1, 0, 14

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
).split()
_N = rf"(?:\d{{1,3}}|{'|'.join(_SMALL)})"
_YEAR = re.compile(
    rf"\b(?:school\s+)?(?:years?|yrs?|y)[\s.-]*(?P<n>\d{{1,2}}|{'|'.join(_SMALL)})\b(?!\s*(?:years?|yrs?)\s+old)",
    re.IGNORECASE,
)
_NAMED = (
    (re.compile(r"\b(?:nursery|pre[\s-]?school|playgroup)\b", re.IGNORECASE), NURSERY),
    (re.compile(r"\breception\b", re.IGNORECASE), RECEPTION),
    (re.compile(r"\b(?:sixth|6th)\s+form\b", re.IGNORECASE), 12),
)
_AGE = re.compile(
    rf"\b(?:aged?|(?:s?he|they|he|child|son|daughter|am|i'?m|im)(?:'?s|\s+is|\s+are|\s+has\s+just\s+turned|\s+turned|\s+just\s+turned)?|ds|dd|just\s+turned|turned)\s*(?P<a>{_N})\b(?!\s*(?:weeks?|days?|hours?|times|schools?|months?|terms?|[:/.]\d))"
    rf"|\b(?P<b>{_N})[\s-]*(?:years?|yrs?)?[\s-]*(?:old|y/?o)\b",
    re.IGNORECASE,
)
_MONTHS = re.compile(rf"\b(?P<n>{_N})\s*months?\s*(?:old)\b", re.IGNORECASE)
_BARE = re.compile(
    rf"^\W*(?:s?he(?:'?s|\s+is)\s+|they(?:'?re|\s+are)\s+)?(?:in\s+)?(?P<n>{_N})(?P<years>\s*(?:years?|yrs?))?\W*$",
    re.IGNORECASE,
)
_STILL_THE_AGE = re.compile(r"\b(?:he|she|they)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Child:
    """What was read: `year` and `age` as said; `doubt` is "either", "too_old" or None; `bare` is the doubtful number."""

    year: int | None = None
    age: int | None = None
    doubt: str | None = None
    bare: int | None = None

    @property
    def value(self) -> dict[str, int] | None:
        """The stored value, or None where nothing sure was read."""
        known = {name: n for name, n in (("year", self.year), ("age", self.age)) if n is not None}
        return None if self.doubt or not known else known


def parse_child(text: str, asked: bool) -> Child:
    """The school year and the age of a text. A bare number is read only when it was asked for."""
    text = text[:4000]
    year, age = _year(text), _age(text)
    if year is None and age is None and asked:
        return _bare(text)
    if age is not None and age > OLDEST:
        return Child(doubt="too_old", bare=age)
    return Child(year, age)


def _year(text: str) -> int | None:
    found = _YEAR.search(text)
    if found and NURSERY <= _int(found["n"]) <= LAST_YEAR and _int(found["n"]) > 0:
        return _int(found["n"])
    return next((year for pattern, year in _NAMED if pattern.search(text)), None)


def _age(text: str) -> int | None:
    months = _MONTHS.search(text)
    if months:
        return _int(months["n"]) // 12
    found = _AGE.search(_YEAR.sub(" ", text))
    return _int(found["a"] or found["b"]) if found else None


def _bare(text: str) -> Child:
    """ "5" may be an age or a year; "9" alone hardly a year without the word, but it is asked rather than guessed."""
    found = _BARE.match(text)
    if not found:
        return Child()
    number = _int(found["n"])
    if number > OLDEST:
        return Child(doubt="too_old", bare=number)
    if (
        number > LAST_YEAR
        or number == 0
        or found["years"]
        or (_STILL_THE_AGE.search(text) and " in " not in f" {text} ")
    ):
        return Child(age=number)
    return Child(doubt="either", bare=number)


def _int(word: str) -> int:
    return int(word) if word.isdigit() else _SMALL.index(word.lower())
