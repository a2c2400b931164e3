"""What leaves the clock: the calendar file and the picture, each read back with a reader of its own."""

from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import icalendar
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks import TimelineRow
from bot.law.calendar import Calendar
from bot.law.calendar_file import calendar_file
from bot.law.clocks import reckon
from bot.law.picture import picture
from bot.law.reckoning import Reckoning, in_words
from bot.law.timeline import timeline

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"


def some_reckonings(calendar: Calendar) -> list[Reckoning]:
    facts = {"decision_not_to_assess": date(2026, 11, 23), "request_received": date(2026, 9, 7)}
    found = [reckon(limit, facts, calendar) for limit in ("appeal", "decide_to_assess")]
    return [one for one in found if isinstance(one, Reckoning)]


def test_the_calendar_file_holds_each_deadline_as_a_whole_day(real: Calendar) -> None:
    events = icalendar.Calendar.from_ical(calendar_file(some_reckonings(real), NOW)).walk("VEVENT")
    assert [event["dtstart"].dt for event in events] == [date(2027, 1, 25), date(2026, 10, 19)]
    assert str(events[0]["summary"]) == "Last day to appeal"
    told = str(events[0]["description"])
    assert "Aim for Monday 18 January 2027." in told and "HESC Tribunal Rules 2008" in told and "IPSEA" in told


def test_reminders_ring_14_7_and_2_days_before_the_safe_date(real: Calendar) -> None:
    appeal = icalendar.Calendar.from_ical(calendar_file(some_reckonings(real)[:1], NOW)).walk("VEVENT")[0]
    start = datetime(2027, 1, 25)
    rings = [start + alarm["trigger"].dt for alarm in appeal.walk("VALARM")]
    assert rings == [datetime(2027, 1, 18, 9) - timedelta(days=days) for days in (14, 7, 2)]


def test_a_council_deadline_rings_before_its_last_day(real: Calendar) -> None:
    council = icalendar.Calendar.from_ical(calendar_file(some_reckonings(real)[1:], NOW)).walk("VEVENT")[0]
    rings = [datetime(2026, 10, 19) + alarm["trigger"].dt for alarm in council.walk("VALARM")]
    assert rings == [datetime(2026, 10, 19, 9) - timedelta(days=days) for days in (14, 7, 2)]


def test_the_same_deadline_keeps_its_uid_and_another_has_its_own(real: Calendar) -> None:
    def uids(now: datetime) -> list[str]:
        parsed = icalendar.Calendar.from_ical(calendar_file(some_reckonings(real), now))
        return [str(event["uid"]) for event in parsed.walk("VEVENT")]

    assert uids(NOW) == uids(NOW + timedelta(days=3))
    assert len(set(uids(NOW))) == 2


def row(label: str, status: str = "due", detail: str = "3 weeks left.", day: str | None = "2027-01-25") -> TimelineRow:
    return {"label": label, "date": day, "status": status, "detail": detail, "provision": "Some Rules, rule 12"}  # type: ignore[typeddict-item]


def spoken(svg: str) -> str:
    """All text that the picture draws, without the breaks between lines."""
    return " ".join("".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text"))


def test_the_picture_says_all_that_the_rows_say(real: Calendar) -> None:
    rows = timeline({"request_received": date(2026, 6, 15)}, date(2026, 11, 23), real)
    svg = picture(rows)
    told = spoken(svg)
    desc = ElementTree.fromstring(svg).findtext(f"{SVG}desc") or ""
    for one in rows:
        for part in (in_words(date.fromisoformat(one["date"] or "")), one["label"], one["detail"], one["provision"]):
            assert part in told and part in desc
    assert "Overdue" in told and "Done" in told


def test_the_picture_has_a_name_and_a_description_that_it_points_to() -> None:
    root = ElementTree.fromstring(picture([row("Last day to appeal")], title="My steps"))
    assert root.get("role") == "img"
    ids = [root.find(f"{SVG}title").get("id"), root.find(f"{SVG}desc").get("id")]  # type: ignore[union-attr]
    assert root.get("aria-labelledby") == " ".join(str(one) for one in ids)
    assert root.findtext(f"{SVG}title") == "My steps"


def test_two_pictures_on_one_page_share_no_ids() -> None:
    one, other = (ElementTree.fromstring(picture([row(label)])) for label in ("First", "Second"))
    assert not {e.get("id") for e in one.iter() if e.get("id")} & {e.get("id") for e in other.iter() if e.get("id")}


def test_each_status_has_a_shape_of_its_own() -> None:
    shapes = set()
    for status in ("done", "due", "overdue", "later"):
        root = ElementTree.fromstring(picture([row("Step", status)]))
        mark = next(e for e in root.iter() if e.tag in (f"{SVG}circle", f"{SVG}rect"))
        shapes.add((mark.tag, mark.get("fill-opacity"), mark.get("transform") is not None))
    assert len(shapes) == 4


def test_an_empty_timeline_still_makes_a_picture() -> None:
    assert "no dates" in spoken(picture([]))


def test_a_row_without_a_date_says_so() -> None:
    assert "No date yet" in spoken(picture([row("The council must send the final plan", day=None)]))


HOSTILE = "</text><script>alert(1)</script><a href='javascript:x' onclick=\"y\" style='z'>&lt;\x00]]>"


@given(label=st.text(max_size=80), detail=st.text(max_size=80))
def test_whatever_the_text_the_picture_parses_and_holds_only_its_own_elements(label: str, detail: str) -> None:
    root = ElementTree.fromstring(picture([row(label, detail=detail)], title=detail))
    assert {e.tag.removeprefix(SVG) for e in root.iter()} <= {"svg", "title", "desc", "line", "circle", "rect", "text"}


def test_hostile_text_stays_text() -> None:
    svg = picture([row(HOSTILE, detail=HOSTILE), row("Step")], title=HOSTILE)
    root = ElementTree.fromstring(svg)
    assert "<script" not in svg and "<a " not in svg
    assert "<script>alert(1)</script>" in spoken(svg).replace(" ", "")
    names = {name for element in root.iter() for name in element.attrib}
    assert not {name for name in names if name.startswith("on")} | names & {"style", "href", "class"}
    assert "currentColor" in svg
