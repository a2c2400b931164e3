"""The case form as a conversation: consent, what it asks, and how it is steered."""

from dataclasses import replace
from typing import Any

import pytest

from tests.cases.talking import ANSWERED, Talk, elsewhere, reviewed, setting, until


# --- consent ---
def test_it_begins_with_what_is_stored_for_what_how_long_and_who_reads_it() -> None:
    talk = Talk().start()
    for part in ("Kept:", "Why:", "Who reads it:", "How long:", "Nothing is sent"):
        assert part in talk.reply
    assert talk.draft.phase == "consent"
    assert not talk.draft.values


def test_a_no_to_consent_ends_it_kindly_and_keeps_nothing() -> None:
    talk = Talk().start().say("no thanks")
    assert not talk.last.active
    assert talk.memory.case_draft == {}
    assert "0161 480 0833" in talk.reply


@pytest.mark.parametrize("said", ["yes", "Yes please", "ok", "I agree", "go ahead", "yeah"])
def test_a_yes_in_many_words_is_kept_with_version_and_time(said: str) -> None:
    draft = Talk().start().say(said).draft
    assert (draft.consent_version, draft.consent_at) == ("2026-11-1", "2026-11-23T10:30:00+00:00")
    assert draft.asked == "name"


def test_anything_else_than_yes_or_no_is_no_consent() -> None:
    talk = Talk().start().say("Sam Test, sam@example.org")
    assert talk.draft.phase == "consent"
    assert not talk.draft.values
    assert "yes or a no" in talk.reply


def test_a_question_before_consent_is_answered_and_consent_asked_again() -> None:
    talk = Talk().start().ask("what is mediation?")
    assert ANSWERED in talk.reply
    assert "/affirm" in talk.payloads
    assert talk.draft.phase == "consent"


# --- asking ---
def test_it_asks_one_thing_at_a_time_and_ends_at_a_review_of_everything() -> None:
    talk = reviewed()
    review = next(block for block in talk.last.reply["blocks"] if block["type"] == "review")
    values = {item["field"]: item["value"] for item in review["items"] if item["label"] != "Constituency"}
    assert values["name"] == "Sam Test"
    assert values["email"] == "sam@example.org"
    assert values["child"] == "Year 5"
    assert values["council"] == "Stockport Council"
    assert "Nothing has been sent yet" in talk.reply
    assert "/send" in talk.payloads


def test_several_answers_in_one_message_are_all_taken() -> None:
    talk = Talk().agree().say("I'm Sam Test, sam@example.org, 07700 900123, SK3 8AB, he's in year 5")
    assert talk.draft.values == {
        "name": "Sam Test", "email": "sam@example.org", "phone": "+447700900123", "postcode": "SK3 8AB",
        "child": {"year": 5}, "council": "Stockport Council",
    }  # fmt: skip
    assert talk.draft.asked == "relation"


def test_a_story_instead_of_an_answer_is_taken_for_what_it_holds() -> None:
    talk = (
        Talk()
        .agree()
        .say(
            "my son has been out of school since the summer because they say they cannot meet his needs and nobody helps"
        )
    )
    assert "out of school" in talk.draft.values["story"]
    assert talk.draft.asked == "name"
    assert "What is your name" in talk.reply


@pytest.mark.parametrize(
    ("field", "said", "value"),
    [
        ("name", "my name is Sam O'Test", "Sam O'Test"),
        ("postcode", "its sk38ab thanks", "SK3 8AB"),
        ("relation", "I'm his gran", "family"),
        ("relation", "2", "carer"),
        ("child", "reception", {"year": 0}),
        ("child", "she is nine", {"age": 9}),
        ("child", "14, nearly 15 years old", {"age": 15}),
        ("stage", "the third one", "refused-assessment"),
        ("issue", "transport", "transport"),
        ("dates", "request went in 5 October", {"request_received": "2026-10-05"}),
        ("dates", "decision letter dated 3 March 2026", {"appeal_decision": "2026-03-03"}),
        ("hurts", "asap", "now"),
        ("council", "its tameside", "Tameside Council"),
        ("child_name", "his name is Alex", "Alex"),
    ],
)
def test_an_answer_is_read_however_it_is_said(field: str, said: str, value: Any) -> None:
    talk = until(
        Talk(setting(constituency=lambda _: replace(elsewhere(""), result="yes", borough=False))).agree(), field
    )
    talk.say(said)
    assert talk.draft.values[field] == value


