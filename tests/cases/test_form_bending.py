"""The case form bends: a question, a correction, a new topic, a danger, facts that were said already, another constituency."""

from typing import Any

import pytest

from bot.dialogue.deadline_state import ClockState
from bot.dialogue.memory import Memory
from tests.cases.talking import ANSWERED, Talk, elsewhere, reviewed, setting, until

STORY = "They refused to assess him. The letter is dated 3 March 2026 and nobody rings back."


# --- bending ---
def test_a_question_in_the_middle_is_answered_and_the_form_goes_on_where_it_was() -> None:
    talk = until(Talk().agree(), "postcode").ask("is mediation compulsory?")
    assert talk.reply.startswith(ANSWERED)
    assert "Back to your case" in talk.reply
    assert talk.draft.asked == "postcode"
    assert talk.last.reply["entries"] == ["mediation@1a2b3c4d"]
    talk.say("SK3 8AB")
    assert talk.draft.asked == "relation"


def test_a_new_topic_is_followed_and_the_form_offered_lightly_after_that() -> None:
    talk = until(Talk().agree(), "postcode")
    for _ in range(3):
        talk.ask("what is section F?")
    assert "Back to your case" not in talk.reply
    assert talk.payloads == ["/handoff"]
    talk.press("/handoff")
    assert "postcode" in talk.reply


def test_free_text_takes_a_long_story_that_ends_in_a_question() -> None:
    talk = until(Talk().agree(), "story")
    said = (
        STORY
        + " I have written to the school and the council and the governors and everyone I know, what else can I do?"
    )
    talk.ask(said)
    assert talk.draft.values["story"] == said


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ("my number is actually 07700 900123", "phone", "+447700900123"),
        ("no, year 6", "child", {"year": 6}),
        ("sorry, my postcode is SK4 1AA", "postcode", "SK4 1AA"),
        ("change my name to Sam Other", "name", "Sam Other"),
        ("my email is other@example.org", "email", "other@example.org"),
    ],
)
def test_a_correction_by_name_is_taken_in_the_middle_of_the_form(said: str, field: str, value: Any) -> None:
    talk = (
        until(Talk().agree(), "want").say(said)
        if field not in ("child", "postcode")
        else until(Talk().agree(), "hurts").say(said)
    )
    assert talk.draft.values[field] == value
    assert talk.draft.asked in ("want", "hurts")


def test_something_changed_by_button_leads_back_to_the_review() -> None:
    talk = reviewed().press('/change{"field": "school"}')
    assert "Test Primary School" in talk.reply
    talk.say("Other Test School")
    assert talk.draft.phase == "review"
    assert "Other Test School" in talk.reply


def test_change_my_phone_number_asks_for_it_at_the_review() -> None:
    talk = reviewed().say("change my phone number")
    assert talk.draft.asked == "phone"
    talk.say("01632 960123")
    assert talk.draft.values["phone"] == "+441632960123"
    assert talk.draft.phase == "review"


def test_leaving_something_out_at_the_review_takes_it_out_of_the_case() -> None:
    talk = reviewed().press('/change{"field": "school"}').press("/skip")
    assert "school" not in talk.draft.values
    assert talk.draft.phase == "review"


def test_talk_to_a_person_in_the_middle_says_so_and_asks_on() -> None:
    talk = until(Talk().agree(), "postcode").press("/handoff")
    assert "0161 480 0833" in talk.reply
    assert talk.draft.asked == "postcode"


def test_the_letter_form_takes_over_and_the_draft_waits() -> None:
    talk = until(Talk().agree(), "child").press('/letter{"letter": "council-complaint"}')
    assert (talk.last.active, talk.last.hand_to) == (False, "letter_form")
    talk.press("/handoff")
    assert talk.draft.asked == "child"
    assert talk.draft.values["name"] == "Sam Test"


# --- facts already said ---
def test_facts_already_said_are_offered_in_one_go_and_kept_as_confirmed() -> None:
    clock = ClockState(facts={"decision_not_to_assess": "2026-10-05"}).to_dict()
    talk = Talk(setting(earlier=(("SCHOOL_YEAR", "year 5"),)), Memory(clock=clock)).agree()
    assert talk.draft.phase == "confirm"
    for part in ("Year 5", "5 October 2026", "The council said no to an assessment"):
        assert part in talk.reply
    talk.say("yes")
    assert talk.draft.basis["child"] == talk.draft.basis["dates"] == talk.draft.basis["stage"] == "confirmed"
    assert talk.draft.asked == "name"


def test_a_correction_of_facts_already_said_replaces_one_and_confirms_the_rest() -> None:
    clock = ClockState(facts={"decision_not_to_assess": "2026-10-05"}).to_dict()
    talk = Talk(setting(earlier=(("SCHOOL_YEAR", "year 5"),)), Memory(clock=clock)).agree().say("no, year 6")
    assert talk.draft.values["child"] == {"year": 6}
    assert talk.draft.basis["dates"] == "confirmed"


def test_a_no_to_facts_already_said_asks_for_them_one_by_one() -> None:
    talk = Talk(setting(earlier=(("SCHOOL_YEAR", "year 5"),))).agree().say("no")
    assert talk.draft.values == {}
    assert until(talk, "child").draft.asked == "child"


def test_the_dates_of_a_story_are_offered_for_confirmation() -> None:
    talk = until(Talk().agree(), "story").say(STORY)
    assert talk.draft.phase == "confirm"
    assert "3 March 2026" in talk.reply
    talk.say("yes")
    assert talk.draft.values["dates"] == {"decision_not_to_assess": "2026-03-03"}
    assert talk.memory.clock["facts"] == {"decision_not_to_assess": "2026-03-03"}


# --- constituency ---
def test_another_constituency_is_told_kindly_with_the_finder_and_nothing_is_sent() -> None:
    talk = until(Talk(setting(constituency=elsewhere)).agree(), "postcode").say("SK6 1AA")
    assert talk.draft.phase == "elsewhere"
    assert "members.parliament.uk/FindYourMP" in talk.reply
    assert "Hazel Grove" in talk.reply
    talk.press("/deny")
    assert not talk.last.active
    assert talk.memory.case_draft == {}


def test_who_says_she_lives_here_goes_on_and_the_office_checks() -> None:
    talk = until(Talk(setting(constituency=elsewhere)).agree(), "postcode").say("SK6 1AA").press("/affirm")
    talk = until(talk, "nothing").say("send")
    assert talk.submitted[0].queue["constituency"] == "to_check"


def test_an_unsure_district_is_never_refused() -> None:
    talk = until(Talk().agree(), "postcode").say("SK7 1AA")
    assert talk.draft.asked == "relation"


# --- danger ---
def test_danger_in_an_answer_comes_first_and_the_form_waits() -> None:
    talk = until(Talk().agree(), "story").say(
        "he says he wants to die and the council ignores us", urgent="suicide_self_harm"
    )
    assert talk.last.reply["outcome"] == "urgent"
    assert "/handoff" in talk.payloads
    assert talk.draft.safeguarding == "suicide_self_harm"
    assert talk.draft.values["story"].startswith("he says")
    talk.press("/handoff")
    talk = until(talk, "nothing").say("send")
    made = talk.submitted[0]
    assert made.queue["safeguarding"] is True
    assert made.queue["urgency"] == 0


def test_danger_while_another_thing_is_asked_fills_no_field() -> None:
    talk = Talk().agree().say("I want to end it all", urgent="suicide_self_harm")
    assert talk.draft.values == {}
    assert talk.draft.asked == "name"
