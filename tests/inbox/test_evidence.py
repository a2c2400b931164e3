"""The evidence: counted right, whole months only, small numbers nowhere, the same on page, file, briefing and chart."""

import csv
import io
import random
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from bot.cases.briefing import briefing, headlines
from bot.cases.csv_safe import as_csv, cell
from bot.cases.evidence import Counts, Figures, _labels, _sums, coded, figures, months, period
from bot.cases.evidence_chart import chart
from bot.cases.evidence_store import collect
from bot.cases.index import catch_up
from bot.privacy.keys import create_missing
from bot.settings import Settings, SettingWrong
from bot.store.engine import Database
from bot.web.app import create_app
from tests.inbox.making import TODAY, Made, fact, limit_rows, summary
from tests.inbox.people import person
from tests.inbox.test_suppression import solved

Row = tuple[str, str, str, str, str, int | None, bool, bool, int]
LABELS = _labels(TODAY)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(sorted(LABELS["stage"])), st.sampled_from(sorted(LABELS["issue"])), st.sampled_from(months(TODAY)),
        st.sampled_from(["Stockport Council", "Testshire Council", "not-said"]), st.sampled_from(["SK1", "SK3", "SK8", "L1", "unknown"]),
        st.none() | st.integers(1, 300), st.booleans(), st.booleans(), st.integers(1, 40),
    ),
    max_size=12,
)  # fmt: skip


def cells(found: Figures) -> dict[str, int | None]:
    """Everything that is published, by cell."""
    told: dict[str, int | None] = {"all": found.total}
    for table in found.tables:
        codes = list(LABELS[table.id])
        told |= {f"{table.id}:{code}": line.count for code, line in zip(codes, table.lines, strict=True)}
    return told


@settings(max_examples=25, deadline=None)
@given(ROWS)
def test_nothing_that_is_held_back_can_be_worked_out_from_all_tables_together(rows: list[Row]) -> None:
    found = figures(coded(rows, TODAY), TODAY)
    told = cells(found)
    assert not solved(told, _sums(LABELS))
    assert all(count is None or count >= found.threshold for count in told.values())


def test_every_row_of_a_table_stands_there_whatever_was_counted() -> None:
    empty = figures(Counts({name: {} for name in LABELS if name != "theme"}, 0, ()), TODAY)
    full = figures(
        coded([("appeal", "late-plan", months(TODAY)[0], "Stockport Council", "SK1", 9, True, True, 99)], TODAY), TODAY
    )
    assert [[line.label for line in t.lines] for t in empty.tables] == [
        [line.label for line in t.lines] for t in full.tables
    ]


def test_the_period_is_the_twelve_whole_months_before_this_one() -> None:
    assert period(date(2026, 11, 23)) == "November 2025 to October 2026"
    assert months(date(2026, 1, 1)) == [f"2025-{number:02}" for number in range(1, 13)]


def many(made: Made) -> None:
    """60 cases of last month: 40 late ones, 20 at appeal; one alone at another stage."""
    moment = datetime(2026, 10, 5, 10, tzinfo=UTC)
    for number in range(60):
        late = number < 40
        dates = {"request_received": "2026-01-05"} if late else {}
        document = summary(
            dates, deadlines=limit_rows(dates), happened=fact("We wait for CAMHS." if number < 30 else "We wait.")
        )
        made.case(
            summary=document,
            stage="requested" if late else "appeal",
            issue="late-decision" if late else "other",
            now=moment,
        )
    made.case(summary=summary({}, deadlines=[]), stage="review", issue="other", now=moment)


def all_indexed(db: Database) -> None:
    while catch_up(db, TODAY):
        pass


def test_cases_are_counted_by_stage_issue_and_delay_and_this_month_is_not(made: Made, db: Database) -> None:
    many(made)
    made.case()
    all_indexed(db)
    counts = collect(db, TODAY)
    assert counts.total == 61
    assert counts.by["stage"] == {"requested": 40, "appeal": 20, "review": 1}
    assert counts.by["late"] == {"yes": 40, "no": 21} and counts.by["camhs"] == {"yes": 30, "no": 31}
    assert len(set(counts.delays)) == 1 and counts.delays[0] > 200


def test_a_merged_misdirected_or_erased_case_is_not_counted(made: Made, db: Database) -> None:
    from bot.cases import work

    many(made)
    all_indexed(db)
    one, other = (row.reference for row in _some(made, 2))
    work.merge(db, one, made.doer(one), other)
    assert collect(db, TODAY).total == 60


def _some(made: Made, number: int) -> list[object]:
    from bot.store.tables import Case

    with made.db.read_scope() as session:
        return list(session.query(Case).limit(number))


