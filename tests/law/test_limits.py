"""Each limit against its worked examples, its working in words, and the cases in which no date is given."""

from datetime import date

import pytest

from bot.law.calendar import Calendar
from bot.law.clocks import lateness, limits, reckon, triggers
from bot.law.reckoning import Reckoning, Refusal, in_words
from tests.law.limits_table import EXAMPLES


def days(facts: dict[str, str]) -> dict[str, date]:
    return {name: date.fromisoformat(day) for name, day in facts.items()}


def reckoned(limit: str, calendar: Calendar, **facts: str) -> Reckoning:
    found = reckon(limit, days(facts), calendar)
    assert isinstance(found, Reckoning), found
    return found


def refused(limit: str, calendar: Calendar, **facts: str) -> Refusal:
    found = reckon(limit, days(facts), calendar)
    assert isinstance(found, Refusal), found
    return found


@pytest.mark.parametrize(("limit", "facts", "due"), EXAMPLES)
def test_a_worked_example_gives_its_date(limit: str, facts: dict[str, str], due: str | None, real: Calendar) -> None:
    found = reckon(limit, days(facts), real)
    assert (found.due.isoformat() if isinstance(found, Reckoning) else None) == due


def test_every_limit_and_every_start_has_a_worked_example() -> None:
    assert {limit for limit, _, due in EXAMPLES if due} == set(limits())
    starts = {count.start for limit in limits().values() for count in limit.counts if ":" not in count.start}
    assert starts <= {name for _, facts, _ in EXAMPLES for name in facts}
    assert {name for _, facts, _ in EXAMPLES for name in facts} <= set(triggers())


def test_the_working_shows_each_step_with_its_date(real: Calendar) -> None:
    found = reckoned("appeal", real, appeal_decision="2026-11-23")
    assert found.steps[0] == "Two months from Monday 23 November 2026 is Saturday 23 January 2027."
    assert "weekend" in found.steps[1] and "Monday 25 January 2027" in found.steps[1]
    assert "5pm" in found.steps[2] and found.by_time == "5pm"
    assert found.provision == "HESC Tribunal Rules 2008, rules 12 and 20"
    assert found.confidence == "high" and found.readings == ()


@pytest.mark.parametrize(("limit", "facts", "due"), EXAMPLES)
def test_the_due_day_or_the_day_it_rolls_from_stands_in_the_working(
    limit: str, facts: dict[str, str], due: str | None, real: Calendar
) -> None:
    found = reckon(limit, days(facts), real)
    if isinstance(found, Reckoning):
        assert in_words(found.due) in " ".join(found.steps)
        assert "{" not in " ".join((*found.steps, *found.could_change, found.label))


def test_the_christmas_and_august_steps_name_the_day_that_counts(real: Calendar) -> None:
    christmas = reckoned("appeal", real, appeal_decision="2026-10-27").steps
    assert "between 25 December and 1 January" in christmas[1] and "Monday 4 January 2027" in christmas[1]
    august = reckoned("appeal", real, appeal_decision="2027-06-15").steps
    assert "August" in august[1] and "Wednesday 1 September 2027" in august[1]


def test_the_later_of_letter_and_certificate_is_named_in_the_working(real: Calendar) -> None:
    found = reckoned("appeal", real, appeal_decision="2026-12-01", certificate="2027-01-11")
    assert any("certificate of Monday 11 January 2027" in step for step in found.steps)
    assert any("later date counts: Thursday 11 February 2027" in step for step in found.steps)


def test_a_certificate_alone_gives_a_date_and_says_that_the_letter_may_make_it_later(real: Calendar) -> None:
    found = reckoned("appeal", real, certificate="2026-12-10")
    assert found.confidence == "medium"
    assert "never sooner" in found.could_change[0]


def test_the_safe_day_of_an_appeal_lies_five_working_days_before(real: Calendar) -> None:
    assert reckoned("appeal", real, appeal_decision="2026-11-23").safe == date(2027, 1, 18)
    # over Christmas: 31, 30, 29, 24 and 23 December are the five
    assert reckoned("appeal", real, appeal_decision="2026-10-27").safe == date(2026, 12, 23)


def test_a_month_that_has_no_such_day_lowers_the_confidence_and_says_so(real: Calendar) -> None:
    found = reckoned("appeal", real, appeal_decision="2026-12-31")
    assert found.confidence == "medium"
    assert any("no day 31" in step for step in found.steps)


def test_a_weekend_just_before_august_warns_of_the_strict_reading(real: Calendar) -> None:
    found = reckoned("appeal", real, appeal_decision="2027-05-31")
    assert found.due == date(2027, 9, 1)
    assert found.safe == date(2027, 7, 26)  # five working days before Monday 2 August
    assert found.confidence == "medium"
    assert "Monday 2 August 2027" in found.could_change[0] and "before Saturday 31 July 2027" in found.could_change[0]


