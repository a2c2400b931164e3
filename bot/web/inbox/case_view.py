"""A case as its page shows it: the summary in rows, the clock as it stands today, what was told. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.blocks import TimelineRow
from bot.cases import counted
from bot.cases.clock import Deadline
from bot.cases.shown import event_label
from bot.knowledge.entries import Entry
from bot.law.calendar import calendar
from bot.law.timeline import timeline

_STORY = (("happened", "What has happened"), ("wanted", "What they want"), ("tried", "What they have tried"))
_PERSON = {"relation": "Who they are", "access": "What would help them", "best_time": "Best time"}
_CHILD = {"age_or_year": "Age or school year", "school": "School"}
_CONTACT = {
    "name": "Name",
    "phone": "Phone",
    "email": "E-mail",
    "postcode": "Postcode",
    "child_name": "Child's first name",
}
_KNOWN = {
    *(name for name, _ in _STORY), "person", "child", "stage", "issue", "council", "how_soon", "key_dates", "deadlines",
    "urgency", "safeguarding", "told", "constituency", "left_out", "consent", "schema_version", "made_at", "made_on", "channel",
}  # fmt: skip
_CONSTITUENCY = {
    "likely": "Likely Stockport",
    "yes": "Stockport",
    "unsure": "To check",
    "no": "Another constituency",
    "to_check": "To check",
}


@dataclass(frozen=True)
class Row:
    """One line of the summary. `basis`: said, confirmed or calculated."""

    label: str
    value: str
    basis: str = ""


@dataclass(frozen=True)
class Told:
    """One answer that the assistant gave: its title now, and whether it has changed since."""

    entry: str
    version: str
    title: str
    changed: bool


@dataclass(frozen=True)
class Summary:
    """Everything of the summary that the page shows."""

    story: tuple[Row, ...]
    facts: tuple[Row, ...]
    contact: tuple[Row, ...]
    dates: tuple[Row, ...]
    other: tuple[Row, ...]
    reasons: tuple[str, ...]
    signal: str
    clock: tuple[Deadline, ...]
    timeline: tuple[TimelineRow, ...]
    told: tuple[Told, ...]


def view(
    summary: Mapping[str, Any],
    contact: Mapping[str, Any],
    stage: str,
    issue: str,
    today: date,
    known: Mapping[str, Entry],
) -> Summary:
    """The summary of one case on one day. What it holds beside the known fields is shown too, under `other`."""
    clock = counted.clock(summary, stage, issue, bool((summary.get("safeguarding") or {}).get("flag")), today)
    stored = (summary.get("urgency") or {}).get("reasons", ())
    return Summary(
        story=_rows(summary, dict(_STORY)),
        facts=_facts(summary),
        contact=(*_rows(contact, _CONTACT), *_rest(contact, {*_CONTACT, "telegram"})),
        dates=tuple(_key_dates(summary)),
        other=_rest(summary, _KNOWN),
        reasons=clock.reasons if clock else tuple(stored),
        signal=str((summary.get("safeguarding") or {}).get("signal") or ""),
        clock=tuple(sorted(counted.deadlines_today(summary, today), key=lambda one: one.due)),
        timeline=tuple(_timeline(summary, today)),
        told=tuple(_told(summary, known)),
    )


def _facts(summary: Mapping[str, Any]) -> tuple[Row, ...]:
    found = (
        *_rows(summary, {"stage": "Where things stand", "issue": "What went wrong", "how_soon": "How soon it matters"}),
        *_rows(summary.get("child") or {}, _CHILD),
        *_rows(summary.get("person") or {}, _PERSON),
        *_rows(summary, {"council": "Council"}),
    )
    place = summary.get("constituency") or {}
    if isinstance(place, Mapping) and place.get("result"):
        source = {"guide": "by the rough guide of districts", "file": "by the official postcode file"}.get(
            place.get("source", ""), ""
        )
        words = place.get("name") or _CONSTITUENCY.get(place["result"], place["result"])
        checked = " (to check)" if place["result"] in ("unsure", "to_check") else ""
        found = (*found, Row("Constituency", f"{words}{checked} {source}".strip(), "calculated"))
    return found


def _rows(facts: Mapping[str, Any], labels: Mapping[str, str]) -> tuple[Row, ...]:
    return tuple(_row(label, facts[name]) for name, label in labels.items() if facts.get(name))


def _row(label: str, fact: Any) -> Row:
    if isinstance(fact, Mapping) and "value" in fact:
        return Row(label, str(fact.get("words") or fact["value"]), str(fact.get("basis") or ""))
    return Row(label, _flat(fact))


def _rest(facts: Mapping[str, Any], known: set[str]) -> tuple[Row, ...]:
    """Fields that this page does not know, so that nothing a parent sent is kept from the caseworker."""
    return tuple(
        _row(name.replace("_", " ").capitalize(), value) for name, value in facts.items() if name not in known and value
    )


def _flat(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(
            f"{key.replace('_', ' ')}: {_flat(inner)}" for key, inner in value.items() if inner not in (None, "")
        )
    if isinstance(value, list | tuple):
        return "; ".join(_flat(inner) for inner in value)
    return str(value)


def dates_of(summary: Mapping[str, Any]) -> dict[str, date]:
    """The key dates by the event they belong to."""
    rows = summary.get("key_dates")
    return {row["event"]: date.fromisoformat(row["date"]["value"]) for row in rows} if isinstance(rows, list) else {}


def _key_dates(summary: Mapping[str, Any]) -> list[Row]:
    from bot.law.reckoning import in_words

    about = {row["event"] for row in summary.get("key_dates") or [] if row.get("about")}
    basis = {row["event"]: row["date"].get("basis", "") for row in summary.get("key_dates") or []}
    return [
        Row(event_label(name), f"{'about ' if name in about else ''}{in_words(day)}", basis[name])
        for name, day in dates_of(summary).items()
    ]


def _timeline(summary: Mapping[str, Any], today: date) -> list[TimelineRow]:
    dates = dates_of(summary)
    return timeline(dates, today, calendar()) if dates else []


def _told(summary: Mapping[str, Any], known: Mapping[str, Entry]) -> list[Told]:
    found = []
    for told in dict.fromkeys(summary.get("told") or []):
        entry_id, _, version = str(told).partition("@")
        entry = known.get(entry_id)
        found.append(
            Told(entry_id, version, entry.title if entry else entry_id, entry is None or entry.version != version)
        )
    return found
