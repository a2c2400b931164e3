"""Letter dialogues through `step`: from the first word to the letter, which letter, and what is known without asking."""

import base64
import io
from datetime import date

import pytest
from docx import Document

from bot.dialogue.memory import Memory
from bot.letters.library import letters, offered
from tests.letters.making import OFFICE, Talk, shown_letter

CLOCK = {"facts": {"request_received": "2026-04-01"}, "last": "request_received"}


# --- from the first word to the letter ---
def test_it_says_what_the_letter_does_then_asks_one_thing_at_a_time_and_shows_the_letter() -> None:
    talk = Talk()
    first = talk.ask_for("early-review")
    assert "section 44" in first.lower() and "What is your child's name?" in first and first.count("?") == 1
    assert talk.active and talk.reply["outcome"] == "letter" and talk.reply["entries"] == []
    assert "Which school" in talk.say("Sam Test")
    assert "What has changed" in talk.say("Example Primary School")
    assert "What should the review change" in talk.say("He has been sent home twice a week since September.")
    assert "your own name" in talk.say("More one-to-one help.")
    talk.say("Test Parent")
    for piece in (
        "Sam Test",
        "Example Primary School",
        "sent home twice a week",
        "one-to-one",
        "Test Parent",
        "Stockport Council",
        "7 December 2026",
    ):
        assert piece in talk.letter
    assert talk.active


def test_the_finished_letter_comes_with_a_word_file_its_law_tips_and_ways_on() -> None:
    talk = shown_letter()
    (file,) = talk.blocks("file")
    text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(base64.b64decode(file["content"]))).paragraphs)
    assert "Sam Test" in text and file["name"] == "letter-early-review.docx" and "Sam" not in file["name"]
    (law,) = talk.blocks("sources")
    assert any("section 44" in one for one in law["law"]) and law["review_by"]
    assert [item["text"] for item in talk.blocks("buttons")[-1]["items"]] == [
        "Change something",
        "Another letter",
        "I am done",
        "Talk to the office",
    ]
    missing = talk.blocks("letter")[0]["missing"]
    assert sorted(missing) == ["Your address", "Your child's date of birth", "Your phone number or e-mail"]


@pytest.mark.parametrize("letter", [letter.id for letter in offered()])
def test_every_letter_can_be_written_by_its_own_examples(letter: str) -> None:
    talk = Talk()
    talk.ask_for(letter)
    for _ in range(15):
        if talk.blocks("letter"):
            break
        asked = letters()[letter].facts[talk.memory.letter_draft["asked"]]
        option = asked.option(asked.example)
        talk.say(option.title if option else asked.example)
    assert talk.blocks("letter"), f"{letter} was never shown"


@pytest.mark.parametrize("letter", [letter.id for letter in offered()])
def test_every_question_may_be_skipped_and_its_blank_stays_marked(letter: str) -> None:
    talk = Talk()
    talk.ask_for(letter)
    for _ in range(15):
        if talk.blocks("letter"):
            break
        talk.say("skip")
    assert "[your name]" in talk.letter and talk.blocks("letter")[0]["missing"]


def test_the_letter_can_be_seen_at_any_time() -> None:
    talk = Talk()
    talk.ask_for("section-19")
    talk.say("Sam Test")
    talk.press("show the letter now")
    assert "Sam Test" in talk.letter and "[why your child cannot go to school]" in talk.letter
    assert (
        "[why your child cannot go to school]" not in talk.say("change the reason to he is too ill to go in")
        and "too ill" in talk.letter
    )


# --- which letter ---
def test_any_letter_offers_the_titles_and_takes_a_title_a_number_or_a_button() -> None:
    for answer in ("chase an overdue plan", "4", "the late plan one"):
        talk = Talk()
        listed = talk.say("can you write me a letter", "letter", "letter/any", 0.9)
        assert all(letter.title in listed for letter in offered()) and "MP to council" not in listed
        number = next(i for i, letter in enumerate(offered(), 1) if letter.id == "chase-plan")
        talk.say(str(number) if answer == "4" else answer)
        assert talk.memory.letter_draft["letter"] == "chase-plan"
    talk = Talk()
    talk.say("letters", "letter", "letter/any", 0.9)
    talk.press("Ask for your child's records")
    assert talk.memory.letter_draft["letter"] == "subject-access"


