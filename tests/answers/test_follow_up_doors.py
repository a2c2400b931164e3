"""What a no leads to, and what a second question is about: the entry that says so, and not the assistant itself."""

from datetime import date

import pytest

from bot.dialogue.decide import several_questions
from bot.dialogue.follow_ups import REFUSED, follow_up
from bot.dialogue.heard import Heard, Part
from bot.dialogue.memory import Memory
from bot.knowledge.entries import entries

TODAY = date(2026, 11, 23)


def doors_after(topic: str, said: str, near: tuple[tuple[str, float], ...] = ()) -> list[str]:
    """The entries that a reply to `said` is made from, when `topic` was answered last."""
    heard = Heard(text=said, intent="still_no", label="still_no", confidence=1.0, context=near)
    found = follow_up(heard, Memory(topic=topic), entries(), TODAY)
    return [mark.split("@")[0] for mark in found["entries"]]


@pytest.mark.parametrize(
    ("topic", "said", "door"),
    [
        ("transport", "what if they turn us down", "transport-appeal"),
        ("ehcna-six-weeks", "and if they say no", "refusal-to-assess"),
        ("sen-support", "and if they won't", "school-wont-help"),
    ],
)
def test_a_no_leads_first_to_what_is_said_of_exactly_that_no(topic: str, said: str, door: str) -> None:
    others = (("carers-assessment", 0.4), ("ehcna-legal-test", 0.3), ("complaint-council", 0.2))
    assert door in doors_after(topic, said, others)


def test_every_door_is_an_entry_that_there_is() -> None:
    assert {*REFUSED, *REFUSED.values()} <= set(entries())


def part(text: str, *ranking: tuple[str, float]) -> Part:
    return Part(text, f"ask/{ranking[0][0]}", 0.99, 0.99, ranking)


def two_of(whole: tuple[tuple[str, float], ...], *parts: Part) -> tuple[str, ...]:
    text = " and ".join(one.text for one in parts)
    return several_questions(Heard(text=text, intent="ask", label="ask", confidence=1.0, entries=whole, parts=parts))


def test_an_answer_that_is_waited_for_is_the_councils_and_not_the_assistants() -> None:
    asked = part("how do I put a request in", ("ehcna-how-to-ask", 0.97), ("ehcna-evidence", 0.01))
    awaited = part("when should I expect an answer?", ("about-answers", 0.89), ("ehcna-six-weeks", 0.08))
    whole = (("ehcna-how-to-ask", 0.79), ("ehcna-six-weeks", 0.04))
    assert two_of(whole, asked, awaited) == ("ehcna-how-to-ask", "ehcna-six-weeks")


def test_a_doubt_about_the_assistant_beside_a_question_is_still_answered() -> None:
    doubt = part("how do I know that you are right", ("about-answers", 0.87), ("draft-comments", 0.02))
    asked = part("and would a letter from the MP help?", ("mp-effect", 0.95), ("mp-help", 0.04))
    whole = (("mp-effect", 0.64), ("about-answers", 0.14))
    assert two_of(whole, doubt, asked) == ("about-answers", "mp-effect")
