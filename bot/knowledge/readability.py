"""How hard a text is to read: textstat's Flesch-Kincaid grade, with the field's own terms counted as plain words.

A parent cannot be spared "EHC needs assessment" or "tribunal": each is explained where it is first used, so the
measure is of the words around it. Grade plus five is about the reading age in years (grade 6: age 11).
"""

import re
from functools import lru_cache

import textstat

from bot.limits import MAX_SHORT_GRADE, MAX_SHORT_WORDS

# Terms that must be used as they are; each is stood in for by a short word before measuring.
FIELD_TERMS = (
    "EHC needs assessments", "EHC needs assessment", "special educational needs", "special educational provision",
    "educational psychologist", "education, health and care", "annual review", "case review", "reassessment",
    "EHC plans", "EHC plan", "SEND Tribunal", "tribunal", "mediation adviser", "mediation certificate", "mediation",
    "certificate", "local authority", "council", "Ombudsman", "occupational therapy", "occupational therapist",
    "speech and language therapy", "therapist", "therapy", "judicial review", "discrimination", "Equality Act",
    "Children and Families Act", "Education Act", "personal budget", "direct payment", "independent", "mainstream",
    "provision", "assessment", "evidence", "SENDIASS", "IPSEA", "Stockport", "SENCO", "CAMHS", "EOTAS", "SEND35A", "SEND35",
    "MP's office", "parliament", "constituency", "Section", "education", "disability", "exclusion", "suspension",
)  # fmt: skip

_TERMS = re.compile(r"\b(" + "|".join(re.escape(term) for term in FIELD_TERMS) + r")\b", re.IGNORECASE)


@lru_cache(maxsize=4096)
def grade(text: str) -> float:
    """The Flesch-Kincaid grade of a text, field terms counted as one plain word."""
    return float(textstat.flesch_kincaid_grade(_TERMS.sub("plan", text)))


def words(text: str) -> int:
    """How many words a reader reads."""
    return len(text.split())


def too_long(short: str) -> bool:
    """Whether a short answer is over its limit of words."""
    return words(short) > MAX_SHORT_WORDS


def too_hard(short: str) -> bool:
    """Whether a short answer is over its limit of difficulty."""
    return grade(short) > MAX_SHORT_GRADE
