"""What the reply to a date shows besides the date: cautions, what could change it, the letter that fits."""

from datetime import date
from typing import Any

import pytest

from bot.dialogue.deadline import turn
from bot.dialogue.deadline_reply import LETTERS
from bot.dialogue.deadline_state import ClockState
from bot.law.clocks import limits
from bot.letters.library import offered
from tests.dates.reading import words_of

LETTER_OF_31_MAY = "refusal letter dated 31 may 2027, when must i appeal"


def reply(text: str, today: date) -> Any:
    return turn(text, ClockState(), today)[1]


def folded(found: Any) -> list[str]:
    return [words for block in found["blocks"] if block["type"] == "more" for words in block["paragraphs"]]


@pytest.mark.parametrize(
    ("text", "today", "raw", "strict"),
    [
        (LETTER_OF_31_MAY, date(2027, 6, 10), "Saturday 31 July 2027", "Monday 2 August 2027"),
        (
            "decision letter dated 24 october 2022, last day to appeal?",
            date(2022, 11, 1),
            "Saturday 24 December 2022",
            "",
        ),
    ],
)
def test_a_weekend_just_before_august_or_christmas_is_warned_of_beside_the_date(
    text: str, today: date, raw: str, strict: str
) -> None:
    second = reply(text, today)["blocks"][1]["text"]
    assert second.startswith("Take care.") and f"before {raw}" in second and strict in second


def test_the_fortnight_before_the_strict_day_is_urgent_already() -> None:
    assert reply(LETTER_OF_31_MAY, date(2027, 7, 18))["outcome"] == "deadline"
    assert reply(LETTER_OF_31_MAY, date(2027, 7, 19))["outcome"] == "urgent"


def test_after_the_strict_day_the_parent_is_told_to_send_at_once() -> None:
    found = reply(LETTER_OF_31_MAY, date(2027, 8, 10))
    assert found["outcome"] == "urgent"
    assert "only until Monday 2 August 2027" in words_of(found) and "Send your appeal before" not in words_of(found)


def test_a_passed_limit_needs_no_caution() -> None:
    assert "Take care" not in words_of(reply(LETTER_OF_31_MAY, date(2027, 9, 2)))


def test_what_could_change_a_date_is_there_to_unfold() -> None:
    told = " ".join(folded(reply("request went in 11 november 2026, when is the plan due", date(2026, 11, 23))))
    assert "not an exception in the law" in told and "the day the council got the request" in told


def test_a_caution_is_not_said_twice() -> None:
    assert not any("Take care" in words for words in folded(reply(LETTER_OF_31_MAY, date(2027, 6, 10))))


def test_every_letter_that_a_date_leads_to_is_offered_by_the_letters() -> None:
    assert set(LETTERS) <= set(limits())
    assert set(LETTERS.values()) <= {letter.id for letter in offered()}


@pytest.mark.parametrize(
    ("text", "today"),
    [
        ("annual review meeting was 1 june 2026, when is the changed plan due", date(2026, 11, 23)),
        ("he is in year 6, when must the plan name the secondary school", date(2027, 2, 20)),
    ],
)
def test_a_late_plan_of_any_kind_leads_to_the_letter_that_chases_it(text: str, today: date) -> None:
    found = reply(text, today)
    payloads = [item["payload"] for block in found["blocks"] if block["type"] == "buttons" for item in block["items"]]
    assert '/letter{"letter": "chase-plan"}' in payloads, words_of(found)
