"""The inbox's pages: the list in order, search and filters, the case, and what somebody does on it."""

from datetime import date, timedelta

import pytest
from starlette.testclient import TestClient

from bot.cases import replies, work
from bot.cases.alarm import cutoff
from bot.cases.queue import Filters
from bot.cases.store import read_case
from bot.cases.work import Doer
from bot.knowledge.entries import entries
from bot.law.calendar import calendar
from bot.letters.library import letters
from bot.store.engine import Database
from bot.store.transcript import history
from bot.web.inbox import snippets
from bot.web.inbox.pages import today
from tests.inbox.making import CONTACT, NOW, TODAY, Made, fact, limit_rows, summary
from tests.inbox.people import Person, person

NASTY = "<script>alert(1)</script><img src=x onerror=alert(2)>\"' {{7*7}} javascript:alert(3)"


@pytest.fixture
def who(client: TestClient, db: Database) -> Person:
    return person(client, db)


def shown(page: str, *references: str) -> list[str]:
    """The references that stand on a page, in its order."""
    return sorted((one for one in references if one in page), key=page.index)


def test_the_queue_puts_safeguarding_first_then_urgency_then_the_legal_date(who: Person, made: Made) -> None:
    plain = {"summary": summary({}, deadlines=[])}
    late = made.case(urgency=2, due_on=date(2026, 10, 1), **plain)
    none = made.case(urgency=2, due_on=None, **plain)
    soon = made.case(urgency=2, due_on=date(2026, 12, 1), **plain)
    urgent = made.case(urgency=0, due_on=None, **plain)
    danger = made.case(urgency=3, due_on=None, safeguarding=True, **plain)
    page = who.get("/inbox").text
    assert shown(page, late, none, soon, urgent, danger) == [danger, urgent, late, soon, none]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("marmalade", True), ("Test Parent", True), ("SK3 8AB", True), ("sk38ab", True), ("07700 900123", True),
        ("+44 7700 900123", True), ("PARENT@example.org", True), ("robin", True), ("marmalade parent", True),
        ("nutella", False), ("marmalade nutella", False), ("SK3 8AC", False), ("%", False), ("' OR 1=1 --", False),
    ],
)  # fmt: skip
def test_a_case_is_found_by_who_they_are_and_what_they_wrote(who: Person, made: Made, query: str, found: bool) -> None:
    reference = made.case()
    page = who.request("GET", "/inbox", params={"q": query}).text
    assert (reference in page) is found


def test_a_case_is_found_by_its_reference_however_it_is_typed(who: Person, made: Made) -> None:
    reference = made.case()
    for query in (reference, reference.lower(), reference[3:], reference.replace("-", " ")):
        assert f">{reference}<" in who.request("GET", "/inbox", params={"q": query}).text


def test_filters_narrow_the_list_and_unknown_ones_are_ignored(who: Person, made: Made) -> None:
    one, other = made.case(stage="appeal"), made.case(stage="review")
    assert shown(who.get("/inbox?stage=appeal").text, one, other) == [one]
    assert set(shown(who.get("/inbox?view=nonsense&page=-3&state=xyz").text, one, other)) == {one, other}
    work.set_tags(made.db, other, made.doer(), {"camhs"})
    assert shown(who.get("/inbox?tag=camhs").text, one, other) == [other]
    work.finish(made.db, one, made.doer(one), "closed", "advice")
    assert shown(who.get("/inbox").text, one, other) == [other]
    assert shown(who.get("/inbox?view=done").text, one, other) == [one]


def test_a_case_with_a_missed_limit_is_late_though_another_date_is_ahead(who: Person, made: Made) -> None:
    """The council missed six weeks; the advice it has to take is not due yet."""
    asked = (today() - timedelta(days=90)).isoformat()
    late = made.case(
        summary=summary({"request_received": asked}, deadlines=limit_rows({"request_received": asked}, today()))
    )
    ahead = made.case(summary=summary({}, deadlines=[]), due_on=today() + timedelta(days=20))
    page = who.get("/inbox?view=late").text
    assert shown(page, late, ahead) == [late]
    assert made.row(late).late_on == today() - timedelta(days=90 - 42)
    assert "6 weeks and 6 days late" in page and " left</strong>" in page
    case = who.get(f"/inbox/cases/{late}").text.split("desk-case__main")[0]
    assert "6 weeks and 6 days late" in case and " left</strong>" in case
    assert (today() - timedelta(days=48)).isoformat() in who.post("/inbox/list.csv", view="late").text


