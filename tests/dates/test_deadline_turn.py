"""The clock in conversation: events, corrections, doubts, several dates, urgent ones, and what it leaves alone."""

import base64
import json
import re
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar as File

from bot.blocks import Reply
from bot.dialogue.deadline import ClockState, answers_clock, concerns_dates, show_timeline, turn
from bot.law.clocks import triggers
from tests.dates.reading import words_of

MONDAY = date(2026, 11, 23)
HERE = Path(__file__).parent
WORDINGS: dict[str, list[str]] = yaml.safe_load((HERE / "wordings.yml").read_text(encoding="utf-8"))


def told(*texts: str, today: date = MONDAY, topic: str | None = None) -> tuple[ClockState, Reply]:
    """A talk of several messages; the last state and reply."""
    state, reply = turn(texts[0], ClockState(), today, topic)
    for text in texts[1:]:
        state, reply = turn(text, ClockState.from_dict(json.loads(json.dumps(state.to_dict()))), today, topic)
    return state, reply


EVENTS = [
    ("the council got our request on 2 november", "request_received"),
    ("we applied for an ehcna on 2 november", "request_received"),
    ("they refused to assess on 2 november", "decision_not_to_assess"),
    ("letter dated 2 november says they wont assess", "decision_not_to_assess"),
    ("they agreed to assess on 2 november", "decision_to_assess"),
    ("they refused to issue a plan on 2 november", "decision_no_plan"),
    ("no to a plan letter dated 2 november", "decision_no_plan"),
    ("the draft plan arrived on 2 november", "draft_served"),
    ("final plan is dated 2 november", "final_plan"),
    ("they finalised it on 2 november", "final_plan"),
    ("decision letter dated 2 november", "appeal_decision"),
    ("letter of 2 november says they will cease the plan", "appeal_decision"),
    ("refused to reassess, letter 2 november", "appeal_decision"),
    ("mediation certificate came on 2 november", "certificate"),
    ("we asked for mediation on 2 november", "mediation_asked"),
    ("mediation ended on 2 november", "mediation_ended"),
    ("i refused mediation on 2 november", "mediation_refused"),
    ("annual review meeting was 2 november", "review_meeting"),
    ("notice to amend dated 2 november", "review_notice"),
    ("we asked for a reassessment on 2 november", "reassess_request"),
    ("they agreed to reassess on 2 november", "reassess_notice"),
    ("we moved on 2 november", "moved"),
    ("told the old council on 2 november that we were moving", "council_told_of_move"),
    ("tribunal ordered an assessment on 2 november", "order_assess"),
    ("tribunal ordered the council to issue a plan on 2 november", "order_plan"),
    ("tribunal ordered changes to section F on 2 november", "order_amend"),
    ("tribunal ordered them to name the school on 2 november", "order_school"),
    ("the hearing was 2 november", "hearing"),
    ("tribunal decision dated 2 november", "decision_tribunal"),
    ("tribunal registered my appeal on 2 november", "appeal_served"),
    ("the school discriminated against him on 2 november", "discrimination_act"),
    ("the recommendation was made on 2 november", "recommendation"),
    ("school got the consultation on 2 november", "consultation_received"),
]


@pytest.mark.parametrize(("text", "trigger"), EVENTS)
def test_a_date_is_tied_to_its_event(text: str, trigger: str) -> None:
    state, _ = told(text)
    assert state.facts.get(trigger) == "2026-11-02"


@pytest.mark.parametrize(("event", "text"), [(event, text) for event, texts in WORDINGS.items() for text in texts])
def test_each_wording_tells_its_event_or_is_asked_about(event: str, text: str) -> None:
    state, reply = told(text)
    expected = set() if event == "asked" else {event}
    assert {name for name, day in state.facts.items() if day == "2026-11-02"} == expected
    assert (reply["outcome"] == "asked_back") == (event == "asked")


def test_a_certificate_that_is_still_to_come_counts_from_the_day_it_will_have() -> None:
    state, reply = told(
        "letter dated 1 september, certificate will be dated 27 november when it comes, when must i appeal"
    )
    assert state.facts == {"appeal_decision": "2026-09-01", "certificate": "2026-11-27"}
    assert "Monday 4 January 2027" in words_of(reply)


