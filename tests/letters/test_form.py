"""Letter dialogues through `step`: answered, interrupted, corrected, abandoned, resumed; and what the form knows without asking."""

import base64
import io
from datetime import date

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.memory import Memory
from bot.letters.library import letters, offered
from tests.letters.making import HOSTILE, OFFICE, Talk

CLOCK = {"facts": {"request_received": "2026-04-01"}, "last": "request_received"}


def shown_letter(letter: str = "early-review") -> Talk:
    """A talk in which a letter was just shown."""
    talk = Talk()
    talk.ask_for(letter)
    talk.say("Sam Test")
    talk.say("Example Primary School")
    talk.say("He has been sent home twice a week since September.")
    talk.say("skip")
    talk.say("Test Parent")
    assert talk.blocks("letter")
    return talk


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
