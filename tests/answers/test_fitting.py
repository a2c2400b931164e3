"""What of an entry is shown for one question, and what comes first where danger may be meant. Pure."""

from datetime import date

from bot.blocks import Block
from bot.dialogue.fitting import ASKED_FITS, MORE_FITS, PARAGRAPH_WORDS, WORDS_SHOWN, fitted, length
from bot.dialogue.heard import Heard
from bot.dialogue.memory import Memory
from bot.dialogue.turn import Setting, take_turn
from bot.knowledge.entries import entries

ENTRY = entries()["reassessment"]
SETTING = Setting(date(2026, 11, 23), entries(), "01632 960123", "office@example.org", 30)


def texts(blocks: list[Block]) -> list[str]:
    return [block["text"] for block in blocks if block["type"] == "text"]


def test_without_a_ranking_the_entry_is_given_as_it_stands() -> None:
    assert texts(fitted(ENTRY, ())) == [ENTRY.short]


NARROWER = f"{ENTRY.asked[0].q} {ENTRY.asked[0].a}"


def test_the_narrower_answer_follows_the_short_one_with_its_own_question() -> None:
    assert texts(fitted(ENTRY, (("asked:0", ASKED_FITS),))) == [ENTRY.short, NARROWER]


def test_a_paragraph_that_fits_stands_after_the_short_answer() -> None:
    place = next(n for n, paragraph in enumerate(ENTRY.more) if len(paragraph.split()) <= PARAGRAPH_WORDS)
    assert texts(fitted(ENTRY, ((f"more:{place}", MORE_FITS),))) == [ENTRY.short, ENTRY.more[place]]


def test_what_does_not_fit_is_not_shown() -> None:
    assert texts(fitted(ENTRY, (("asked:0", ASKED_FITS - 0.01), ("more:1", MORE_FITS - 0.01)))) == [ENTRY.short]


def test_the_fitting_step_is_kept_and_room_is_kept_too() -> None:
    shown = fitted(ENTRY, (("next_steps:1", 0.9), ("asked:0", 0.8)))
    steps = next(block for block in shown if block["type"] == "list")["items"]
    assert ENTRY.next_steps[1] in steps
    said = sum(length(block) for block in shown if block["type"] == "text")
    assert len(steps) == 1 or said + sum(len(step.split()) for step in steps) <= WORDS_SHOWN


def heard(caution: str | None, urgent: float, intent: str = "ask") -> Heard:
    label = "ask/reassessment" if intent == "ask" else f"{intent}/council"
    groups = {"ask": 0.5, "urgent": urgent}
    return Heard("can she be assessed again", intent, label, 0.9, groups, ((ENTRY.id, 0.95),), caution=caution)


def test_where_danger_may_be_meant_its_signposts_come_first_and_the_answer_after() -> None:
    reply, _ = take_turn(heard("suicide_self_harm", 0.3), Memory(), SETTING)
    kinds = [block["type"] for block in reply["blocks"]]
    assert reply["outcome"] == "urgent" and kinds.index("links") < kinds.index("sources")
    assert ENTRY.short in texts(reply["blocks"])


def test_a_message_about_something_else_is_not_made_urgent_by_a_faint_likeness() -> None:
    assert take_turn(heard("threat", 0.2, "out_of_scope"), Memory(), SETTING)[0]["outcome"] == "out_of_scope"
    assert take_turn(heard("threat", 0.5, "out_of_scope"), Memory(), SETTING)[0]["outcome"] == "urgent"


def test_who_asks_what_to_do_gets_the_steps_and_nothing_narrower() -> None:
    passages = {ENTRY.id: (("asked:0", 0.9),)}
    asked = Heard(
        "they said no to another assessment, what do we do now?",
        "ask",
        "ask/reassessment",
        0.9,
        {"ask": 1.0},
        ((ENTRY.id, 0.95),),
        passages=passages,
    )
    blocks = take_turn(asked, Memory(), SETTING)[0]["blocks"]
    assert texts(blocks)[0] == ENTRY.short and NARROWER not in texts(blocks)
    assert next(block for block in blocks if block["type"] == "list")["items"] == list(ENTRY.next_steps[:3])
