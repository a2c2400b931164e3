"""The timeline and the next deadline: done, due, overdue and later, and whose deadline comes first."""

from datetime import date

import pytest

from bot.blocks import TimelineRow
from bot.law.calendar import Calendar
from bot.law.timeline import next_deadline, timeline

TODAY = date(2026, 11, 23)


def rows(calendar: Calendar, today: date = TODAY, **facts: str) -> list[TimelineRow]:
    return timeline({name: date.fromisoformat(day) for name, day in facts.items()}, today, calendar)


def row(found: list[TimelineRow], start: str) -> TimelineRow:
    return next(one for one in found if one["label"].startswith(start))


def labels(found: list[TimelineRow]) -> str:
    return " / ".join(one["label"] for one in found)


def test_no_facts_make_an_empty_timeline(real: Calendar) -> None:
    assert rows(real) == []
    assert next_deadline({}, TODAY, real) is None


def test_rows_stand_in_date_order_and_events_before_limits(real: Calendar) -> None:
    found = rows(real, request_received="2026-06-15", decision_to_assess="2026-07-27")
    assert [one["date"] for one in found] == sorted(one["date"] or "" for one in found)
    same_day = [one["label"] for one in found if one["date"] == "2026-07-27"]
    assert same_day[0] == "The council said yes to an assessment" and len(same_day) > 1


def test_a_plan_that_has_not_come_is_overdue_by_weeks(real: Calendar) -> None:
    plan = row(rows(real, request_received="2026-06-15"), "The council must send the final plan")
    assert plan["status"] == "overdue" and plan["date"] == "2026-11-02" and plan["detail"] == "3 weeks late."
    assert plan["provision"] == "SEND Regulations 2014, regulation 13(2)"


def test_a_step_taken_late_is_done_and_says_how_late(real: Calendar) -> None:
    found = rows(real, request_received="2026-06-15", decision_not_to_assess="2026-08-20")
    decision = row(found, "The council must say if it will assess")
    assert decision["status"] == "done"
    assert decision["detail"] == "Done on Thursday 20 August 2026, 3 weeks and 3 days late."


def test_a_step_taken_in_time_is_done_without_blame(real: Calendar) -> None:
    found = rows(real, request_received="2026-06-15", decision_to_assess="2026-07-20")
    assert row(found, "The council must say if it will assess")["detail"] == "Done on Monday 20 July 2026."


def test_a_refusal_ends_the_wait_for_a_plan(real: Calendar) -> None:
    found = rows(real, request_received="2026-09-15", decision_not_to_assess="2026-10-20")
    assert "final plan" not in labels(found) and "no plan" not in labels(found)


def test_no_plan_is_never_overdue_because_a_plan_may_still_come(real: Calendar) -> None:
    assert "there will be no plan" not in labels(rows(real, request_received="2026-06-15"))
    assert "there will be no plan" in labels(rows(real, request_received="2026-10-15"))


def test_the_next_step_is_due_and_the_rest_is_later(real: Calendar) -> None:
    found = rows(real, request_received="2026-11-02")
    assert row(found, "The council must say if it will assess")["status"] == "due"
    assert row(found, "The council must send the final plan")["status"] == "later"


def test_a_coming_event_is_later(real: Calendar) -> None:
    assert row(rows(real, hearing="2027-04-15"), "The hearing")["status"] == "later"


def test_an_old_plan_does_not_end_a_new_review(real: Calendar) -> None:
    found = rows(real, final_plan="2025-10-01", review_meeting="2026-09-07")
    assert row(found, "The council must send the changed plan")["status"] == "due"


def test_the_parents_own_row_says_which_day_to_aim_for(real: Calendar) -> None:
    found = rows(real, decision_not_to_assess="2026-11-23")
    assert row(found, "Last day to appeal")["detail"] == "9 weeks left. Aim for Monday 18 January 2027."
    late = rows(real, today=date(2027, 1, 20), decision_not_to_assess="2026-11-23")
    detail = row(late, "Last day to appeal")["detail"]
    assert detail == "5 days left. The safe day, Monday 18 January 2027, has passed. Do it now."


def test_an_old_unused_appeal_leaves_the_timeline_once_something_newer_happened(real: Calendar) -> None:
    assert "Last day to appeal" in labels(rows(real, final_plan="2026-08-03"))
    assert "Last day to appeal" not in labels(rows(real, final_plan="2026-08-03", review_meeting="2026-11-09"))


@pytest.mark.parametrize(
    ("facts", "limit", "due"),
    [
        ({"decision_not_to_assess": "2026-11-02"}, "appeal", "2027-01-04"),
        ({"request_received": "2026-11-02", "draft_served": "2026-11-16"}, "draft_reply", "2026-11-30"),
        ({"final_plan": "2026-11-02", "review_meeting": "2026-11-03"}, "appeal", "2027-01-04"),
        ({"decision_no_plan": "2026-08-20"}, "appeal", "2026-10-20"),  # passed, can still be met late
        ({"decision_no_plan": "2025-08-20", "request_received": "2026-10-20"}, "decide_to_assess", "2026-12-01"),
        ({"request_received": "2026-11-02"}, "decide_to_assess", "2026-12-14"),
        ({"request_received": "2026-11-02", "decision_to_assess": "2026-11-20"}, "no_plan", "2027-02-22"),
        ({"request_received": "2026-06-15"}, "final_plan", "2026-11-02"),
        ({"final_plan": "2025-02-03"}, "review_year", "2026-02-03"),
        ({"transfer_secondary_year": "2027-09-01"}, "phase_transfer", "2027-02-15"),
        ({"appeal_decision": "2026-11-02", "appeal_served": "2026-11-20"}, "appeal_response", "2027-01-11"),
    ],
)
def test_the_parents_own_deadline_comes_first_then_the_councils(
    facts: dict[str, str], limit: str, due: str, real: Calendar
) -> None:
    found = next_deadline({name: date.fromisoformat(day) for name, day in facts.items()}, TODAY, real)
    assert found is not None and (found.limit, found.due.isoformat()) == (limit, due)
