"""`bot check` between files: every kind has its words, every intent its place, nothing measured with is trained on."""

import json
from pathlib import Path

import pytest

from bot.knowledge.faults import Fault
from bot.knowledge.files import file_faults, schema_faults
from bot.knowledge.phrasings import Phrasing, read_phrasings
from bot.knowledge.training import (
    KINDS,
    domain_faults,
    kind_faults,
    letter_kind_faults,
    measuring_faults,
    measuring_texts,
    training_faults,
)
from bot.knowledge.yaml_lines import Document, read
from bot.paths import KNOWLEDGE, NLU, ROOT, SCHEMAS


def phrasing(intent: str, text: str = "some words of a parent here") -> Phrasing:
    return Phrasing(intent, text, NLU / "made.yml", 7)


def document(tmp_path: Path, content: str, name: str = "made") -> Document:
    path = tmp_path / f"{name}.yml"
    path.write_text(content, encoding="utf-8")
    return read(path)


def told(faults: list[Fault]) -> str:
    return "\n".join(map(str, faults))


def test_the_projects_own_files_and_training_data_are_sound() -> None:
    assert told(file_faults()) == ""
    assert told(training_faults(read_phrasings())) == ""


def test_every_single_file_of_the_knowledge_has_a_schema_of_its_name() -> None:
    for path in KNOWLEDGE.glob("*.yml"):
        assert (SCHEMAS / f"{path.stem}.schema.json").exists(), path.name


def test_a_file_without_a_schema_is_a_fault(tmp_path: Path) -> None:
    document(tmp_path, "a: b\n", "stray")
    assert "belongs to no schema" in told(file_faults(tmp_path))


@pytest.mark.parametrize(
    ("schema", "content", "line"),
    [
        ("urgent", "life_at_risk:\n  title: Life at risk\n  say: Ring 999 at once.\n  contacts: []\n  after: Then come back here.\n", 4),
        ("urgent", "life_at_risk:\n  title: Life at risk\n  say: Ring 999 at once.\n  contacts:\n    - {text: A page, url: 'https://example.org'}\n  after: Then come back here.\n", 4),
        ("out_of_scope", "general:\n  say: I cannot help with that.\n  signpost: {text: Bad, url: 'javascript:alert(1)'}\n", 3),
        ("chitchat", "what_can_you_do:\n  says: Hello there, friend.\n", 1),
        ("urgent_signals", "life_at_risk:\n  any: ['(unclosed']\nnever: ['harmless']\n", 2),
        ("glossary", "terms:\n  - {term: EHC plan}\n", 2),
        ("office", "mp: A\n", 1),
        ("entities", "tokens: {DATE: [[{LOVER: x}]]}\nphrases: {}\n", 1),
    ],
)  # fmt: skip
def test_a_wrong_file_is_a_fault_with_its_line(tmp_path: Path, schema: str, content: str, line: int) -> None:
    faults = schema_faults(document(tmp_path, content), schema)
    assert faults and line in {fault.line for fault in faults} and all(schema in fault.mend for fault in faults)


@pytest.mark.parametrize("intent", KINDS)
def test_a_kind_needs_both_phrasings_and_words(tmp_path: Path, intent: str) -> None:
    words = document(tmp_path, "known:\n  say: Some words.\nunasked:\n  say: Some words.\n")
    faults = told(kind_faults(intent, [phrasing(f"{intent}/known"), phrasing(f"{intent}/new")], words))
    assert f"data/nlu/made.yml:7: {intent}/new: has no words in" in faults
    assert ":3: unasked: has no phrasings" in faults and "known:" not in faults.replace("unknown", "")


def test_a_letter_that_is_asked_for_must_be_there() -> None:
    asked = [phrasing("letter/any"), phrasing("letter/early-review"), phrasing("letter/lost")]
    assert [fault.field for fault in letter_kind_faults(asked, {"early-review"})] == ["letter/lost"]


def test_intents_and_entities_must_stand_in_the_domain(tmp_path: Path) -> None:
    domain = document(tmp_path, "intents:\n  - ask:\n      use_entities: []\n  - greet\nentities: [DATE]\n")
    entities = document(tmp_path, "tokens: {DATE: []}\nphrases: {PLANET: []}\n", "entities")
    faults = told(domain_faults([phrasing("ask/mediation"), phrasing("greet"), phrasing("dance")], domain, entities))
    assert "'dance' is not in domain.yml" in faults and "phrases.PLANET: is no entity" in faults
    assert faults.count("\n") == 1


def test_a_measuring_question_in_the_training_data_is_a_fault(tmp_path: Path) -> None:
    rows = [
        {"text": "Can they really refuse to assess him?"},
        {"turns": ["what is a plan for then", "and if they say no"]},
    ]
    (tmp_path / "made.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    trained = [
        phrasing("ask/a", "can they REALLY refuse to assess him"),
        phrasing("ask/b", "and if they say no!"),
        phrasing("ask/c"),
    ]
    assert [fault.field for fault in measuring_faults(trained, measuring_texts(tmp_path))] == ["ask/a", "ask/b"]


def test_the_measuring_sets_are_read() -> None:
    assert len(measuring_texts()) > 80
    assert (ROOT / "domain.yml").exists()