def test_pages_of_25_and_a_page_beyond_the_last_is_the_last(who: Person, made: Made) -> None:
    for _ in range(30):
        made.case()
    assert who.get("/inbox").text.count('role="rowheader"') == 25
    assert who.get("/inbox?page=99").text.count('role="rowheader"') == 5


def test_a_saved_view_keeps_its_filters(who: Person, made: Made) -> None:
    sent = who.post("/inbox/views", name="Late appeals", view="late", stage="appeal")
    assert sent.headers["location"] == "/inbox?view=late&stage=appeal&done=view"
    page = who.get("/inbox").text
    assert "Late appeals" in page and "/inbox?view=late&amp;stage=appeal" in page


def test_nobody_having_taken_a_case_raises_the_alarm_in_office_hours_only() -> None:
    friday_evening = NOW.replace(day=20, hour=18)
    monday_morning = NOW.replace(hour=10, minute=0)
    assert cutoff(monday_morning, 2, calendar()) == NOW.replace(day=20, hour=16, minute=0)
    assert cutoff(friday_evening, 2, calendar()) == NOW.replace(day=20, hour=15, minute=0)
    assert cutoff(NOW.replace(day=22), 8, calendar()) == NOW.replace(day=20, hour=9, minute=0)


def test_the_alarm_stands_on_the_queue(who: Person, made: Made) -> None:
    made.case(now=NOW - timedelta(days=30))
    assert "waited longer" in who.get("/inbox").text


def test_everything_a_parent_sent_stands_on_the_case_page_escaped(who: Person, made: Made) -> None:
    facts = {name: fact(NASTY) for name in ("happened", "tried", "wanted", "stage", "issue", "council", "how_soon")}
    document = summary(**facts, unknown_field=NASTY, told=[f"{NASTY}@{NASTY}"], urgency={"reasons": [NASTY]})
    document["person"] = {"relation": fact(NASTY), "access": fact(NASTY), "best_time": fact(NASTY)}
    document["child"] = {"age_or_year": fact(NASTY), "school": fact(NASTY)}
    document["safeguarding"] = {"flag": True, "signal": NASTY}
    conversation = made.conversation(state="office")
    reference = made.case(
        conversation, summary=document, contact={name: fact(NASTY) for name in CONTACT}, council=NASTY[:60]
    )
    work.parent_wrote(made.db, conversation, "message-1", NASTY, NOW)
    work.note(made.db, reference, made.doer(), NASTY)
    replies.reply(made.db, reference, made.doer(reference), NASTY, "chat", "Office")
    pages = [
        who.get(f"/inbox/cases/{reference}"),
        who.post(f"/inbox/cases/{reference}/transcript"),
        who.request("GET", "/inbox", params={"q": NASTY, "council": NASTY[:60]}),
        who.get("/inbox"),
        who.post(f"/inbox/cases/{reference}/note", text=""),
    ]
    for page in pages:
        assert page.status_code in (200, 422)
        assert (
            "<script>alert" not in page.text
            and "<img" not in page.text
            and "49" not in page.text.split("alert(1)")[-1][:80]
        )
        assert 'href="javascript:' not in page.text
    assert pages[0].text.count("&lt;script&gt;") > 10


def test_the_summary_comes_before_the_clock_and_both_before_the_correspondence(who: Person, made: Made) -> None:
    page = who.get(f"/inbox/cases/{made.case(made.conversation())}").text
    order = [page.index(mark) for mark in ('id="summary"', 'id="clock"', 'id="told"', 'id="talk"', 'id="history"')]
    assert order == sorted(order)
    for words in ("Test Parent", "07700 900123", "late", "SEND Regulations", "<svg", "Testwood Primary"):
        assert words in page