def test_a_request_opened_late_still_counts_from_the_day_it_was_sent() -> None:
    state, _ = told("we sent the request on 26 october and they opened it on 2 november, when do the 6 weeks end")
    assert state.facts["request_received"] == "2026-10-26"


def test_several_dates_in_one_message_make_one_timeline() -> None:
    state, reply = told(
        "request 5/1/26, they refused to assess 16/2/26 and certificate on 1/4/26, when is my appeal due"
    )
    assert state.facts == {
        "request_received": "2026-01-05",
        "decision_not_to_assess": "2026-02-16",
        "certificate": "2026-04-01",
    }
    assert "Friday 1 May 2026" in words_of(reply)


@pytest.mark.parametrize(
    "text",
    [
        "i have two dates, 20 april on the certificate and 12 march on the letter, what is the last day for me",
        "certificate 20 april, letter 12 march, when must i appeal",
        "letter of 12 march and a certificate of 20 april, when must i appeal",
    ],
)
def test_two_papers_keep_their_own_dates(text: str) -> None:
    state, _ = told(text)
    assert state.facts == {"certificate": "2026-04-20", "appeal_decision": "2026-03-12"}


def test_the_day_a_letter_came_stands_beside_its_date() -> None:
    state, reply = told("letter dated 23 october but it only came on the 2nd of november, when do i appeal by")
    assert state.facts == {"appeal_decision": "2026-10-23", "appeal_decision_received": "2026-11-02"}
    assert "Wednesday 23 December 2026" in words_of(reply)


def test_a_bare_day_of_the_letter_falls_before_the_day_it_came() -> None:
    state, _ = told("final plan came friday 9th but the letter inside is dated the 2nd, when must i appeal")
    assert state.facts["final_plan"] == "2026-10-02"


@pytest.mark.parametrize(
    ("texts", "facts"),
    [
        (("certificate dated 11 november", "no, the 4th"), {"certificate": "2026-11-04"}),
        (("certificate dated 11 november", "sorry it was 4 october"), {"certificate": "2026-10-04"}),
        (("letter dated 3 march", "actually 13/3/26"), {"appeal_decision": "2026-03-13"}),
        (("refused to assess, letter dated 3 november", "oops the letter is dated 5 november"), {"decision_not_to_assess": "2026-11-05"}),
        (("letter dated 4 march not 3 march, when do i appeal",), {"appeal_decision": "2026-03-04"}),
        (("review meeting was end of june", "the 24th of june"), {"review_meeting": "2026-06-24"}),
        (("its been 23 weeks and nothing", "no, request went in 1 june"), {"request_received": "2026-06-01"}),
        (("letter dated 31 june, when must i appeal", "30 june"), {"appeal_decision": "2026-06-30"}),
        (("3/3/26", "its the refusal to assess letter"), {"decision_not_to_assess": "2026-03-03"}),
        (("they agreed to assess 2 november, when is the plan due", "5 october"), {"decision_to_assess": "2026-11-02", "request_received": "2026-10-05"}),
        (("letter dated 3 november", "certificate is the 20th"), {"appeal_decision": "2026-11-03", "certificate": "2026-11-20"}),
        (("refused to assess letter 3 november", "20 november"), {"decision_not_to_assess": "2026-11-03", "certificate": "2026-11-20"}),
    ],
)  # fmt: skip
def test_dates_can_be_corrected_and_added(texts: tuple[str, ...], facts: dict[str, str]) -> None:
    state, _ = told(*texts)
    assert state.facts == facts


def test_a_correction_of_a_day_that_does_not_exist_is_questioned() -> None:
    state, reply = told("review meeting was 12 june", "no, the 31st")
    assert reply["outcome"] == "asked_back"
    assert state.facts == {"review_meeting": "2026-06-12"}


def test_weeks_without_a_date_name_the_day_that_was_assumed() -> None:
    state, reply = told("its been 23 weeks and nothing")
    assert state.facts == {"request_received": "2026-06-15"}
    assert state.about == ["request_received"]
    read = words_of(reply)
    assert "3 weeks late" in read and "Monday 2 November 2026" in read and "Monday 15 June 2026" in read


def test_an_appeal_today_says_today_and_what_to_send() -> None:
    _, reply = told("its 23 november, my refusal to assess letter is dated 23 september, i need to appeal TODAY")
    read = words_of(reply)
    assert reply["outcome"] == "urgent"
    assert "today" in read and "5pm" in read and "SEND35A" in read and "send@justice.gov.uk" in read
    assert "better than late" in read


