"""The case form as a conversation: what it asks, how it bends, what it sends."""

from dataclasses import replace
from typing import Any

import pytest

from bot.cases.draft import Draft
from bot.cases.form import step
from bot.dialogue.deadline_state import ClockState
from bot.dialogue.heard import Heard
from bot.dialogue.memory import Memory
from tests.cases.talking import ANSWERED, REFERENCE, Talk, elsewhere, setting

STORY = "They refused to assess him. The letter is dated 3 March 2026 and nobody rings back."
ANSWERS = {
    "name": "Sam Test",
    "contact": "sam@example.org",
    "postcode": "SK3 8AB",
    "relation": "mother",
    "child": "year 5",
    "story": "Nobody answers my letters and the support has stopped.",
    "stage": "We have a final plan",
    "issue": "Support in the plan is not given",
    "dates": "skip",
    "tried": "I have rung the council twice",
    "want": "The therapy that the plan says",
    "hurts": "2",
    "council": "stockport",
    "school": "Test Primary School",
    "child_name": "Alex",
    "access": "e-mail only please",
    "best_time": "after 3 on weekdays",
}


def until(talk: Talk, asked: str) -> Talk:
    """Answers everything until one field is asked for."""
    for _ in range(30):
        draft = talk.draft
        if draft.phase == "confirm":
            talk.press("/affirm")
        elif draft.asked == asked or draft.phase != "ask":
            break
        else:
            talk.say(ANSWERS[str(draft.asked)])
    return talk


def reviewed() -> Talk:
    """A conversation that stands at the review."""
    talk = until(Talk().agree(), "nothing")
    assert talk.draft.phase == "review", talk.reply
    return talk


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


# --- sending ---
def test_nothing_is_sent_before_the_parent_says_send() -> None:
    talk = reviewed()
    assert not talk.submitted
    talk.ask("who will read this?")
    assert not talk.submitted


@pytest.mark.parametrize("said", ["send", "yes", "send it please", "ok send"])
def test_send_makes_a_submission_with_the_key_of_the_draft(said: str) -> None:
    talk = reviewed()
    talk = talk.say(said) if said != "send it please" else talk.say("please send it")
    assert [made.key for made in talk.submitted] == ["key-1"]
    assert REFERENCE in talk.reply
    assert not talk.last.active
    assert talk.last.reply["case"] == REFERENCE


def test_after_sending_the_answers_are_let_go() -> None:
    talk = reviewed().say("send")
    assert Draft.from_dict(talk.memory.case_draft).values == {}
    assert "Sam Test" not in str(talk.memory)


def test_a_second_press_of_send_makes_no_second_case() -> None:
    talk = reviewed().press("/send").press("/send")
    assert len(talk.submitted) == 1
    assert REFERENCE in talk.reply


def test_the_same_person_is_offered_to_add_to_the_open_case() -> None:
    talk = Talk(setting(open_case=REFERENCE)).start()
    assert REFERENCE in talk.reply
    assert "/case_add" in talk.payloads
    talk.press('/choose{"value": "new"}')
    assert talk.draft.phase == "consent"


def test_private_questions_hide_the_next_message_from_the_transcript() -> None:
    talk = Talk().agree()
    assert talk.last.reply["detail"] == {"private": True}
    talk = until(talk, "tried")
    assert "detail" not in talk.last.reply


def test_asking_to_delete_the_data_reaches_the_office_and_ends_the_form() -> None:
    def erasing(heard: Heard, memory: Memory) -> Any:
        if memory.awaiting == "erase":
            return {
                "blocks": [],
                "outcome": "smalltalk",
                "entries": [],
                "confidence": None,
                "detail": {"erase": True},
            }, Memory()
        return {"blocks": [], "outcome": "asked_back", "entries": [], "confidence": None}, replace(
            memory, awaiting="erase"
        )

    talk = until(Talk(setting(aside=erasing)).agree(), "child").say("delete my data", "my_data_erase", 0.95)
    assert "case_draft" in vars(talk.memory)
    talk.say("yes")
    assert talk.last.reply["detail"] == {"erase": True}
    assert talk.memory.case_draft == {}


@pytest.mark.parametrize(
    "broken",
    [None, {}, {"phase": "nonsense"}, {"phase": "ask", "values": 5, "tries": "x"}, {"phase": "ask", "asked": "gone"}],
)
def test_a_draft_of_another_shape_breaks_nothing(broken: Any) -> None:
    made = step(Heard("hello", "chitchat", "chitchat/greet", 0.9), Memory(case_draft=broken), setting())
    assert made.reply["blocks"]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("relation", "I'm his grandmother"),
        ("child", "I am 17"),
        ("child", "she's 9 years old"),
        ("postcode", "its sk3 8ab"),
    ],
)
def test_a_plain_answer_that_is_misheard_as_danger_is_taken_as_the_answer(field: str, said: str) -> None:
    talk = until(Talk().agree(), field).say(said, urgent="child_abuse")
    assert talk.last.reply["outcome"] == "asked_back"
    assert field in talk.draft.values


@pytest.mark.parametrize(
    ("field", "said"),
    [("relation", "I'm his mum and he is hurting me"), ("child", "he is 9 and wants to die"), ("name", "Sam Test")],
)
def test_an_answer_with_anything_else_in_it_is_heard_as_danger(field: str, said: str) -> None:
    talk = until(Talk().agree(), field).say(said, urgent="child_abuse")
    assert talk.last.reply["outcome"] == "urgent"


def test_a_child_who_writes_herself_is_told_who_listens() -> None:
    talk = until(Talk().agree(), "relation").say("I am the young person")
    talk.say("I am 13")
    assert "0800 1111" in talk.reply
    assert talk.draft.values["child"] == {"age": 13}
