"""The clock's texts: all there, all used, short and plain."""

import json
import re
from datetime import date
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

from bot.dialogue.deadline import ClockState, concerns_dates, turn
from bot.knowledge.readability import grade
from bot.knowledge.words import placeholders, words
from bot.law.clocks import limits
from bot.paths import LETTERS, ROOT
from tests.dates.reading import words_of

MONDAY = date(2026, 11, 23)


def _rows(name: str) -> list[dict[str, Any]]:
    text = (ROOT / "tests" / "measuring" / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


QUESTIONS = _rows("deadline_dates.jsonl")
OTHER_QUESTIONS = _rows("deadline_dates_2.jsonl")  # phrased by a second writer, who did not mark the urgent ones
SOURCE = "\n".join(
    path.read_text(encoding="utf-8") for path in sorted((ROOT / "bot" / "dialogue").glob("deadline*.py"))
)
MOST_WORDS = 200
MEAN_WORDS = 135
HARDEST = 9.0


@pytest.mark.parametrize("row", QUESTIONS, ids=[row["id"] for row in QUESTIONS])
def test_a_deadline_question_gets_its_exact_date(row: dict[str, Any]) -> None:
    text = row["text"]
    _, reply = turn(text, ClockState(), MONDAY)
    read = words_of(reply)
    assert concerns_dates(text, MONDAY)
    for pattern in row["must"]:
        assert re.search(pattern, read, re.IGNORECASE), f"{pattern} is not in:\n{read}"
    for pattern in row["must_not"]:
        assert not re.search(pattern, read, re.IGNORECASE), f"{pattern} is in:\n{read}"
    assert (reply["outcome"] == "urgent") == (row["kind"] == "urgent")
    assert len(read.split()) <= MOST_WORDS


@pytest.mark.parametrize("row", OTHER_QUESTIONS, ids=[row["id"] for row in OTHER_QUESTIONS])
def test_a_deadline_question_of_another_writer_gets_its_exact_date(row: dict[str, Any]) -> None:
    _, reply = turn(row["text"], ClockState(), MONDAY)
    read = words_of(reply)
    assert concerns_dates(row["text"], MONDAY)
    assert [pattern for pattern in row["must"] if not re.search(pattern, read, re.IGNORECASE)] == [], read
    assert reply["outcome"] in ("deadline", "urgent")
    assert len(read.split()) <= MOST_WORDS


def test_there_are_at_least_sixty_questions_and_replies_are_short() -> None:
    assert len({row["text"] for row in QUESTIONS}) == len(QUESTIONS) >= 60
    lengths = [len(words_of(turn(row["text"], ClockState(), MONDAY)[1]).split()) for row in QUESTIONS]
    assert mean(lengths) <= MEAN_WORDS


def test_every_text_that_the_code_names_exists() -> None:
    named = set(re.findall(r'say\(FILE, "([a-z_0-9]+)"', SOURCE))
    assert named and named <= set(words("deadline"))


def test_every_text_is_used() -> None:
    built = re.compile(r"^(?:due|today|late|now|ask|form)_")
    whose = {limit.whose for limit in limits().values()} | {"any"}
    for key in words("deadline"):
        assert built.match(key) or f'"{key}"' in SOURCE, key
        if re.match(r"(?:due|today|late)_", key) and f'"{key}"' not in SOURCE:
            assert key.split("_", 1)[1] in set(limits()) | {"any"}, key
        if re.match(r"now_.*_[0-9]$", key):
            stem = re.sub(r"_(?:due|late|soon|today)?_?[0-9]$", "", key.removeprefix("now_"))
            assert stem in set(limits()) | whose, key


def test_every_limit_has_a_first_line_and_something_to_do() -> None:
    texts = words("deadline")
    for limit in limits().values():
        for status in ("due", "late"):
            stems = (f"now_{limit.id}_{status}", f"now_{limit.id}", f"now_{limit.whose}_{status}")
            assert any(f"{stem}_1" in texts for stem in stems), (limit.id, status)


def test_the_texts_are_plain() -> None:
    def spoken(text: str) -> str:
        for name in placeholders(text):
            text = text.replace("{" + name + "}", "May")
        return text

    grades = {key: grade(spoken(text)) for key, text in words("deadline").items() if len(text.split()) > 6}
    assert mean(grades.values()) <= 6.5
    assert {key: value for key, value in grades.items() if value > HARDEST} == {}


def test_the_letters_it_offers_are_those_of_the_letter_folder() -> None:
    offered = set(re.findall(r'": "([a-z]+(?:-[a-z]+)+)"', SOURCE)) & {
        "chase-six-weeks", "chase-plan", "draft-comments", "mediation-contact", "council-complaint", "ombudsman-complaint",
    }  # fmt: skip
    written = {path.stem for path in Path(LETTERS).glob("*.yml")}
    if len(written) < 12:
        pytest.skip("the letters are not all written yet")
    assert offered | {"late-appeal-reasons"} <= written
