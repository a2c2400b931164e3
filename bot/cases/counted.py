"""What is counted and searched of a case, taken from its summary and contact: codes and words, never a sentence. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from bot.cases.clock import Deadline, council_late, next_due
from bot.cases.priority import Told, priority

MIN_WORD = 3
MAX_WORDS = 400  # of one case: a story of 3,000 characters has about 250 different ones
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_CAMHS = re.compile(r"\b(camhs|cahms|hyms)\b|mental health (?:service|team)", re.I)
_THERAPY = re.compile(r"\b(?:slt|salt)\b|speech|occupational therap|physio|therap(?:y|ist)", re.I)
_COMMON = frozenset(
    "the and was has have had for not but with that this they them their she her his him you our are from said when what"
    " been will would could about there were because also just".split()
)


@dataclass(frozen=True)
class Counted:
    """What the evidence counts. `area` is a postcode district; `days_late` the council's worst delay that day."""

    area: str
    days_late: int | None
    refusal: bool
    appeal: bool
    camhs: bool
    therapy: bool


@dataclass(frozen=True)
class Clock:
    """Where the legal clock stands on a day. `due_on`: the next legal date; `late_on`: the oldest limit that was missed."""

    due_on: date | None
    late_on: date | None
    urgency: int
    reasons: tuple[str, ...]


def counted(summary: Mapping[str, Any], contact: Mapping[str, Any], stage: str, issue: str) -> Counted:
    """The facts to count."""
    said = " ".join(texts(summary))
    late = [-row["days_left"] for row in _limits(summary) if row.get("whose") == "council" and row["days_left"] < 0]
    return Counted(
        area=district(value(contact.get("postcode"))),
        days_late=max(late, default=None),
        refusal=stage.startswith("refused") or issue.startswith("refused"),
        appeal=stage == "appeal",
        camhs=bool(_CAMHS.search(said)),
        therapy=bool(_THERAPY.search(said)),
    )


def clock(summary: Mapping[str, Any], stage: str, issue: str, safeguarding: bool, today: date) -> Clock | None:
    """Due date and urgency as they are today; None where the summary holds no limits."""
    found = tuple(deadlines_today(summary, today))
    return _clock(found, stage, issue, safeguarding, value(summary.get("how_soon")) or None) if found else None


@lru_cache(maxsize=10_000)  # a day's open cases: the list shows the same ones again and again
def _clock(found: tuple[Deadline, ...], stage: str, issue: str, safeguarding: bool, hurts: str | None) -> Clock:
    ranked = priority(Told(list(found), safeguarding, stage, issue, hurts))
    late = council_late(list(found))
    return Clock(next_due(list(found)), late.due if late else None, ranked.level, ranked.reasons)


def deadlines_today(summary: Mapping[str, Any], today: date) -> list[Deadline]:
    """The limits of a summary with the days that are left today."""
    return [_deadline(row, today) for row in _limits(summary)]


def search_words(summary: Mapping[str, Any], contact: Mapping[str, Any]) -> list[str]:
    """The words by which a case may be found: who they are, how to reach them, and what they wrote."""
    who = [value(contact.get(name)) for name in ("name", "child_name")]
    exact = [joined(value(contact.get(name))) for name in ("email", "phone", "postcode")]
    found = [*words(who), *(text for text in exact if text), *words(texts(summary))]
    return list(dict.fromkeys(found))[:MAX_WORDS]


def query_words(query: str) -> list[str]:
    """What a search looks for: its words, or the whole of a postcode, telephone number or e-mail address."""
    whole = joined(query)
    if "@" in query or (whole and re.fullmatch(r"\+?\d{9,15}|[a-z]{1,2}\d[a-z\d]?\d[a-z]{2}", whole)):
        return [whole]
    return words([query])


def joined(text: str) -> str:
    """A number, address or postcode in one piece; a British number begins with its nought."""
    found = re.sub(r"[\s()-]", "", text.lower())
    return re.sub(r"^\+44(?=\d)", "0", found)


def words(found: Iterable[str]) -> list[str]:
    """The different words of some texts that are long enough and not too common, in order."""
    every = (word for text in found for word in _WORD.findall(text.lower().replace("’", "'")))
    return list(dict.fromkeys(word for word in every if len(word) >= MIN_WORD and word not in _COMMON))


def texts(summary: Mapping[str, Any]) -> list[str]:
    """What the parent wrote in their own words."""
    child = summary.get("child") or {}
    found = [summary.get(name) for name in ("happened", "tried", "wanted")]
    return [value(one) for one in (*found, child.get("school") if isinstance(child, Mapping) else None) if one]


def value(fact: Any) -> str:
    """A fact's value as text; facts are {value, basis} or plain."""
    found = fact.get("value") if isinstance(fact, Mapping) else fact
    return found if isinstance(found, str) else ""


def district(postcode: str) -> str:
    """The first half of a postcode, such as SK3; "unknown" where there is none."""
    found = re.match(r"([A-Z]{1,2}\d[A-Z\d]?)\s*\d[A-Z]{2}$", postcode.strip().upper())
    return found[1] if found else "unknown"


def _limits(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = summary.get("deadlines")
    return [row for row in rows if row.get("status") != "done"] if isinstance(rows, list) else []


def _deadline(row: Mapping[str, Any], today: date) -> Deadline:
    due = date.fromisoformat(row["due"])
    days = (due - today).days
    status = row["status"] if row["status"] == "done" else "overdue" if days < 0 else "due"
    return Deadline(
        limit=row["limit"],
        label=row["label"],
        whose=row["whose"],
        due=due,
        days=days,
        status=status,
        provision=row["provision"],
        working=tuple(row.get("working", ())),
        confidence=row.get("confidence", "high"),
    )
