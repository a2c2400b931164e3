"""Faults in the content of letters are found, with file, line and mend."""

import shutil
from pathlib import Path

import pytest

from bot.letters.library import letter_faults
from bot.paths import LETTERS

BROKEN = [
    ("{{ child_name }}", "{{ chidl_name }}", "'chidl_name'"),
    ("{{ child_name }}", "{{ child_name ", "no template"),
    ("{{ child_name }}", "{% if x %}{{ child_name }}{% endif %}", "logic"),
    ("limit: decide_to_assess", "limit: decide_to_asess", "no limit"),
    ("request_received: today", "request_recieved: today", "no trigger"),
    ("request_received: today", "request_received: school", "no date of this letter"),
    ("when: {help_so_far: given}", "when: {help_so_far: gone}", "never 'gone'"),
    ("when: {help_so_far: given}", "when: {helped: given}", "'helped'"),
    ("- use: school", "- use: shcool", "no common fact"),
    ("audience: parent", "audience: parents", "is not one of"),
    ("review_by: 2027-05-23", "review_by: soon", "is not a 'date'"),
    ("id: request-assessment", "id: request-assesment", "differs from the file's name"),
    ('"{{ needs }}"', "Nothing of that", "never used"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the letters."""
    return Path(shutil.copytree(LETTERS, tmp_path / "letters"))


def test_the_copy_has_no_faults(folder: Path) -> None:
    assert letter_faults(folder) == []


@pytest.mark.parametrize(("old", "new", "said"), BROKEN)
def test_a_fault_is_found_and_says_where(folder: Path, old: str, new: str, said: str) -> None:
    path = folder / "request-assessment.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    faults = [str(fault) for fault in letter_faults(folder)]
    assert any(said in fault and "request-assessment.yml:" in fault and "Mend:" in fault for fault in faults), faults


def test_a_choice_without_options_is_a_fault(folder: Path) -> None:
    path = folder / "request-assessment.yml"
    text = path.read_text(encoding="utf-8").replace("kind: text\n    max: 2500", "kind: choice\n    max: 2500", 1)
    path.write_text(text, encoding="utf-8")
    assert any("needs options" in str(fault) for fault in letter_faults(folder))


def test_broken_yaml_is_a_fault_and_no_crash(folder: Path) -> None:
    (folder / "common" / "facts.yml").write_text("facts: [", encoding="utf-8")
    assert any("not valid YAML" in str(fault) for fault in letter_faults(folder))
