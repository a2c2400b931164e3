"""Questions without a sure answer, and "was this useful?": kept sealed, by day, tied to nobody, and forgotten in time."""

from datetime import date

import pytest

from bot.knowledge.search import index
from bot.privacy.names import without_names
from bot.store.engine import Database
from bot.store.learning import KeptGap, Useful, feedback, forget_gaps, gaps, keep_feedback, keep_gap
from bot.store.tables import Feedback, Gap

DAY = date(2026, 11, 23)
EARLIER = date(2026, 8, 1)


def gap(text: str, nearest: str | None = "mediation", day: date = DAY) -> KeptGap:
    return KeptGap(day, "web", "unanswered", nearest, text)


def test_gaps_come_back_by_nearest_entry_largest_group_first(db: Database) -> None:
    for kept in (gap("one", "dla"), gap("two"), gap("three"), gap("four", None), gap("old", "dla", EARLIER)):
        keep_gap(db, kept)
    found = gaps(db, date(2026, 11, 1))
    assert [(nearest, len(group)) for nearest, group in found.items()] == [("mediation", 2), (None, 1), ("dla", 1)]
    assert {kept.text for kept in found["mediation"]} == {"two", "three"}
    assert len(gaps(db, EARLIER)["dla"]) == 2


def test_gaps_past_their_days_are_forgotten(db: Database) -> None:
    keep_gap(db, gap("old", day=EARLIER))
    keep_gap(db, gap("young"))
    forget_gaps(db, DAY)
    assert [kept.text for group in gaps(db, EARLIER).values() for kept in group] == ["young"]


def test_a_kept_question_stands_sealed_and_tied_to_nothing(db: Database) -> None:
    keep_gap(db, gap("marker of the question"))
    with db.read_scope() as session:
        row = session.query(Gap).one()
    assert "marker" not in row.sealed_text
    assert {column.name for column in Gap.__table__.columns} == {
        "id",
        "day",
        "channel",
        "reason",
        "nearest",
        "sealed_text",
    }


def test_feedback_is_counted_by_entry_and_version_least_useful_first(db: Database) -> None:
    for entry, version, useful in [("dla", "1", True), ("dla", "1", True), ("dla", "2", False), ("eotas", "1", True)]:
        keep_feedback(db, entry, version, useful, DAY, "web")
    assert feedback(db, DAY) == [Useful("dla", "2", 0, 1), Useful("eotas", "1", 1, 0), Useful("dla", "1", 2, 0)]
    assert feedback(db, date(2026, 11, 24)) == []
    names = {column.name for column in Feedback.__table__.columns}
    assert names == {"id", "entry", "version", "useful", "day", "channel"}


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("my son Zebedee will not go to school", "my son [name] will not go to school"),
        ("my son zebedee will not go", "my son [name] will not go"),
        ("Zebedee has been refused a plan", "[name] has been refused a plan"),
        ("he is called Mark and the head is Mrs may", "he is called [name] and the head is Mrs [name]"),
        ("my daughter Grace", "my daughter [name]"),
        ("Hi, I'm Xanthippe Testparent from Testerton High School", "Hi, I'm [name] [name] from [name] High School"),
        ("SENDIASS said the LA broke the law. What now?", "SENDIASS said the LA broke the law. What now?"),
        ("my son has autism and I am tired", "my son has autism and I am tired"),
        ("ring me on [phone number] in Stockport", "ring me on [phone number] in Stockport"),
        ("MY SON HAS NO SCHOOL", "MY SON HAS NO SCHOOL"),
        ("", ""),
    ],
)
def test_what_may_be_a_name_is_blanked_and_the_rest_stays(said: str, kept: str) -> None:
    assert without_names(said, index().vocabulary) == kept