def test_a_discrimination_claim_knows_no_august_and_aims_for_the_working_day_before(real: Calendar) -> None:
    found = reckoned("discrimination", real, discrimination_act="2027-01-12")
    assert found.safe == date(2027, 7, 9)
    august = reckoned("discrimination", real, discrimination_act="2027-02-20")
    assert august.due == date(2027, 8, 19) == august.safe


def test_the_exceptions_and_what_is_none_are_named_for_the_final_plan(real: Calendar) -> None:
    told = " ".join(reckoned("final_plan", real, request_received="2026-11-23").could_change)
    for part in ("four weeks", "exceptional", "away from the area", "staff", "psychologists", "not an exception"):
        assert part in told


def test_both_readings_are_given_where_sent_and_received_are_known_and_the_earliest_is_due(real: Calendar) -> None:
    found = reckoned("appeal", real, appeal_decision="2026-09-23", appeal_decision_received="2026-09-30")
    assert [reading.due for reading in found.readings] == [date(2026, 11, 23), date(2026, 11, 30)]
    assert found.due == date(2026, 11, 23) and found.confidence == "medium"
    assert "Wednesday 23 September 2026" in found.readings[0].label


def test_both_readings_follow_an_event_that_implies_another(real: Calendar) -> None:
    found = reckoned("appeal", real, final_plan="2026-09-23", final_plan_received="2026-09-30")
    assert len(found.readings) == 2


def test_readings_that_lead_to_the_same_day_are_one(real: Calendar) -> None:
    found = reckoned("appeal", real, appeal_decision="2026-11-20", appeal_decision_received="2026-11-23")
    assert len(found.readings) == 2  # 20 January and 25 January
    same = reckoned("appeal", real, appeal_decision="2026-11-23", appeal_decision_received="2026-11-24")
    assert same.readings == () and same.due == date(2027, 1, 25)


def test_the_newest_decision_counts(real: Calendar) -> None:
    found = reckoned("appeal", real, decision_not_to_assess="2026-02-02", final_plan="2026-10-12")
    assert found.due == date(2026, 12, 14)


def test_only_the_day_a_letter_came_gives_no_date(real: Calendar) -> None:
    assert "sent" in refused("appeal", real, appeal_decision_received="2026-09-30").reason
    assert "sent" in refused("appeal", real, final_plan_received="2026-09-30").reason


def test_a_letter_cannot_come_before_it_was_sent(real: Calendar) -> None:
    found = refused("appeal", real, appeal_decision="2026-09-30", appeal_decision_received="2026-09-23")
    assert "before it was sent" in found.reason


def test_a_missing_start_is_asked_for_in_the_triggers_own_words(real: Calendar) -> None:
    assert triggers()["request_received"].question in refused("final_plan", real).reason


def test_a_date_before_the_law_is_refused(real: Calendar) -> None:
    assert "1 September 2014" in refused("appeal", real, appeal_decision="2014-08-31").reason
    assert "21 July 2020" in refused("discrimination", real, discrimination_act="2020-07-20").reason
    assert reckoned("discrimination", real, discrimination_act="2020-07-21").due == date(2021, 1, 20)


def test_a_date_beyond_the_bank_holiday_list_is_refused_with_the_reason(real: Calendar) -> None:
    found = refused("appeal", real, appeal_decision="2028-11-02")
    assert "Sunday 31 December 2028" in found.reason and "bank holidays" in found.reason
    assert refused("discrimination", real, discrimination_act="2028-10-01").limit == "discrimination"
    # weeks need no bank holidays
    assert reckoned("final_plan", real, request_received="2028-11-06").due == date(2029, 3, 26)


def test_the_end_of_time_is_refused_and_does_not_raise(real: Calendar) -> None:
    for limit in limits().values():
        facts = dict.fromkeys(triggers(), date.max)
        assert isinstance(reckon(limit.id, facts, real), Reckoning | Refusal)
    assert isinstance(reckon("final_plan", {"request_received": date.max}, real), Refusal)


def test_unknown_names_are_named(real: Calendar) -> None:
    with pytest.raises(ValueError, match="'apeal' is unknown"):
        reckon("apeal", {}, real)
    with pytest.raises(ValueError, match="'leter' is no trigger"):
        reckon("appeal", {"leter": date(2026, 1, 1)}, real)


@pytest.mark.parametrize(
    ("due", "words"),
    [
        ("2026-10-03", "7 weeks and 2 days late"),
        ("2026-11-22", "1 day late"),
        ("2026-11-16", "1 week late"),
        ("2026-11-23", "due today"),
        ("2026-11-24", "1 day left"),
        ("2026-12-05", "12 days left"),
        ("2026-12-07", "2 weeks left"),
        ("2026-12-15", "3 weeks and 1 day left"),
    ],
)
def test_lateness_is_told_in_weeks_and_days(due: str, words: str) -> None:
    assert lateness(date.fromisoformat(due), date(2026, 11, 23)).words == words
