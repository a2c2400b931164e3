"""The case document as one page of readable text, for mail, print and the inbox. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.law.clocks import lateness
from bot.law.reckoning import in_words

_BASIS = {"said": "said", "confirmed": "confirmed", "calculated": "worked out"}
_RESULTS = {"yes": "yes", "likely": "most likely, to check", "to_check": "to check", "no": "no"}


def as_text(document: Mapping[str, Any], reference: str = "") -> str:
    """One page: what matters most comes first; each fact says whether it was said, confirmed or worked out."""
    parts = [
        _head(document, reference),
        _section("Who", _who(document)),
        _section("Where it stands", _stands(document)),
        _section("Dates", _dates(document)),
        _section("What has happened", [_words(document["happened"])]),
        _section("What was tried", [_words(document["tried"])]),
        _section("What they want", [_words(document["wanted"])]),
        _section("What the assistant told them", [", ".join(document["told"]) or "Nothing yet."]),
        _foot(document),
    ]
    return "\n\n".join(part for part in parts if part)


def _head(document: Mapping[str, Any], reference: str) -> str:
    urgency = document["urgency"]
    lines = [f"Case {reference}".strip(), f"Urgency {urgency['level']}: {urgency['name']}"]
    lines += [f"- {reason}" for reason in urgency["reasons"]]
    if document["safeguarding"]["flag"]:
        lines.append(f"SAFEGUARDING: {document['safeguarding']['signal']}")
    return "\n".join(lines)


def _section(title: str, lines: list[str]) -> str:
    kept = [line for line in lines if line]
    return "\n".join([title.upper(), *kept]) if kept else ""


def _who(document: Mapping[str, Any]) -> list[str]:
    contact, person, child = document.get("contact", {}), document["person"], document["child"]
    pairs = [
        ("Name", contact.get("name")), ("E-mail", contact.get("email")), ("Phone", contact.get("phone")),
        ("Postcode", contact.get("postcode")), ("Is", person["relation"]), ("Child", contact.get("child_name")),
        ("Age or year", child["age_or_year"]), ("School", child["school"]), ("Would help", person["access"]),
        ("Best time", person["best_time"]),
    ]  # fmt: skip
    lines = [_line(label, fact) for label, fact in pairs]
    if contact.get("telegram"):
        lines.append("Wants the answer in the Telegram chat.")
    found = document["constituency"]
    name = f" ({found['name']})" if found["name"] else ""
    return [*lines, f"In the constituency: {_RESULTS[found['result']]}{name} (worked out)"]


def _stands(document: Mapping[str, Any]) -> list[str]:
    pairs = [("Stage", "stage"), ("What went wrong", "issue"), ("Council", "council"), ("How soon", "how_soon")]
    return [_line(label, document[name]) for label, name in pairs]


def _dates(document: Mapping[str, Any]) -> list[str]:
    told = [
        f"{row['label']}: {'about ' if row['about'] else ''}{_day(row['date']['value'])} ({_BASIS[row['date']['basis']]})"
        for row in document["key_dates"]
    ]
    made_on = date.fromisoformat(document["made_on"])
    return told + [_limit(row, made_on) for row in document["deadlines"]]


def _limit(row: Mapping[str, Any], made_on: date) -> str:
    due = date.fromisoformat(row["due"])
    state = "done" if row["status"] == "done" else lateness(due, made_on).words
    return f"{row['label']}: {in_words(due)}, {state} (worked out; {row['provision']})"


def _foot(document: Mapping[str, Any]) -> str:
    consent = document["consent"]
    left = ", ".join(document["left_out"])
    lines = [f"Consent {consent['version']} at {consent['at']}. Channel: {document['channel']}."]
    return "\n".join([*lines, f"Left out: {left}."] if left else lines)


def _line(label: str, fact: Mapping[str, Any] | None) -> str:
    return f"{label}: {fact['words']} ({_BASIS[fact['basis']]})" if fact else ""


def _words(fact: Mapping[str, Any] | None) -> str:
    return f"{fact['words']} ({_BASIS[fact['basis']]})" if fact else ""


def _day(value: str) -> str:
    return in_words(date.fromisoformat(value))