def test_after_an_answer_the_letters_that_fit_it_come_first() -> None:
    talk = Talk(Memory(topic="overdue-plan"))
    listed = talk.say("write me a letter", "letter", "letter/any", 0.9)
    assert "Chase an overdue plan" in listed and "Ask for your child's records" not in listed
    assert "Ask for your child's records" in talk.press("show all letters")


def test_a_letter_of_the_office_is_not_given_to_a_parent() -> None:
    talk = Talk()
    talk.say("mp letter", "letter", "letter/mp-provision", 0.9)
    assert talk.memory.letter_draft.get("letter") is None and talk.blocks("buttons")


def test_words_that_name_no_letter_are_asked_about_once_and_then_left() -> None:
    talk = Talk()
    talk.say("letter", "letter", "letter/any", 0.9)
    assert "did not find that letter" in talk.say("blue bicycles", confidence=0.1)
    talk.say("green bicycles", confidence=0.1)
    assert not talk.active and talk.asides == ["green bicycles"]


def test_a_plain_description_finds_the_letter_by_what_it_is_about() -> None:
    talk = Talk()
    talk.say("letter", "letter", "letter/any", 0.9)
    talk.say("he gets none of the help written down for him", entries=(("provision-not-delivered", 0.8),))
    assert talk.memory.letter_draft["letter"] == "provision-not-delivered"


def test_another_letter_keeps_what_is_known() -> None:
    talk = shown_letter()
    talk.press("another letter")
    first = talk.press("Ask for education while out of school")
    assert "Sam Test" in first and "What is your child's name?" not in first and "last day" in first


def test_a_letter_past_its_review_is_not_given() -> None:
    talk = Talk(today=date(2027, 6, 1))
    assert "due to be checked" in talk.ask_for("early-review")
    assert not talk.active and talk.reply["outcome"] == "held"


# --- what is known already ---
def test_dates_of_the_clock_are_used_and_said() -> None:
    talk = Talk(Memory(clock=dict(CLOCK), topic="overdue-plan"))
    first = talk.ask_for("chase-plan")
    assert "1 April 2026" in first and "The first plan" in first
    talk.say("show it")
    assert "19 August 2026" in talk.letter and "13 weeks and 5 days late" in talk.letter


def test_dates_that_are_only_about_right_are_asked_for() -> None:
    talk = Talk(Memory(clock={**CLOCK, "about": ["request_received"]}))
    assert "1 April 2026" not in talk.ask_for("chase-six-weeks")


def test_a_date_in_the_message_that_asks_for_the_letter_is_used() -> None:
    talk = Talk()
    first = talk.ask_for(
        "chase-six-weeks", "write a letter, the council got my request on 1 september 2026 and nothing since"
    )
    assert "1 September 2026" in first


def test_what_the_case_form_knows_is_used() -> None:
    talk = Talk(
        Memory(
            case_draft={
                "phase": "ask",
                "values": {"child_name": "Sam Test", "name": "Test Parent", "school": "Example Primary"},
            }
        )
    )
    first = talk.ask_for("early-review")
    assert "Sam Test" in first and "Example Primary" in first and "What has changed" in first


def test_the_council_is_the_offices_own_unless_another_is_named() -> None:
    talk = Talk()
    talk.ask_for(
        "chase-six-weeks", "letter to tameside council about the six weeks", entities=(("COUNCIL", "tameside council"),)
    )
    talk.say("show it")
    assert "Tameside Council" in talk.letter and OFFICE["council"] not in talk.letter


def test_a_date_told_to_the_letter_serves_the_clock() -> None:
    talk = Talk()
    talk.ask_for("chase-six-weeks")
    talk.say("Sam Test")
    talk.say("1 september 2026")
    assert talk.memory.clock["facts"]["request_received"] == "2026-09-01"
