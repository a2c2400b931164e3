"""The search over the entries: finds what a parent means, offers nothing for what is not the field's."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.entries import entries
from bot.knowledge.search import find
from bot.knowledge.signals import signal_by_words
from bot.paths import ROOT


def ids(question: str, most: int = 3) -> list[str]:
    return [entry.id for entry in find(question, most).entries]


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("mediation", "mediation"),
        ("SENDIASS number", "sendiass"),
        ("how long do i have to comment on the draft plan", "draft-plan-15-days"),
        ("ehcp", "what-is-ehcp"),
        ("taxi to school refused", "transport"),
        ("they refused to assess my son what now", "refusal-to-assess"),
        ("CAMHS waiting list is two years", "camhs-waiting"),
    ],
)
def test_the_entry_that_is_meant_is_among_the_first_three(question: str, entry: str) -> None:
    assert entry in ids(question)


@pytest.mark.parametrize("title", [entry.title for entry in entries().values()])
def test_an_entry_is_found_by_its_own_title(title: str) -> None:
    assert title in [entry.title for entry in find(title, 3).entries]


@pytest.mark.parametrize(
    "question", ["", "  ", "the", "asdf qwerty zxcv", "hello", "when are the bins collected", "\x00", "😀"]
)
def test_what_is_not_the_fields_finds_nothing(question: str) -> None:
    assert find(question).entries == ()


@given(st.text(max_size=300))
def test_any_text_can_be_searched(question: str) -> None:
    found = find(question, 5).entries
    assert len(found) <= 5 and len(set(found)) == len(found)


def test_danger_is_heard_by_the_words_of_the_list_and_by_the_search() -> None:
    assert signal_by_words("he says he wants to kill himself") == "suicide_self_harm"
    assert signal_by_words("the deadline is killing me") is None
    assert find("I have no food for the children and nowhere to sleep tonight").danger == "destitution"


def test_the_search_needs_no_engine() -> None:
    code = (
        "import sys; from bot.knowledge.search import find; from bot.knowledge.signals import signal_by_words\n"
        "assert find('mediation').entries\n"
        "print([name for name in ('rasa', 'tensorflow', 'sklearn', 'spacy', 'starlette') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