def test_a_case_is_worked_from_the_page(who: Person, made: Made) -> None:
    conversation = made.conversation()
    reference = made.case(conversation)
    path = f"/inbox/cases/{reference}"

    def version() -> int:
        return made.row(reference).version

    assert who.post(f"{path}/assign", version=version(), to=who.id).headers["location"] == f"{path}?done=assign"
    who.post(f"{path}/reply", version=version(), text="We have written to the council.", way="chat")
    who.post(f"{path}/state", version=version(), to="waiting_council")
    who.post(f"{path}/follow-up", version=version(), day="2026-12-07")
    who.post(f"{path}/tags", tag=["camhs", "press"])
    who.post(f"{path}/conversation", version=version(), to="bot")
    row = made.row(reference)
    assert (row.state, row.assigned_to, row.follow_up_on) == ("waiting_council", who.id, date(2026, 12, 7))
    assert replies.conversation_state(made.db, conversation) == "bot"
    assert [turn.author for turn in history(made.db, conversation, 0, 10)] == ["caseworker"]
    page = who.get(f"{path}?done=assign").text
    assert "Assigned." in page and "CAMHS" in page and "In progress to Waiting for council" in page
    who.post(f"{path}/finish", version=version(), to="resolved", outcome="solved")
    assert "The family has what they asked for" in who.get(path).text


def test_two_people_are_told_and_the_second_keeps_what_they_typed(who: Person, made: Made) -> None:
    reference = made.case(made.conversation())
    seen = made.row(reference).version
    work.assign(made.db, reference, Doer(made.worker, NOW, seen), made.worker)
    page = who.post(f"/inbox/cases/{reference}/reply", version=seen, text="My long careful answer.", way="chat")
    assert page.status_code == 409
    assert "Somebody else changed this case" in page.text and "My long careful answer.</textarea>" in page.text
    assert replies.replies(made.db, reference) == []


