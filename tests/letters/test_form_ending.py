"""Letter dialogues that are given up, closed or resumed, and hostile ones."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.memory import Memory
from bot.letters.library import offered
from tests.letters.making import HOSTILE, Talk, shown_letter


# --- abandoned, closed, resumed ---
def test_stop_lets_go_of_everything() -> None:
    talk = Talk()
    talk.ask_for("early-review")
    talk.say("Sam Test")
    assert "stopped" in talk.say("stop")
    assert not talk.active and talk.memory.letter_draft == {}


def test_done_closes_the_form_and_deletes_the_answers() -> None:
    for word in ("done", "thanks", "no", "no changes"):
        talk = shown_letter()
        talk.say(word)
        assert not talk.active and talk.memory.letter_draft == {}
    talk = shown_letter()
    talk.press("I am done")
    assert not talk.active and talk.memory.letter_draft == {}


def test_a_clear_question_after_the_letter_is_answered_and_closes_the_form() -> None:
    talk = shown_letter()
    reply = talk.say("how long does a review take?", "ask", "ask/annual-review", 0.9)
    assert "Answer to" in reply and not talk.active and talk.reply["entries"]
    talk.press("go on with the letter")
    assert "Sam Test" in talk.letter and talk.active


def test_a_closed_letter_can_be_taken_up_by_the_word_letter() -> None:
    talk = shown_letter()
    talk.say("how long does a review take?", "ask", "ask/annual-review", 0.9)
    talk.say("letter", "letter", "letter/any", 0.9)
    assert "Sam Test" in talk.letter


def test_small_talk_that_means_nothing_gets_a_hint_once() -> None:
    talk = shown_letter()
    assert "The letter is ready" in talk.say("blue bicycles", confidence=0.1)
    talk.say("more bicycles", confidence=0.1)
    assert not talk.active and talk.asides == ["more bicycles"]


def test_the_office_takes_over_and_the_letter_can_be_resumed() -> None:
    talk = Talk()
    talk.ask_for("section-19")
    talk.say("Sam Test")
    talk.say("i want to talk to a person", "handoff", confidence=0.9)
    assert not talk.active and talk.last is not None and talk.last.hand_to == "case_form" and talk.reply["blocks"] == []
    reply = talk.ask_for("section-19", "go on with the section 19 letter")
    assert "We go on" in reply and "Which school" in reply and talk.values["child_name"] == "Sam Test"


def test_the_word_for_the_office_inside_a_story_is_no_handoff() -> None:
    talk = Talk()
    talk.ask_for("early-review")
    talk.say("Sam Test")
    talk.say("Example Primary")
    talk.say(
        "I asked to talk to a person at the council five times and nobody ever rang back", "handoff", confidence=0.95
    )
    assert "nobody ever rang" in talk.values["changed"]


def test_start_again_forgets_this_letters_answers() -> None:
    talk = Talk()
    talk.ask_for("early-review")
    talk.say("Sam Test")
    assert "What is your child's name?" in talk.say("start again")
    assert "child_name" not in talk.values


def test_another_letter_is_asked_for_in_the_middle() -> None:
    talk = Talk()
    talk.ask_for("early-review")
    talk.say("Sam Test")
    talk.ask_for("section-19", "no, the section 19 letter")
    assert talk.memory.letter_draft["letter"] == "section-19" and talk.values["child_name"] == "Sam Test"


def test_an_old_button_after_stop_offers_the_letters_and_breaks_nothing() -> None:
    talk = shown_letter()
    buttons = talk.reply
    talk.say("stop")
    talk.last = talk.last.__class__(buttons, talk.memory, True)  # type: ignore[union-attr]
    talk.press("change something")
    assert talk.blocks("buttons") and not talk.blocks("letter")


# --- hostile ---
def test_the_next_message_after_a_personal_question_is_marked_private() -> None:
    talk = Talk()
    talk.ask_for("early-review")
    assert (talk.reply.get("detail") or {}).get("private") is True


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_answers_stay_text_in_the_letter(value: str) -> None:
    talk = Talk()
    talk.ask_for("early-review")
    for _ in range(12):
        if talk.blocks("letter"):
            break
        talk.say(value, confidence=0.1)
    assert "49" not in talk.letter.replace("493", "")
    if value == HOSTILE[0]:
        assert "{{7*7}}" in talk.letter


INTENTS = (
    "ask",
    "deadline",
    "letter",
    "affirm",
    "deny",
    "stop",
    "skip",
    "go_back",
    "correction",
    "chitchat",
    "out_of_scope",
    "handoff",
    "more",
    "why_ask",
)


@settings(max_examples=120, deadline=None)
@given(
    letter=st.sampled_from([letter.id for letter in offered()]),
    said=st.lists(st.tuples(st.text(max_size=120), st.sampled_from(INTENTS), st.floats(0, 1)), max_size=12),
)
def test_whatever_is_said_the_form_answers(letter: str, said: list[tuple[str, str, float]]) -> None:
    talk = Talk()
    talk.ask_for(letter)
    for text, intent, confidence in said:
        talk.say(text, intent, confidence=confidence)
        assert talk.last is not None and (talk.reply["blocks"] or talk.last.hand_to)


@given(
    draft=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["phase", "letter", "asked", "values", "skipped", "trail", "tries", "pending"]),
                inner,
                max_size=8,
            )
        ),
        max_leaves=12,
    )
)
@settings(max_examples=100, deadline=None)
def test_a_broken_draft_is_no_crash(draft: object) -> None:
    kept = draft if isinstance(draft, dict) else {"phase": "ask", "values": draft}
    talk = Talk(Memory(letter_draft=kept))
    talk.say("Sam Test")
    assert talk.reply["blocks"]
