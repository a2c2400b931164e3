"""The limits as content: the shipped files are sound, and each kind of fault is found with its place and its mend."""

import shutil
from pathlib import Path

import pytest

from bot.knowledge.words import words
from bot.law.clocks import limit_faults, limits
from bot.law.content import LIMITS, triggers


def test_the_shipped_limits_are_sound() -> None:
    assert limit_faults() == []


def test_every_trigger_starts_or_ends_something() -> None:
    starts = {name for one in limits().values() for count in one.counts for name in (count.start, count.otherwise)}
    ends = {name for one in limits().values() for name in (*one.done_by, *one.moot_if)}
    means = {name for one in triggers().values() if one.means for name in (one.id,)}
    assert set(triggers()) <= starts | ends | means


def test_every_text_of_the_clock_about_a_change_is_used() -> None:
    used = {f"could_{note}" for one in limits().values() for note in one.could_change}
    used |= {f"could_{count.note}" for one in limits().values() for count in one.counts if count.note}
    assert {key for key in words("clock") if key.startswith("could_")} == used | {"could_strict_reading"}


def faults_after(tmp_path: Path, file: str, old: str, new: str) -> list[str]:
    """The faults of a copy of the limits in which one text is changed."""
    folder = tmp_path / "limits"
    shutil.copytree(LIMITS, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return [str(fault) for fault in limit_faults(folder)]


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("assessment.yml", "from: request_received", "from: reqest", "'reqest' is no trigger or limit"),
        ("assessment.yml", "length: 6", "length: 0", "less than the minimum"),
        ("assessment.yml", "unit: weeks", "unit: fortnights", "'fortnights' is not one of"),
        ("assessment.yml", "id: advice\n", "id: decide_to_assess\n", "is given twice"),
        ("assessment.yml", "not_an_exception,", "no_such_note,", "'no_such_note' has no text"),
        ("assessment.yml", "from: 2014-09-01", "from: 2014-19-01", "is not a 'date'"),
        ("appeal.yml", "done_by: [appeal_served]", "done_by: [appeal_lost]", "'appeal_lost' is no trigger"),
        ("appeal.yml", "from: mediation_asked,", 'from: "limit:certificate_no_meeting",', "counts from itself"),
        ("appeal.yml", "leads_to: appeal", "leads_to: apeal", "is no limit"),
        ("triggers.yml", "means: [appeal_decision]", "means: [appeal]", "'appeal' is no trigger"),
        ("triggers.yml", "question: What is", "qestion: What is", "qestion"),
        ("calendar.yml", "reach: 2028-12-31", "reach: soon", "is not a 'date'"),
        ("moving.yml", "confidence: high", "confidence: high\n    confidence: low", "given twice"),
    ],
)
def test_a_fault_is_found_with_its_file_and_what_is_wrong(
    tmp_path: Path, file: str, old: str, new: str, told: str
) -> None:
    found = faults_after(tmp_path, file, old, new)
    assert found and all("Mend:" in fault for fault in found)
    assert any(file in fault and told in fault for fault in found), found
