"""Not every letter is a decision, a request's date is no refusal's, and what was only spoken starts no time to appeal."""

from datetime import date
from typing import Any

import pytest

from bot.dialogue.deadline import concerns_dates, plainly_asked, turn
from bot.dialogue.deadline_state import ClockState
from tests.dates.reading import words_of

TODAY = date(2026, 11, 23)


def told(*texts: str) -> tuple[ClockState, Any]:
    state, reply = ClockState(), None
    for text in texts:
        state, reply = turn(text, state, TODAY)
    return state, reply


@pytest.mark.parametrize(
    "text",
    [
        "my request of 2 November was refused, when must I appeal",
        "my request of 2 november has been turned down, what is my deadline to appeal",
        "the assessment request I sent on 2 November was refused. when is the last day to appeal?",
        "our application from 2 november got rejected, how long do i have",
        "they said no to the request I made on 2 november, when do I have to appeal by",
    ],
)
def test_the_day_of_a_refused_request_is_kept_and_the_date_of_the_refusal_asked_for(text: str) -> None:
    state, reply = told(text)
    assert concerns_dates(text, TODAY)
    assert (state.facts, state.awaiting) == ({"request_received": "2026-11-02"}, "decision_not_to_assess")
    assert reply["outcome"] == "asked_back" and "date on the letter that says no to an assessment" in words_of(reply)
    state, reply = turn("16 november", state, TODAY)
    assert state.facts["decision_not_to_assess"] == "2026-11-16"
    assert "18 January 2027" in words_of(reply)


@pytest.mark.parametrize(
    "text",
    [
        "got a letter about the annual review meeting dated 2 november, when must i appeal",
        "email about the review meeting came 2 november, when is my deadline",
        "I got a letter on 2 November inviting me to the annual review, how long have I got",
        "we had a letter of 2 november acknowledging our request, when must they decide",
        "letter of 2 november says the ep will visit, when must i appeal",
        "letter dated 2 november from camhs, when must I appeal",
        "the letter from the mediation people is dated 2 november, when must i appeal",
        "e-mail of 2 november from the school, when is my deadline",
    ],
)
def test_a_letter_that_decides_nothing_is_asked_about(text: str) -> None:
    state, reply = told(text)
    assert concerns_dates(text, TODAY)
    assert state.facts == {} and state.pending == "2026-11-02"
    assert reply["outcome"] == "asked_back" and "What happened on Monday 2 November 2026" in words_of(reply)


def test_a_letter_that_names_the_day_of_the_meeting_gives_the_meeting_alone() -> None:
    state, _ = told("letter dated 2 november says the review meeting is on 30 november, what are my dates")
    assert state.facts == {"review_meeting": "2026-11-30"}


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (
            "a review letter dated 2 november says they will amend the plan, when is the new plan due",
            {"review_notice": "2026-11-02"},
        ),
        (
            "letter after the review meeting says they won't change the plan, dated 2 november, when must i appeal",
            {"appeal_decision": "2026-11-02"},
        ),
        ("letter from the council dated 2 november, when must i appeal", {"appeal_decision": "2026-11-02"}),
        ("email from the sen team 2 november refusing to assess, when must i appeal", {"decision_not_to_assess": "2026-11-02"}),
    ],
)  # fmt: skip
def test_a_letter_that_decides_something_still_counts(text: str, facts: dict[str, str]) -> None:
    assert told(text)[0].facts == facts


@pytest.mark.parametrize(
    "text",
    [
        "they told me on the phone on 2 november that they refused, when must i appeal",
        "refused on 2 november but no letter yet, when must i appeal",
        "meeting with the council on 2 november, they said no, when must i appeal",
    ],
)
def test_what_was_only_spoken_starts_no_time(text: str) -> None:
    state, reply = told(text)
    assert state.facts == {} and state.awaiting == "appeal_decision"
    assert "not from what was said" in words_of(reply)


def test_a_call_beside_a_letter_leaves_the_letter_to_count() -> None:
    state, _ = told(
        "they told me on the phone on 2 november, the refusal letter is dated 5 november, when must i appeal"
    )
    assert state.facts["appeal_decision"] == "2026-11-05"


def test_the_day_of_the_mediation_is_answered_and_the_letter_asked_for() -> None:
    state, reply = told("mediation is on 10 december, when must I appeal")
    assert "15 December 2026" in words_of(reply) and "date on the decision letter" in words_of(reply)
    state, reply = turn("2 november", state, TODAY)
    assert state.facts["appeal_decision"] == "2026-11-02"


def test_the_council_is_still_chased_for_an_answer_to_a_request() -> None:
    state, reply = told("we asked for an assessment on 2 september and they refuse to answer, when was it due")
    assert state.facts == {"request_received": "2026-09-02"}
    assert "14 October 2026" in words_of(reply)


@pytest.mark.parametrize(
    "text",
    [
        "got the mediation certificate on the 11th",
        "told the adviser on 20 november i refused mediation. when is the certificate due",
        "tribunal order to name the school dated 16 november, how long has the council got",
        "lost at tribunal, decision dated 10 nov 2026. how long to ask for permission to appeal, what's the date",
    ],
)
def test_an_exact_day_with_a_question_of_time_is_the_clocks_whatever_else_it_sounds_like(text: str) -> None:
    assert plainly_asked(text, TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "letter dated 3 march but it came on 9 march, which one counts",
        "letter dated friday, sent the next thursday",
        "they refused to assess my son on 2 november, what can we do now",
        "if they refuse on 2 december when must i appeal",
        "been waiting since easter for the plan, when was it due",
        "do i need a certificate to appeal",
    ],
)
def test_what_an_answer_explains_or_a_rough_day_is_left_to_the_engine(text: str) -> None:
    assert not plainly_asked(text, TODAY)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("the plan was finalised 2 november last year, when is the annual review due", {"plan_made": "2025-11-02"}),
        (
            "the decision was made at panel on 26 october and the letter is dated 2 november, when must i appeal",
            {"appeal_decision": "2026-11-02"},
        ),
        ("SENDIASS told me on 2 november to appeal, when is the deadline", {}),
        ("tribunal sent me a letter dated 2 november with directions, when must the council answer", {}),
        (
            "I got an email on 2 november from the council saying no to the school I asked for, when must i appeal",
            {"appeal_decision": "2026-11-02"},
        ),
        ("section 19 request made 2 november, how long do they have", {}),
        ("the council will end the plan on 2 december, when must i appeal", {}),
    ],
)
def test_only_the_paper_that_counts_is_taken(text: str, facts: dict[str, str]) -> None:
    assert told(text)[0].facts == facts


def test_a_plan_that_will_be_ended_needs_the_letter_that_says_so() -> None:
    _, reply = told("the council will end the plan on 2 december, when must i appeal")
    assert "date on the decision letter" in words_of(reply)


def test_a_draft_cannot_be_appealed_and_its_fifteen_days_are_given() -> None:
    _, reply = told("I want to appeal the draft plan dated 16 november, how long do I have to appeal")
    assert "You cannot appeal a draft" in words_of(reply) and "30 November 2026" in words_of(reply)