def test_page_file_briefing_and_chart_hold_the_same_numbers_back(client: TestClient, db: Database, made: Made) -> None:
    many(made)
    all_indexed(db)
    who = person(client, db, "manager")
    page = who.get("/inbox/evidence")
    assert (
        "<td>40</td>" in page.text
        and "fewer than 5, or held back" in page.text
        and "not official statistics" in page.text
    )
    rows = list(csv.reader(io.StringIO(who.post("/inbox/evidence/csv").text.lstrip("\ufeff"))))
    numbers = {(row[0], row[1]): row[2] for row in rows}
    assert numbers["Where things stand", "Asked for an assessment, no decision yet"] == "40"
    assert numbers["Where things stand", "Annual review"] == "fewer than 5, or held back"
    chart_text = who.get("/inbox/evidence/charts/stage.svg")
    assert chart_text.headers["content-type"].startswith("image/svg+xml") and ">40<" in chart_text.text
    file = who.post("/inbox/evidence/briefing")
    words = "\n".join(one.text for one in Document(io.BytesIO(file.content)).paragraphs)
    assert "not official statistics" in words and "61 families" in words and "To ask the Secretary of State" in words
    assert who.get("/inbox/evidence/charts/other.svg").status_code == 404


@pytest.mark.parametrize(("threshold", "told"), [(3, True), (8, True), (70, False)])
def test_the_office_may_hold_back_more_or_less(
    settings: Settings, db: Database, made: Made, threshold: int, told: bool
) -> None:
    many(made)
    all_indexed(db)
    with TestClient(create_app(replace(settings, suppress_below=threshold)), follow_redirects=False) as client:
        boss = person(client, db, "manager")
        page, file = boss.get("/inbox/evidence").text, boss.post("/inbox/evidence/csv").text
        chart_text, running = boss.get("/inbox/evidence/charts/stage.svg").text, boss.get("/inbox/running").text
    for one in (page, file, chart_text):
        assert f"fewer than {threshold}" in one
    assert ("61 families" in page) == told == (">40<" in chart_text)
    assert f"Counts below {threshold} are left out" in running


@pytest.mark.parametrize("value", ["0", "1", "2", "101", "-5", "five", "5.0", "٥"])
def test_a_threshold_that_protects_nobody_stops_the_start(tmp_path: Path, value: str) -> None:
    create_missing(tmp_path, {})
    with pytest.raises(SettingWrong, match="SEND_DESK_SUPPRESS_BELOW"):
        Settings.from_environment({"SEND_DESK_DATA": str(tmp_path), "SEND_DESK_SUPPRESS_BELOW": value})


def test_too_few_cases_give_no_number_at_all(client: TestClient, db: Database, made: Made) -> None:
    made.case(now=datetime(2026, 10, 5, tzinfo=UTC))
    page = person(client, db, "manager").get("/inbox/evidence").text
    assert "Too few families" in page and "<td>1</td>" not in page


def test_a_chart_has_no_style_and_no_script_and_hides_what_is_held_back() -> None:
    found = figures(
        coded([("appeal", "late-plan", months(TODAY)[0], "Stockport Council", "SK1", 9, True, True, 77)], TODAY), TODAY
    )
    drawn = chart(found.table("stage"), "held back")
    assert " style=" not in drawn and "<style" not in drawn and "<script" not in drawn
    assert drawn.count("held back") == len(LABELS["stage"]) - sum(
        line.count is not None for line in found.table("stage").lines
    )


def test_the_briefing_is_one_page_long_and_names_no_author() -> None:
    rows: list[Row] = [
        (stage, issue, month, "Stockport Council", "SK1", 50 if number else None, bool(number), True, 3)
        for stage in LABELS["stage"] for issue in LABELS["issue"] for number, month in enumerate(months(TODAY)[:2])
    ]  # fmt: skip
    found = figures(coded(rows, TODAY), TODAY)
    document = Document(io.BytesIO(briefing(found, "Stockport", TODAY)))
    words = sum(len(one.text.split()) for one in document.paragraphs)
    assert words < 380 and document.core_properties.author == ""
    assert len(headlines(found)) == 5


def test_a_median_of_few_delays_is_not_told() -> None:
    rows: list[Row] = [
        ("appeal", "late-plan", months(TODAY)[0], "Stockport Council", "SK1", 90, False, False, 4),
        ("appeal", "late-plan", months(TODAY)[0], "Stockport Council", "SK1", None, False, False, 90),
    ]
    found = figures(coded(rows, TODAY), TODAY)
    assert (found.median_weeks, found.worst_weeks) == (None, None)


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "\n=1"])
def test_no_cell_of_a_csv_begins_like_a_formula(start: str) -> None:
    assert cell(start).startswith("'")
    (_, row) = csv.reader(io.StringIO(as_csv(["a", "b"], [[start, 7]]).lstrip("\ufeff"), newline=""))
    assert row[0].startswith("'") and row[1] == "7"


@settings(max_examples=100)
@given(st.text(max_size=40))
def test_any_text_survives_a_csv(text: str) -> None:
    plain = text.encode("utf-8", "replace").decode().replace("\x00", "")
    (_, row) = csv.reader(io.StringIO(as_csv(["a"], [[plain]]).lstrip("\ufeff"), newline=""))
    assert row[0] in (plain, f"'{plain}")


def test_random_offices_never_publish_a_small_number() -> None:
    chance = random.Random(7)
    for _ in range(5):
        rows: list[Row] = [
            (chance.choice(list(LABELS["stage"])), chance.choice(list(LABELS["issue"])), chance.choice(months(TODAY)),
             "Stockport Council", chance.choice(list(LABELS["area"])), None, chance.random() < 0.1, False, 1)
            for _ in range(chance.randint(1, 400))
        ]  # fmt: skip
        assert not solved(cells(figures(coded(rows, TODAY), TODAY)), _sums(LABELS))
