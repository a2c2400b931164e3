"""A model file that is not the one that was trained is not loaded."""

from pathlib import Path

import pytest

from bot.engine.model import ModelChanged, check_digest, note_digest


def test_a_model_that_was_changed_after_training_stops_the_start(tmp_path: Path) -> None:
    model = tmp_path / "model.tar.gz"
    model.write_bytes(b"as it was trained")
    assert check_digest(model) is False  # nothing is known of it
    note_digest(model)
    assert check_digest(model) is True
    model.write_bytes(b"as somebody else would have it")
    with pytest.raises(ModelChanged, match="make train"):
        check_digest(model)