@pytest.mark.parametrize(
    ("deed", "fields"),
    [
        ("state", {"to": "closed"}), ("state", {"to": "nowhere"}), ("assign", {"to": "nobody"}), ("reply", {"text": " ", "way": "chat"}),
        ("reply", {"text": "x", "way": "pigeon"}), ("follow-up", {"day": "31/02/2026"}), ("tags", {"tag": "mine"}),
        ("finish", {"to": "closed", "outcome": "x"}), ("merge", {"into": "SD-AAAA-AAAA"}), ("conversation", {"to": "closed"}),
        ("note", {"text": "x" * 10_001}), ("state", {"to": "in_progress", "version": "x"}),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_and_changes_nothing(
    who: Person, made: Made, deed: str, fields: dict[str, str]
) -> None:
    reference = made.case(made.conversation())
    before = made.row(reference).version
    answer = who.post(f"/inbox/cases/{reference}/{deed}", **{"version": before, **fields})
    assert answer.status_code == 422 and "There is a problem" in answer.text
    assert made.row(reference).version == before


def test_a_case_that_is_not_there_is_not_found_whatever_is_asked(who: Person) -> None:
    for reference in ("SD-AAAA-AAAA", "..%2Fx", "1", "SD-AAAA-AAAA'--"):
        assert who.get(f"/inbox/cases/{reference}").status_code == 404
    for deed in ("note", "transcript", "reopen"):
        assert who.post(f"/inbox/cases/SD-AAAA-AAAA/{deed}", version=1, text="x").status_code == 404


def test_the_conversation_is_shown_only_when_asked_for_and_that_is_written_down(who: Person, made: Made) -> None:
    conversation = made.conversation()
    reference = made.case(conversation)
    replies.reply(made.db, reference, made.doer(reference), "Turn of the office.", "chat", "Speaker of the office")
    path = f"/inbox/cases/{reference}"
    before = who.get(path).text
    assert "Speaker of the office" not in before and "Transcript shown" not in before
    assert "Speaker of the office" in who.post(f"{path}/transcript").text
    assert "Transcript shown" in who.get(path).text


def test_a_snippet_begins_the_reply_with_the_entry_as_it_is_now(who: Person, made: Made) -> None:
    entry = entries()["ehcna-six-weeks"]
    page = who.get(f"/inbox/cases/{made.case(made.conversation())}?snippet={entry.id}").text
    assert page.split('id="reply"')[1].split(">")[1][:20] in entry.short.replace("'", "&#39;")


def test_a_letter_begins_the_reply_with_the_facts_of_the_case(who: Person, made: Made) -> None:
    page = who.get(f"/inbox/cases/{made.case(made.conversation())}?snippet=letter:chase-six-weeks").text
    box = page.split('id="reply"')[1].split("</textarea>")[0]
    assert "Robin" in box and "1 June 2026" in box and "weeks" in box and "that you can send" in box


@pytest.mark.parametrize("chosen", ["nothing", "letter:nothing", "letter:mp-overdue-plan", "<script>", "letter:"])
def test_a_snippet_that_is_not_there_leaves_the_reply_empty(who: Person, made: Made, chosen: str) -> None:
    page = who.request("GET", f"/inbox/cases/{made.case(made.conversation())}", params={"snippet": chosen}).text
    assert page.split('id="reply"')[1].split("</textarea>")[0].endswith(">")


def test_what_is_past_its_review_is_no_snippet(made: Made) -> None:
    case = read_case(made.db, made.case())
    assert case is not None
    day = max(one.review_by for one in (*entries().values(), *letters().values())) + timedelta(days=1)
    assert [len(group) > 0 for group in snippets.offered(case, TODAY).values()] == [True, True, True]
    assert not any(snippets.offered(case, day).values())
    for chosen in ("ehcna-six-weeks", "letter:chase-six-weeks"):
        assert snippets.text(chosen, case, {}, TODAY) and not snippets.text(chosen, case, {}, day)


def test_a_viewer_reads_a_case_and_has_no_form_but_the_way_out(client: TestClient, db: Database, made: Made) -> None:
    page = person(client, db, "viewer").get(f"/inbox/cases/{made.case(made.conversation())}").text
    assert page.count("<form") == 1 and "/inbox/logout" in page


def test_an_address_puts_no_words_of_its_own_on_a_page(who: Person) -> None:
    assert "anything" not in who.get("/inbox?done=anything").text


def test_every_page_has_a_strict_policy_and_no_inline_code(who: Person, made: Made) -> None:
    reference = made.case(made.conversation())
    for path in (
        "/inbox",
        f"/inbox/cases/{reference}",
        "/inbox/account",
        "/inbox/account/second-factor",
        "/inbox/login",
    ):
        answer = who.get(path)
        policy = answer.headers["content-security-policy"]
        assert (
            "unsafe" not in policy
            and "frame-ancestors 'none'" in policy
            and answer.headers["cache-control"] == "no-store"
        )
        assert "<style" not in answer.text and " style=" not in answer.text and " onclick=" not in answer.text
        assert "<script>" not in answer.text


def test_filters_survive_the_way_through_an_address() -> None:
    filters = Filters(view="late", stage="appeal", q="Sam & Co", page=3)
    from urllib.parse import parse_qsl

    assert Filters.from_query(dict(parse_qsl(filters.query(page=3)))) == filters


def test_each_fact_says_whether_it_was_said_confirmed_or_worked_out(who: Person, made: Made) -> None:
    council = {"value": "Stockport Council", "words": "Stockport Council", "basis": "calculated"}
    day = {"value": "2026-06-01", "basis": "confirmed"}
    dates = [{"event": "request_received", "label": "request", "date": day, "about": False}]
    page = who.get(f"/inbox/cases/{made.case(summary=summary(council=council, key_dates=dates))}").text
    values = ("Testwood Primary", "Stockport Council", ">Monday 1 June 2026")
    marks = [page.split(told, 1)[1][:60] for told in values]
    assert ["(said)" in marks[0], "(worked out)" in marks[1], "(confirmed)" in marks[2]] == [True] * 3, marks
