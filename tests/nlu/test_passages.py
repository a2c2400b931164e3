"""Which passage of an entry fits a message: the real sentence model on the real entries."""

from pathlib import Path

import pytest

from bot.knowledge.entries import entries
from bot.nlu.encoder import SentenceEncoder, load_encoder
from bot.nlu.passages import Passages, collect

TOPIC = "reassessment"


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    found = load_encoder()
    assert found is not None
    return found


@pytest.fixture(scope="module")
def passages(encoder: SentenceEncoder) -> Passages:
    return collect({TOPIC: entries()[TOPIC]}, encoder)


def test_a_question_about_money_finds_the_answer_about_money(passages: Passages, encoder: SentenceEncoder) -> None:
    name, fit = passages.rank([TOPIC], encoder.encode(["is there a fee for having him assessed again"]))[TOPIC][0]
    field, _, place = name.partition(":")
    assert field == "asked" and "free" in entries()[TOPIC].asked[int(place)].a.lower() and fit > 0.4


def test_what_was_stored_ranks_as_before(passages: Passages, encoder: SentenceEncoder, tmp_path: Path) -> None:
    passages.save(tmp_path)
    message = encoder.encode(["how do i ask for one", "and what if they say no"])
    before, after = (found.rank([TOPIC], message)[TOPIC] for found in (passages, Passages.load(tmp_path)))
    assert [name for name, _ in before] == [name for name, _ in after]


def test_without_the_sentence_model_nothing_is_ranked_and_nothing_breaks() -> None:
    none = collect(entries(), None)
    assert none.rank([TOPIC], none.vectors) == {TOPIC: []}