def test_what_a_parent_says_of_today_is_not_a_fact() -> None:
    state, reply = told("its 24 november, my letter is dated 24 september, when is the last day to appeal")
    assert state.facts == {"appeal_decision": "2026-09-24"}
    assert "1 day left" in words_of(reply)


@pytest.mark.parametrize(("text", "urgent"), [("letter dated 7 october", True), ("letter dated 8 october", False)])
def test_an_appeal_within_fourteen_days_is_urgent(text: str, urgent: bool) -> None:
    _, reply = told(text)  # 7 December is 14 days away, 8 December 15
    assert (reply["outcome"] == "urgent") is urgent


def test_a_passed_appeal_offers_the_late_appeal_letter_and_the_office() -> None:
    _, reply = told("can i appeal, letter 3 months ago")
    buttons = next(block for block in reply["blocks"] if block["type"] == "buttons")
    payloads = [item["payload"] for item in buttons["items"]]
    assert payloads == ["/timeline", '/letter{"letter": "late-appeal-reasons"}', "/handoff"]
    assert reply["outcome"] == "urgent"


def test_a_certificate_alone_gives_its_month_and_asks_for_the_letter() -> None:
    state, reply = told("got the mediation certificate on the 11th")
    assert "Friday 11 December 2026" in words_of(reply)
    assert state.awaiting == "appeal_decision"


def test_no_certificate_is_an_answer() -> None:
    state, reply = told("refused to assess letter 3 november", "no not yet")
    assert state.awaiting is None
    assert "mediation adviser" in words_of(reply) and "Monday 4 January 2027" in words_of(reply)


@pytest.mark.parametrize(
    "text",
    [
        "letter dated 31 june, when must i appeal",
        "letter dated 3/3/2027, when must i appeal",
        "letter dated 30 november",
        "got it 3rd or 4th of march",
    ],
)
def test_a_doubtful_date_is_asked_about_and_not_kept(text: str) -> None:
    state, reply = told(text)
    assert reply["outcome"] == "asked_back"
    assert state.facts == {}


def test_the_topic_says_what_an_unnamed_date_is() -> None:
    state, _ = told("3 november", topic="refusal-to-assess")
    assert state.facts == {"decision_not_to_assess": "2026-11-03"}
    state, _ = told("it was 3 november", topic="annual-review")
    assert state.facts == {"review_meeting": "2026-11-03"}


def test_a_button_press_asks_for_the_date_that_the_topic_needs() -> None:
    state, reply = told("", topic="refusal-to-assess")
    assert state.awaiting == "decision_not_to_assess"
    assert reply["outcome"] == "asked_back"


def test_after_some_tries_the_clock_lets_go() -> None:
    state, reply = told("", "blue", "green", "red", topic="annual-review")
    assert state.awaiting is None
    assert "MP's office" in words_of(reply)


@pytest.mark.parametrize(
    ("text", "today", "due"),
    [
        ("yr 6 when do we find out", MONDAY, "Monday 15 February 2027"),
        ("yr 6 when do we find out", date(2027, 2, 20), "Monday 15 February 2027"),
        ("yr 6 when do we find out", date(2027, 9, 6), "Tuesday 15 February 2028"),
        ("DS is yr 6 now, starts high school sept 2027, by when must they finalise", MONDAY, "Monday 15 February 2027"),
        ("year 11 when must they name the college", MONDAY, "Wednesday 31 March 2027"),
    ],
)
def test_the_move_to_the_next_school_follows_the_school_year(text: str, today: date, due: str) -> None:
    _, reply = told(text, today=today)
    assert due in words_of(reply)


def test_a_hypothetical_date_may_lie_ahead_and_both_years_are_told() -> None:
    _, reply = told("if they got it on 5 jan when is week 6")
    read = words_of(reply)
    assert "Tuesday 16 February 2027" in read and "Monday 16 February 2026" in read


def test_the_timeline_starts_with_the_next_deadline_and_has_every_step() -> None:
    state, _ = told("request went in 5 october, when must they decide")
    reply = show_timeline(state, MONDAY)
    rows = next(block for block in reply["blocks"] if block["type"] == "timeline")["rows"]
    assert [row["date"] for row in rows] == ["2026-10-05", "2026-11-16", "2027-01-25", "2027-02-22"]
    assert reply["blocks"][0]["type"] == "text"


