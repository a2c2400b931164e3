"""Builds the case document of docs/case.schema.json from a finished draft. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.cases.clock import Deadline, deadlines, next_due
from bot.cases.constituency import Constituency
from bot.cases.draft import Draft
from bot.cases.priority import Priority, Told, priority
from bot.cases.shown import event_label, shown
from bot.cases.step import FormSetting, Submission
from bot.dialogue.deadline_state import ClockState
from bot.dialogue.memory import Memory

VERSION = "1.0"
UNKNOWN = "not-said"
_PLAIN = ("relation", "access", "best_time")


def submission(draft: Draft, memory: Memory, setting: FormSetting) -> Submission:
    """What is stored when the parent says send."""
    found = constituency_of(draft, setting)
    limits = deadlines(draft.values.get("dates", {}), setting.today)
    ranked = rank(draft, limits)
    return Submission(
        key=draft.key,
        conversation=setting.conversation,
        summary=_summary(draft, memory, setting, found, limits, ranked),
        contact=_contact(draft),
        queue=_queue(draft, setting, found, limits, ranked),
        consent_version=draft.consent_version or "",
        now=setting.now,
    )


def document(summary: Mapping[str, Any], contact: Mapping[str, Any]) -> dict[str, Any]:
    """The whole case document, as docs/case.schema.json describes it: summary and contact are stored apart."""
    return {**summary, "contact": dict(contact)}


def rank(draft: Draft, limits: list[Deadline]) -> Priority:
    """How urgent a draft's case is."""
    values = draft.values
    told = Told(limits, bool(draft.safeguarding), values.get("stage"), values.get("issue"), values.get("hurts"))
    return priority(told)


def constituency_of(draft: Draft, setting: FormSetting) -> Constituency | None:
    """What the postcode says; None where none was given. Who says she does live here is checked, not refused."""
    postcode = draft.values.get("postcode")
    if not postcode:
        return None
    found = setting.constituency(postcode)
    if found.result == "no" and draft.outside:
        return Constituency("to_check", found.name, found.source, found.borough)
    return found


def _summary(
    draft: Draft,
    memory: Memory,
    setting: FormSetting,
    found: Constituency | None,
    limits: list[Deadline],
    ranked: Priority,
) -> dict[str, Any]:
    return {
        "schema_version": VERSION,
        "made_at": setting.now.isoformat(timespec="seconds"),
        "made_on": setting.today.isoformat(),
        "channel": setting.channel,
        "person": {name: _fact(draft, name) for name in _PLAIN},
        "child": {"age_or_year": _fact(draft, "child"), "school": _fact(draft, "school")},
        "stage": _fact(draft, "stage"),
        "council": _fact(draft, "council"),
        "issue": _fact(draft, "issue"),
        "happened": _fact(draft, "story"),
        "tried": _fact(draft, "tried"),
        "wanted": _fact(draft, "want"),
        "how_soon": _fact(draft, "hurts"),
        "key_dates": _key_dates(draft, memory),
        "deadlines": [_limit(one) for one in limits],
        "urgency": {"level": ranked.level, "name": ranked.name, "reasons": list(ranked.reasons), "basis": "calculated"},
        "safeguarding": {"flag": bool(draft.safeguarding), "signal": draft.safeguarding},
        "told": list(memory.told),
        "constituency": _constituency(found),
        "left_out": sorted(draft.skipped),
        "consent": {"version": draft.consent_version, "at": draft.consent_at},
    }


def _fact(draft: Draft, name: str) -> dict[str, Any] | None:
    """A value with how it is known; None where it was left out."""
    if name not in draft.values:
        return None
    value = draft.values[name]
    return {"value": value, "words": shown(name, value), "basis": draft.basis[name]}


def _key_dates(draft: Draft, memory: Memory) -> list[dict[str, Any]]:
    dates = draft.values.get("dates", {})
    about = {*draft.about, *ClockState.from_dict(memory.clock).about}
    basis = draft.basis.get("dates", "said")
    rows = [
        {"event": name, "label": event_label(name), "date": {"value": day, "basis": basis}, "about": name in about}
        for name, day in dates.items()
    ]
    return sorted(rows, key=lambda row: row["date"]["value"])


def _limit(one: Deadline) -> dict[str, Any]:
    return {
        "limit": one.limit,
        "label": one.label,
        "whose": one.whose,
        "due": one.due.isoformat(),
        "days_left": one.days,
        "status": one.status,
        "provision": one.provision,
        "working": list(one.working),
        "confidence": one.confidence,
        "basis": "calculated",
    }


def _constituency(found: Constituency | None) -> dict[str, Any]:
    if found is None:
        return {"result": "to_check", "name": None, "source": "none", "basis": "calculated"}
    return {"result": found.result, "name": found.name, "source": found.source, "basis": "calculated"}


def _contact(draft: Draft) -> dict[str, Any]:
    """What tells who the family is; sealed apart from the summary."""
    names = ("name", "email", "phone", "postcode", "child_name")
    known: dict[str, Any] = {name: _fact(draft, name) for name in names}
    return {**known, "telegram": bool(draft.values.get("chat"))}


def _queue(
    draft: Draft, setting: FormSetting, found: Constituency | None, limits: list[Deadline], ranked: Priority
) -> dict[str, Any]:
    """What the inbox orders and filters by: nothing here tells who the family is."""
    due: date | None = next_due(limits)
    return {
        "urgency": ranked.level,
        "due_on": due,
        "stage": draft.values.get("stage") or UNKNOWN,
        "issue": draft.values.get("issue") or UNKNOWN,
        "council": str(draft.values.get("council") or UNKNOWN)[:64],
        "channel": setting.channel[:16],
        "constituency": found.result if found else "to_check",
        "safeguarding": bool(draft.safeguarding),
    }
