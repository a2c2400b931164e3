"""Coming back to a sent case: its state, adding, withdrawing; by reference and code, or in its own conversation."""

from datetime import date

import pytest

from bot.cases.form import Visit, Visited
from tests.cases.talking import REFERENCE, Talk, setting


def test_status_asks_for_reference_then_code_and_tells_the_state() -> None:
    talk = Talk().say("how is my case", "case_status", 0.95)
    assert "reference" in talk.reply
    talk.say("sd 7kq4 xm2p")
    assert "code" in talk.reply
    talk.say("1234 5678")
    assert talk.last.visit == Visit("status", REFERENCE, "12345678")
    talk.found(Visited("", "new", date(2026, 11, 20), date(2026, 12, 7)))
    assert "Friday 20 November 2026" in talk.reply
    assert "7 December" in talk.reply
    assert not talk.last.active


def test_reference_and_code_in_one_message_are_both_taken() -> None:
    talk = Talk().say(f"status of {REFERENCE} code 12345678", "case_status", 0.95)
    assert talk.last.visit == Visit("status", REFERENCE, "12345678")


def test_in_its_own_conversation_no_code_is_needed() -> None:
    talk = Talk(setting(open_case=REFERENCE)).press("/case_status")
    assert talk.last.visit == Visit("status", REFERENCE, None)


def test_adding_checks_the_code_before_anything_is_written() -> None:
    talk = Talk().say(f"add to {REFERENCE} 12345678", "case_add", 0.95)
    assert talk.last.visit is not None
    assert talk.last.visit.act == "check"
    talk.found(Visited("", "new", date(2026, 11, 20))).say("The review is now on 3 December.")
    assert talk.last.visit == Visit("add", REFERENCE, "12345678", "The review is now on 3 December.")
    talk.found(Visited("", "new", date(2026, 11, 20)))
    assert REFERENCE in talk.reply
    assert not talk.last.active


def test_withdrawing_is_confirmed_first() -> None:
    talk = Talk(setting(open_case=REFERENCE)).say("withdraw my case", "case_withdraw", 0.95)
    assert talk.last.visit is None
    talk.say("yes")
    assert talk.last.visit is not None
    assert talk.last.visit.act == "withdraw"
    talk.found(Visited("", "withdrawn"))
    assert "withdrawn" in talk.reply


def test_a_no_keeps_the_case() -> None:
    talk = Talk(setting(open_case=REFERENCE)).press("/case_withdraw").press("/deny")
    assert talk.last.visit is None
    assert not talk.last.active


def test_a_wrong_code_says_so_without_telling_which_part_was_wrong_and_gives_up_in_the_end() -> None:
    talk = Talk().say(f"{REFERENCE} 00000000", "case_status", 0.95)
    for _ in range(3):
        talk.found(Visited("wrong"))
        assert "do not match" in talk.reply
        talk.say(f"{REFERENCE} 00000001")
    talk.found(Visited("wrong"))
    assert not talk.last.active
    assert "0161 480 0833" in talk.reply


@pytest.mark.parametrize(("trouble", "part"), [("locked", "60 minutes"), ("over", ""), ("failed", "0161 480 0833")])
def test_other_troubles_are_told(trouble: str, part: str) -> None:
    talk = Talk(setting(open_case=REFERENCE)).press("/case_add").say("One more thing about the school.")
    talk.found(Visited(trouble, minutes=60))  # type: ignore[arg-type]
    assert part in talk.reply


def test_status_in_the_middle_of_a_new_case_goes_back_to_it() -> None:
    talk = Talk().agree().say("Sam Test")
    talk.press("/case_status").say(f"{REFERENCE} 12345678").found(Visited("", "new", date(2026, 11, 20)))
    assert talk.last.active
    assert talk.draft.asked == "contact"
    assert talk.draft.values["name"] == "Sam Test"


def test_a_question_instead_of_the_code_is_answered() -> None:
    talk = Talk().press("/case_status").ask("what is mediation?")
    assert "The answer" in talk.reply
    assert talk.last.active


def test_stop_ends_the_visit() -> None:
    assert not Talk().press("/case_add").say("stop").last.active
