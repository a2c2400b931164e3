"""A case that waits while something else is talked about: what is typed outside the form and is about it goes back to it."""

from dataclasses import replace

import pytest

from bot.cases.draft import Draft
from bot.cases.form import takes_up
from bot.cases.offers import accepted
from bot.dialogue.heard import Heard
from bot.dialogue.memory import Memory
from tests.cases.talking import Talk
from tests.cases.test_form import reviewed, until


def typed(text: str, intent: str = "", confidence: float = 0.3) -> Heard:
    return Heard(text, intent, intent, confidence)


def away(talk: Talk) -> Talk:
    """The letter form has taken over."""
    talk.say("write me a letter", "letter", 0.95)
    assert talk.last.hand_to == "letter_form" and not talk.last.active
    return talk


@pytest.mark.parametrize(
    "said",
    ["send", "yes send it", "change my phone number", "my number is actually 07700 900123", "show me everything"],
)
def test_what_is_about_a_case_at_its_review_goes_back_to_it(said: str) -> None:
    assert takes_up(typed(said), away(reviewed()).memory)


@pytest.mark.parametrize(
    "said", ["yes", "thanks", "what is mediation?", "can I change my school?", "they changed the plan", "hello"]
)
def test_what_is_about_something_else_stays_outside(said: str) -> None:
    assert not takes_up(typed(said), away(reviewed()).memory)


def test_danger_is_never_taken_for_an_order_to_send() -> None:
    assert not takes_up(replace(typed("send"), urgent="life_at_risk"), away(reviewed()).memory)


def test_without_a_case_under_way_nothing_is_taken_up() -> None:
    assert not takes_up(typed("send"), Memory())
    assert not takes_up(typed("send"), Memory(case_draft=Draft(phase="consent").to_dict()))
    assert not takes_up(typed("send"), reviewed().press("/send").memory)


def test_send_after_something_else_shows_the_case_once_more_and_sends_with_the_next() -> None:
    talk = away(reviewed()).say("send")
    assert not talk.submitted and talk.draft.phase == "review"
    assert "look it through" in talk.reply
    talk.say("send")
    assert len(talk.submitted) == 1


def test_a_change_after_something_else_is_made_in_the_case() -> None:
    talk = away(reviewed()).say("my number is actually 07700 900123")
    assert talk.draft.values["phone"] == "+447700900123"
    assert talk.draft.phase == "review" and not talk.draft.paused


def test_send_in_the_middle_of_the_questions_says_what_is_missing() -> None:
    talk = away(until(Talk().agree(), "postcode"))
    assert takes_up(typed("send"), talk.memory)
    talk.say("send")
    assert not talk.submitted and "missing" in talk.reply


@pytest.mark.parametrize(
    ("said", "label"),
    [("hello again", "chitchat/greet"), ("thank you", "chitchat/thanks"), ("show my timeline", "timeline")],
)
def test_a_greeting_or_an_order_is_no_story(said: str, label: str) -> None:
    talk = until(Talk().agree(), "story").hear(Heard(said, label.split("/")[0], label, 0.95))
    assert "story" not in talk.draft.values and talk.draft.asked == "story"
    talk.say("Thank you for asking. He has had no school since May.", "chitchat", 0.4)
    assert talk.draft.values["story"].startswith("Thank you for asking")


def test_a_doubtful_date_is_asked_for_anew_and_keeps_its_event() -> None:
    talk = until(Talk().agree(), "dates").hear(
        Heard("the refusal letter is dated 2 November 2027", "deadline", "deadline", 0.95)
    )
    assert talk.draft.asked == "dates" and "dates" not in talk.draft.values
    talk.say("2 November 2026", "deadline", 0.9)
    assert list(talk.draft.values["dates"].values()) == ["2026-11-02"]


OFFERED = Memory(offered=["/handoff"])


@pytest.mark.parametrize("said", ["yes", "yes please", "ok"])
def test_a_yes_to_the_office_that_was_offered_is_taken_up(said: str) -> None:
    assert accepted(typed(said), replace(OFFERED, misses=2))
    assert accepted(typed(said), replace(OFFERED, awaiting="handoff"))


@pytest.mark.parametrize(
    "memory",
    [
        Memory(),
        OFFERED,
        Memory(offered=['/choose{"entry": "mediation"}', "/handoff"], misses=1),
        replace(OFFERED, misses=1, clock={"facts": {}, "awaiting": "certificate"}),
        Memory(offered=[], awaiting="handoff"),
    ],
)
def test_a_yes_to_anything_else_is_left_alone(memory: Memory) -> None:
    assert not accepted(typed("yes"), memory)


def test_a_no_or_danger_takes_up_no_offer() -> None:
    assert not accepted(typed("no"), replace(OFFERED, misses=2))
    assert not accepted(replace(typed("yes"), urgent="life_at_risk"), replace(OFFERED, misses=2))


def test_a_short_correction_is_taken_even_where_a_story_is_asked_for() -> None:
    talk = until(Talk().agree(), "want").say("sorry, he's in year 6 now")
    assert talk.draft.values["child"] == {"year": 6} and talk.draft.asked == "want"
    talk.say("Sorry, this is long: he was in year 5 when the school first asked for help and nothing came of it.")
    assert talk.draft.values["child"] == {"year": 6} and talk.draft.values["want"].startswith("Sorry, this is long")