def test_an_empty_timeline_asks_for_a_date() -> None:
    assert show_timeline(ClockState(), MONDAY)["outcome"] == "asked_back"


def test_asking_for_the_timeline_in_words_shows_it() -> None:
    _, reply = told("request went in 5 october", "show my timeline")
    assert any(block["type"] == "timeline" for block in reply["blocks"])


def test_the_calendar_file_holds_the_deadline() -> None:
    _, reply = told("final plan dated 2 november, when must i appeal")
    file = next(block for block in reply["blocks"] if block["type"] == "file")
    events = File.from_ical(base64.b64decode(file["content"])).walk("VEVENT")
    assert date(2027, 1, 4) in [event["DTSTART"].dt for event in events]


def test_the_state_given_is_not_changed() -> None:
    state = ClockState()
    turn("letter dated 3 november", state, MONDAY)
    assert state == ClockState()


@pytest.mark.parametrize(
    "data", [None, 3, {"facts": 1}, {"facts": {"final_plan": "x", "nonsense": "2026-01-01"}, "tries": "a", "about": 4}]
)
def test_a_broken_state_is_read_as_an_empty_one(data: object) -> None:
    assert ClockState.from_dict(data).facts == {}


@pytest.mark.parametrize("story", (HERE / "stories.txt").read_text(encoding="utf-8").splitlines())
def test_a_story_that_mentions_a_date_is_left_to_the_answers(story: str) -> None:
    assert not concerns_dates(story, MONDAY)


@pytest.mark.parametrize(("text", "trigger"), EVENTS[:9])
def test_a_short_message_with_a_date_and_its_event_is_for_the_clock(text: str, trigger: str) -> None:
    assert trigger in triggers()
    assert concerns_dates(text, MONDAY)


@pytest.mark.parametrize(
    ("text", "state", "answers"),
    [
        ("3 november", ClockState(awaiting="certificate"), True),
        ("not yet", ClockState(awaiting="certificate"), True),
        ("no, the 4th", ClockState(facts={"certificate": "2026-11-11"}, last="certificate"), True),
        ("the refusal letter", ClockState(pending="2026-03-03"), True),
        ("can i get transport", ClockState(awaiting="certificate"), False),
        ("thank you", ClockState(facts={"certificate": "2026-11-11"}, last="certificate"), False),
        ("3 november", ClockState(), False),
    ],
)
def test_an_answer_to_the_clock_is_known(text: str, state: ClockState, answers: bool) -> None:
    assert answers_clock(text, state, MONDAY) is answers


_PIECES = st.sampled_from(
    "letter dated refused to assess request certificate final plan draft review meeting 3 march 31 june 23 weeks and nothing no the 4th "
    "last tuesday when appeal by ? . , sorry if 5/10/26 3/3 year 6 tribunal order moved hearing discrimination today end of show timeline".split()
)
_TEXTS = st.one_of(st.text(max_size=120), st.lists(_PIECES, max_size=16).map(" ".join))


@settings(max_examples=200, deadline=None)
@given(st.lists(_TEXTS, min_size=1, max_size=4), st.dates(date(2015, 1, 1), date(2035, 12, 31)))
def test_any_talk_gets_a_reply_and_a_state_that_can_be_kept(texts: list[str], today: date) -> None:
    state = ClockState()
    for text in texts:
        concerns_dates(text, today)
        answers_clock(text, state, today)
        state, reply = turn(text, state, today)
        state = ClockState.from_dict(json.loads(json.dumps(state.to_dict())))
        assert reply["outcome"] in ("deadline", "urgent", "asked_back")
        assert words_of(reply).strip()
        assert not re.search(r"\{[a-z_]+\}", words_of(reply))
    show_timeline(state, today)


def test_a_message_full_of_dates_reads_only_the_first_dozen() -> None:
    text = " ".join(f"letter dated {day} march 2026," for day in range(1, 29)) + " request 1 june 2026"
    state, _ = told(text)
    assert "request_received" not in state.facts


def test_three_dates_still_make_a_reply_that_can_be_read() -> None:
    _, reply = told(
        "got 3 letters: refused to assess 3 nov, certificate 12 nov, request was 21 sept. when do i appeal by"
    )
    assert len(words_of(reply).split()) <= 200