def test_the_refusal_letter_is_taken_for_the_refusal_that_was_told() -> None:
    talk = until(Talk().agree(), "stage").say("refused to assess").press("/affirm")
    talk = until(talk, "dates").say("refusal letter dated 3 October 2026")
    assert talk.draft.values["dates"] == {"decision_not_to_assess": "2026-10-03"}


def test_a_choice_can_be_pressed_and_only_what_is_on_offer_is_taken() -> None:
    talk = until(Talk().agree(), "relation")
    talk.press('/choose{"field": "relation", "value": "hacker"}')
    assert "relation" not in talk.draft.values
    talk.press('/choose{"field": "relation", "value": "parent"}')
    assert talk.draft.values["relation"] == "parent"


def test_a_number_that_may_be_age_or_year_is_asked_about() -> None:
    talk = until(Talk().agree(), "child").say("5")
    assert "year 5" in talk.reply
    talk.press('/choose{"field": "child", "value": "age-5"}')
    assert talk.draft.values["child"] == {"age": 5}


def test_a_date_without_its_event_is_asked_about() -> None:
    talk = until(Talk().agree(), "dates").say("3 March 2026")
    assert talk.draft.pending == "2026-03-03" or "dates" in talk.draft.values
    if talk.draft.pending:
        talk.say("it was the refusal letter")
    assert "2026-03-03" in talk.draft.values["dates"].values()


def test_on_telegram_the_chat_itself_is_a_way_to_be_reached() -> None:
    talk = until(Talk(setting(channel="telegram")).agree(), "contact")
    talk.press('/choose{"field": "contact", "value": "chat"}')
    assert talk.draft.values["chat"] is True
    assert talk.draft.asked == "postcode"


# --- steering ---
@pytest.mark.parametrize("said", ["why do you ask?", "Why", "why do you need to know"])
def test_why_is_answered_and_the_question_asked_again(said: str) -> None:
    talk = Talk().agree().say(said)
    assert talk.reply.startswith("Why I ask:")
    assert talk.draft.asked == "name"


def test_an_optional_thing_is_skipped_at_once_and_a_needed_one_after_a_warning() -> None:
    talk = Talk().agree().say("skip")
    assert talk.draft.asked == "name"
    assert "harder to help" in talk.reply
    talk.say("skip")
    assert talk.draft.skipped == ["name"]
    talk = until(talk, "school").say("no")
    assert "school" in talk.draft.skipped


def test_two_bad_tries_offer_to_skip() -> None:
    talk = until(Talk().agree(), "postcode").say("somewhere").say("over there")
    assert "/skip" in talk.payloads
    talk.press("/skip")
    assert "postcode" in talk.draft.skipped


def test_go_back_asks_the_question_before_again_and_keeps_the_old_answer_until_then() -> None:
    talk = until(Talk().agree(), "postcode").say("go back")
    assert talk.draft.asked == "contact"
    assert "sam@example.org" in talk.reply
    talk.say("07700 900123")
    assert talk.draft.values["phone"] == "+447700900123"


@pytest.mark.parametrize("said", ["stop", "cancel", "forget it", "don't send"])
def test_stop_ends_it_and_lets_go_of_everything(said: str) -> None:
    talk = until(Talk().agree(), "child").say(said)
    assert not talk.last.active
    assert talk.memory.case_draft == {}
    assert "Nothing was sent" in talk.reply


def test_start_again_lets_go_of_the_answers() -> None:
    talk = until(Talk().agree(), "child").say("start again")
    assert talk.draft.values == {}
    assert talk.draft.asked == "name"


def test_send_said_too_early_names_what_is_missing() -> None:
    talk = until(Talk().agree(), "postcode").say("send")
    assert "still missing" in talk.reply
    assert talk.draft.asked == "postcode"
    assert not talk.submitted
