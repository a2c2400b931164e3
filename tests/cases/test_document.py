"""The case document: it fits its schema, marks how each fact is known, counts the days, ranks by rule."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.cases.clock import deadlines
from bot.cases.draft import Draft
from bot.cases.fields import case_faults, choices, fields
from bot.cases.guesses import derived
from bot.cases.priority import Told, priority
from bot.cases.summary import document
from bot.cases.summary_text import as_text
from bot.knowledge.entries import entries
from bot.law.clocks import limits, triggers
from bot.paths import ROOT
from tests.cases.sending import MARKERS, made_submission
from tests.cases.talking import TODAY

SCHEMA = json.loads((ROOT / "docs" / "case.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)


def whole(**facts: str) -> dict[str, Any]:
    made = made_submission(**facts)
    return document(made.summary, made.contact)


@pytest.mark.parametrize("trigger", [trigger for trigger in triggers() if not trigger.startswith("transfer")])
def test_every_made_case_fits_the_schema(trigger: str) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(whole(**{trigger: "2026-10-05"}))] == []


def test_each_fact_says_how_it_is_known() -> None:
    case = whole(request_received="2026-05-04")
    assert case["contact"]["name"] == {"value": "Sam Markerton", "words": "Sam Markerton", "basis": "said"}
    assert case["key_dates"][0]["date"] == {"value": "2026-05-04", "basis": "confirmed"}
    assert case["council"]["basis"] == "calculated"
    assert {row["basis"] for row in case["deadlines"]} == {"calculated"}


def test_deadlines_carry_days_provision_and_working() -> None:
    rows = {row["limit"]: row for row in whole(request_received="2026-05-04")["deadlines"]}
    final = rows["final_plan"]
    assert final["due"] == "2026-09-21"
    assert final["days_left"] == (date(2026, 9, 21) - TODAY).days
    assert final["status"] == "overdue"
    assert "regulation 13" in final["provision"]
    assert final["working"]


def test_what_identifies_the_family_stands_in_the_contact_alone() -> None:
    made = made_submission()
    summary = json.dumps(made.summary)
    for marker in ("Sam Markerton", "sam.markerton@example.org", "7700900123", "SK3 8AB", "Alexmarker"):
        assert marker not in summary
        assert marker in json.dumps(made.contact)
    assert not [marker for marker in MARKERS if marker in json.dumps(made.queue, default=str)]


def test_the_readable_text_is_one_page_and_leads_with_urgency() -> None:
    text = as_text(whole(decision_not_to_assess="2026-09-28"), "SD-7KQ4-XM2P")
    assert text.startswith("Case SD-7KQ4-XM2P\nUrgency 0")
    for part in (
        "Sam Markerton (said)",
        "Last day to appeal: Monday 30 November 2026, 7 days left",
        "marker of the story",
        "mediation@1a2b3c4d",
    ):
        assert part in text
    assert len(text.splitlines()) <= 60


def test_what_was_left_out_is_named() -> None:
    assert {"access", "best_time"} <= set(whole()["left_out"])


# --- priority: a table of what must be read first ---
def told(facts: dict[str, date], **other: Any) -> Told:
    known = {"safeguarding": False, "stage": None, "issue": None, "hurts": None, **other}
    return Told(deadlines({name: day.isoformat() for name, day in facts.items()}, TODAY), **known)


def months_ago(months: int, days: int = 0) -> date:
    month = TODAY.month - months
    return TODAY.replace(year=TODAY.year + (month - 1) // 12, month=(month - 1) % 12 + 1) - timedelta(days=days)


@pytest.mark.parametrize(
    ("facts", "other", "level", "reason"),
    [
        ({}, {"safeguarding": True}, 0, "danger"),
        ({"decision_not_to_assess": months_ago(2) + timedelta(days=5)}, {}, 0, "within a week"),
        ({"decision_not_to_assess": months_ago(2, 10)}, {}, 0, "has just passed"),
        ({}, {"issue": "out-of-school", "hurts": "now"}, 0, "no education now"),
        ({"decision_not_to_assess": months_ago(2) + timedelta(days=21)}, {}, 1, "within four weeks"),
        ({"request_received": TODAY - timedelta(weeks=30)}, {}, 1, "more than six weeks ago"),
        ({}, {"issue": "exclusion"}, 1, "out of school"),
        ({}, {"hurts": "now"}, 1, "harm is happening"),
        ({"request_received": TODAY - timedelta(weeks=7)}, {}, 2, "limit has passed"),
        ({}, {"issue": "not-delivered"}, 2, "is not given"),
        ({}, {"hurts": "weeks"}, 2, "within weeks"),
        ({}, {}, 3, "No near date"),
        ({"request_received": TODAY - timedelta(weeks=1)}, {}, 3, "No near date"),
    ],
)
def test_priority_follows_the_clock_and_safeguarding(
    facts: dict[str, date], other: dict[str, Any], level: int, reason: str
) -> None:
    found = priority(told(facts, **other))
    assert (found.level, reason in " ".join(found.reasons)) == (level, True), found


def test_all_reasons_are_listed_the_weightiest_first_and_none_twice() -> None:
    found = priority(told({"request_received": TODAY - timedelta(weeks=30)}, safeguarding=True, issue="out-of-school"))
    assert found.level == 0
    assert "danger" in found.reasons[0]
    assert len(found.reasons) == 3
    assert len(set(found.reasons)) == 3


def test_a_case_sent_later_is_not_behind_a_less_urgent_one() -> None:
    near, far = told({"decision_not_to_assess": months_ago(2) + timedelta(days=3)}), told({})
    assert priority(near).level < priority(far).level


# --- content ---
def test_the_content_of_the_form_is_sound() -> None:
    assert case_faults() == []


def test_a_fault_names_file_line_and_field(tmp_path: Path) -> None:
    (tmp_path / "soon.yml").write_text(
        "choices:\n  - {id: now, title: Now, words: []}\n  - {id: BAD, title: Later, words: []}\n", encoding="utf-8"
    )
    fault = str(case_faults(tmp_path)[0])
    assert "soon.yml:3" in fault
    assert "choices.1.id" in fault


def test_choices_name_only_known_dates_limits_and_answers() -> None:
    for file in ("stages", "issues"):
        for choice in choices(file).values():
            assert set(choice.triggers) <= set(triggers())
            assert set(choice.limits) <= set(limits())
            assert set(choice.stages) <= set(choices("stages"))


def test_topics_of_choices_are_entries_once_the_knowledge_is_whole() -> None:
    topics = {topic for file in ("stages", "issues") for choice in choices(file).values() for topic in choice.topics}
    if len(entries()) < 75:
        pytest.skip("not all entries are written yet")
    assert topics <= set(entries())


def test_no_name_belongs_to_two_fields() -> None:
    names = [name for field in fields().values() for name in field.names]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("day", "issue"), [("2026-09-28", "late-decision"), ("2026-07-20", "late-decision"), ("2026-06-01", "late-plan")]
)
def test_the_wait_for_a_plan_is_the_matter_once_the_plan_is_due(day: str, issue: str) -> None:
    draft = Draft(phase="ask", values={"dates": {"request_received": day}})
    assert derived(draft, TODAY)["issue"] == issue
