"""Rasa's training cache must not bring back what was learnt with other code or other knowledge."""

from pathlib import Path

from bot.knowledge.fingerprint import knowledge_fingerprint, understanding_fingerprint
from bot.nlu.selector import KnowledgeSelector


def test_a_change_in_the_code_of_understanding_changes_its_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "encoder.py").write_text("a = 1", encoding="utf-8")
    before = understanding_fingerprint(tmp_path)
    (tmp_path / "notes.txt").write_text("no code", encoding="utf-8")
    assert understanding_fingerprint(tmp_path) == before
    (tmp_path / "encoder.py").write_text("a = 2", encoding="utf-8")
    assert understanding_fingerprint(tmp_path) != before


def test_the_selector_tells_rasa_of_knowledge_and_code() -> None:
    told = KnowledgeSelector.fingerprint_addon({})
    assert knowledge_fingerprint() in told and understanding_fingerprint() in told
