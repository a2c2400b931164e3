"""What falls due for review, and the readiness page's warning when something is held."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot.cli import main
from bot.commands.gaps import counts, groups
from bot.knowledge.entries import entries
from bot.knowledge.review import REVIEWS, Due, all_due, falling_due, past_review, review_faults
from bot.law.content import limits
from bot.paths import KNOWLEDGE
from bot.store.learning import KeptGap, Useful

TODAY = date(2026, 11, 23)
FAR = date(2100, 1, 1)


def due_by(day: date) -> list[Due]:
    return falling_due(all_due(entries().values(), limits().values()), day)


def test_everything_with_a_day_falls_due_once_that_day_has_come() -> None:
    found = due_by(FAR)
    assert {one.name for one in found if one.kind == "entry"} == set(entries())
    assert {one.name for one in found if one.kind == "letter"} == {
        path.stem for path in (KNOWLEDGE / "letters").glob("*.yml")
    }
    assert {"words/", "limits/", "urgent.yml", "limits/calendar.yml"} <= {one.name for one in found}
    assert found == sorted(found)
    mediation = next(one for one in found if one.name == "mediation")
    assert mediation in due_by(mediation.day) and mediation not in due_by(mediation.day - timedelta(days=1))


def test_an_entry_whose_law_ends_is_listed_by_that_day_too() -> None:
    ending = replace(entries()["mediation"], valid_until=date(2027, 1, 1))
    assert Due(date(2027, 1, 1), "entry ends", "mediation", ending.title) in falling_due(
        all_due([ending], []), date(2027, 1, 1)
    )
    assert past_review([ending], date(2027, 1, 1)) == [] and past_review([ending], date(2027, 1, 2)) == [ending]


def test_the_command_lists_by_a_day_and_ends_well_whatever_it_finds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review-due", "--by", "2100-01-01"]) == 0
    assert "mediation" in capsys.readouterr().out
    assert main(["review-due", "--by", "2000-01-01"]) == 0
    assert capsys.readouterr().out == "Nothing falls due by 2000-01-01.\n"


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("{path: nothing.yml, what: Nothing at all, checked: 2026-01-01, review_by: 2027-01-01}", "does not exist"),
        ("{path: office.yml, what: The office again, checked: 2027-01-01, review_by: 2026-01-01}", "is not after"),
        ("{path: office.yml, what: The office again, checked: 2027-01-01}", "'review_by' is a required property"),
    ],
)
def test_a_wrong_row_of_the_reviews_is_a_fault(tmp_path: Path, row: str, fault: str) -> None:
    path = tmp_path / "reviews.yml"
    path.write_text(f"{REVIEWS.read_text(encoding='utf-8')}  - {row}\n", encoding="utf-8")
    assert any(fault in str(found) for found in review_faults(path))


def test_a_file_that_nobody_reviews_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "lonely.yml").write_text("a: b\n", encoding="utf-8")
    assert any("nobody reviews lonely.yml" in str(found) for found in review_faults(REVIEWS, tmp_path))


def test_the_readiness_page_warns_of_held_entries_and_does_not_fail(client: TestClient) -> None:
    office = client.app.state.office  # type: ignore[attr-defined]
    for day, past in ((TODAY, 0), (FAR, len(entries()))):
        client.app.state.office = replace(office, today=lambda day=day: day)  # type: ignore[attr-defined]
        check = client.get("/readyz").json()["checks"]["knowledge"]
        assert (check["ok"], check["past_review"], check["warning"]) == (True, past, past > 0)


def test_gaps_are_printed_by_nearest_entry_with_its_title() -> None:
    kept = KeptGap(TODAY, "web", "unanswered", "mediation", "is the\nmediator paid")
    printed = list(groups({"mediation": [kept], None: [replace(kept, nearest=None)]}))
    assert printed[0] == f"mediation (1): {entries()['mediation'].title}"
    assert printed[1].endswith("is the mediator paid") and printed[2] == "no entry near (1)"
    assert list(groups({})) == ["No question without a sure answer is kept."]


def test_feedback_on_an_earlier_version_is_marked() -> None:
    current = entries()["mediation"].version
    printed = list(counts([Useful("mediation", current, 3, 1), Useful("mediation", "00000000", 0, 2)]))
    assert "useful    3  not    1" in printed[0] and "earlier" not in printed[0]
    assert printed[1].endswith("(an earlier version)")


def test_the_gaps_command_reads_the_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from bot.privacy.keys import create_missing
    from bot.settings import Settings
    from bot.store.engine import Database
    from bot.store.learning import keep_feedback, keep_gap

    create_missing(tmp_path, {})
    monkeypatch.setenv("SEND_DESK_DATA", str(tmp_path))
    assert main(["gaps"]) == 0
    assert "No question" in capsys.readouterr().out
    db = Database.from_settings(Settings.from_environment())
    keep_gap(db, KeptGap(date.today(), "web", "unanswered", "mediation", "who pays the mediator"))
    keep_feedback(db, "mediation", "00000000", True, TODAY, "web")
    db.close()
    assert main(["gaps"]) == 0 and main(["gaps", "--feedback", "--since", "2026-01-01"]) == 0
    printed = capsys.readouterr().out
    assert "who pays the mediator" in printed and "00000000" in printed
