"""The case form at its end: what is sent, when, and what nothing may break."""

from dataclasses import replace
from typing import Any

import pytest

from bot.cases.draft import Draft
from bot.cases.form import step
from bot.dialogue.heard import Heard
from bot.dialogue.memory import Memory
from tests.cases.talking import REFERENCE, Talk, reviewed, setting, until


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
