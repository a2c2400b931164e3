"""Letter dialogues that are interrupted or corrected, and dates that cannot be used."""

import pytest

from bot.dialogue.memory import Memory
from tests.letters.making import Talk, shown_letter

CLOCK = {"facts": {"request_received": "2026-04-01"}, "last": "request_received"}


# --- interrupted ---
def test_a_question_in_the_middle_is_answered_and_the_letter_goes_on() -> None:
    talk = Talk()
    talk.ask_for("section-19")
    reply = talk.say("what is section 19?", "ask", "ask/out-of-school-s19", 0.9)
    assert talk.asides == ["what is section 19?"] and "Answer to" in reply and "Back to your letter" in reply
    assert talk.active and talk.reply["entries"] == ["overdue-plan@1"] and talk.reply["outcome"] == "answered"
    talk.say("Sam Test")
    assert talk.values["child_name"] == "Sam Test"


def test_a_story_with_a_question_word_in_it_is_still_an_answer() -> None:
    for story in (
        "When he comes home he is in tears and will not speak for hours, and nobody at school knows why.",
        "is always late for class and cannot read the board",
        "Can't read or write his own name yet",
    ):
        talk = Talk()
        talk.ask_for("request-assessment")
        talk.say("Sam Test")
        talk.say("Example Primary")
        talk.say(story, "ask", "ask/sen-support", 0.9)
        assert talk.asides == [] and talk.values["needs"] == story


def test_danger_comes_first_and_the_letter_waits() -> None:
    talk = Talk()
    talk.ask_for("section-19")
    reply = talk.say("he has taken tablets", "urgent", "urgent/life_at_risk", 0.9, urgent="life_at_risk")
    assert "999" in reply and talk.reply["outcome"] == "urgent" and "What is" not in reply and talk.active
    assert "What is your child's name?" in talk.press("go on with the letter")


def test_deleting_the_conversation_works_inside_a_letter() -> None:
    talk = shown_letter()
    talk.memory.awaiting = "erase"
    talk.say("yes", "affirm", confidence=0.9)
    assert talk.asides == ["yes"]


def test_why_is_told_and_asked_again() -> None:
    talk = Talk()
    talk.ask_for("chase-six-weeks")
    reply = talk.say("why do you need that")
    assert "whose file" in reply and "What is your child's name?" in reply


# --- corrected ---
CHANGES = [
    ("change the school to Other Example School", "Other Example School"),
    ("can you change my child's name to Ella Test", "Ella Test"),
    ("the school is Other Example School", "Other Example School"),
    ("no, the school should be Other Example School", "Other Example School"),
    ("my name is Other Parent", "Other Parent"),
    ("please change my address to 2 Example Road, SK1 0AA", "2 Example Road, SK1 0AA"),
    ("change my phone number to 07700 900123", "07700 900123"),
    ("change the date of birth to 4 May 2017", "4 May 2017"),
    ("change the council to Tameside Council", "Tameside Council"),
]


@pytest.mark.parametrize(("said", "stands"), CHANGES)
def test_anything_in_the_letter_can_be_changed_by_its_name(said: str, stands: str) -> None:
    talk = shown_letter()
    talk.say(said)
    assert stands in talk.letter and talk.active


def test_a_button_leads_to_what_can_be_changed() -> None:
    talk = shown_letter()
    talk.press("change something")
    assert "Which school" in talk.press("The school")
    talk.say("Third Example School")
    assert "Third Example School" in talk.letter and "Here is the letter with your change" in str(talk.reply["blocks"])


def test_a_change_of_mind_leaves_the_letter_as_it_was() -> None:
    talk = shown_letter()
    talk.say("change the school")
    talk.say("back")
    assert "Example Primary School" in talk.letter


def test_a_changed_choice_asks_only_for_what_is_new() -> None:
    talk = Talk(Memory(clock=dict(CLOCK), topic="overdue-plan"))
    talk.ask_for("chase-plan")
    talk.say("show it")
    talk.say("change what is late to the changed plan after a review")
    assert "review meeting" in str(talk.reply["blocks"]) and not talk.blocks("letter")
    talk.say("1 june 2026")
    assert "24 August 2026" in talk.letter


def test_no_the_fourth_corrects_the_date_told_last() -> None:
    talk = Talk()
    talk.ask_for("chase-six-weeks")
    talk.say("Sam Test")
    talk.say("3 august 2026")
    reply = talk.say("no, the 4th of august 2026", "correction", confidence=0.9)
    assert talk.values["request_date"] == "2026-08-04" and "What has the council said" in reply


def test_a_bare_date_after_the_letter_goes_where_one_is_missing() -> None:
    talk = Talk()
    talk.ask_for("chase-six-weeks")
    talk.say("show it")
    assert "[the day the council got the request]" in talk.letter
    talk.say("it was 1 september 2026", "deadline", confidence=0.6)
    assert "1 September 2026" in talk.letter and "13 October 2026" in talk.letter


def test_back_goes_to_the_question_before() -> None:
    talk = Talk()
    talk.ask_for("early-review")
    talk.say("Sam Test")
    assert "You said:\n- Your child's name: Sam Test" in talk.say("back")
    talk.say("Ella Test")
    assert talk.values["child_name"] == "Ella Test"


def test_back_at_the_first_question_says_so() -> None:
    talk = Talk()
    talk.ask_for("early-review")
    assert "first question" in talk.say("go back")


# --- dates ---
DATES = [
    ("some time in march", "exact day"),
    ("31 february 2026", "no such day"),
    ("3 march 2029", "still to come"),
    ("last year some time maybe", ""),
    ("it was raining", "could not find a date"),
]


@pytest.mark.parametrize(("said", "answer"), DATES)
def test_a_date_that_cannot_be_used_is_asked_again_and_never_guessed(said: str, answer: str) -> None:
    talk = Talk()
    talk.ask_for("chase-six-weeks")
    talk.say("Sam Test")
    assert answer in talk.say(said, confidence=0.1)
    assert "request_date" not in talk.values and talk.active


def test_a_doubtful_year_is_taken_after_a_yes() -> None:
    talk = Talk()
    talk.ask_for("section-19")
    talk.say("Sam Test")
    talk.say("Example Primary")
    assert "Do you mean Friday 18 September 2015" in talk.say("18/9/2015", confidence=0.1)
    talk.say("yes", "affirm", confidence=0.9)
    assert talk.values["last_day"] == "2015-09-18"


def test_what_is_never_understood_is_left_blank_and_the_letter_goes_on() -> None:
    talk = Talk()
    talk.ask_for("chase-six-weeks")
    talk.say("Sam Test")
    for _ in range(3):
        last = talk.say("gobbledygook nothing here", confidence=0.1)
    assert "I leave that open" in last and "What has the council said" in last
