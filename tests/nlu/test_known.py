"""What is kept of a reading: our own phrasings, read once; never words of a person's own."""

from pathlib import Path

import numpy as np
import pytest

from bot.nlu import known
from bot.nlu.known import Known, Reading


class Reader:
    """Gives each text a reading of its own and notes what it was asked."""

    def __init__(self, with_vectors: bool = True):
        self.asked: list[list[str]] = []
        self._with_vectors = with_vectors

    def __call__(self, texts: list[str]) -> Reading:
        self.asked.append(texts)
        rows = np.array([[len(text)] for text in texts], dtype=np.float32)
        return rows, rows * 2 if self._with_vectors else None


def test_a_known_phrasing_is_read_once_and_a_persons_own_words_each_time() -> None:
    found, reader = Known.of(["hi", "thanks"]), Reader()
    for _ in range(2):
        probabilities, vectors = found.read(["hi", "my own words"], reader)
        assert probabilities.tolist() == [[2], [12]] and vectors is not None and vectors.tolist() == [[4], [24]]
    assert reader.asked == [["hi", "my own words"], ["my own words"]]
    assert found.read(["hi"], reader)[0].tolist() == [[2]] and len(reader.asked) == 2


def test_nothing_but_our_own_phrasings_is_kept_and_no_more_of_them_than_the_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(known, "MOST_KEPT", 2)
    found, reader = Known.of(["a", "bb", "ccc"]), Reader()
    for _ in range(2):
        found.read(["a", "bb", "ccc", "my own words"], reader)
    assert reader.asked[1] == ["ccc", "my own words"]


def test_without_the_sentence_encoder_there_are_no_vectors() -> None:
    found, reader = Known.of(["hi"]), Reader(with_vectors=False)
    for _ in range(2):
        assert found.read(["hi", "you"], reader)[1] is None


def test_the_phrasings_are_stored_and_what_they_were_read_as_is_not(tmp_path: Path) -> None:
    found, reader = Known.of(["hi", "è"]), Reader()
    found.read(["hi"], reader)
    found.save(tmp_path / "known.json")
    again = Known.load(tmp_path / "known.json")
    again.read(["hi"], reader)
    assert again.phrasings == {"hi", "è"} and len(reader.asked) == 2
