"""The case by a plain page: no script, no engine; the same questions, parsers, review and store as in the chat."""

import re
from datetime import UTC, datetime

import pytest
from httpx import Response
from sqlalchemy import text
from starlette.testclient import TestClient

from bot.cases import switches
from bot.cases.codes import matches
from bot.cases.store import read_case
from bot.limits import CASES_AN_HOUR_PER_ADDRESS
from bot.settings import Settings
from bot.store.engine import Database
from bot.store.tables import Case, CaseCode
from tests.office.pages import hidden, say

GOOD = {
    "consent": "yes",
    "name": "Sam Test",
    "contact": "sam@example.org or 07700 900123",
    "postcode": "sk3 8ab",
    "relation": "parent",
    "child": "year 5",
    "story": "Nobody answers my letters and the therapy has stopped.",
    "stage": "final-plan",
    "issue": "not-delivered",
    "dates": "final plan dated 3 March 2026",
    "want": "The therapy that the plan says",
    "school": "Test Primary School",
}


def sent_as(client: TestClient, step: str, fields: dict[str, str] = GOOD, key: str | None = None) -> Response:
    found: Response = client.post(
        "/case", data={**fields, "key": key or hidden(client.get("/case"), "key"), "step": step}
    )
    return found


def reference(page: Response) -> str:
    found = re.search(r"Your reference: <strong>([^<]+)</strong>", page.text)
    assert found, page.text
    return found[1]


def cases(db: Database) -> int:
    with db.read_scope() as session:
        return session.query(Case).count()


def test_the_page_asks_for_consent_and_all_that_the_chat_asks(client: TestClient) -> None:
    page = client.get("/case").text
    assert "Who reads it: the MP" in page and 'name="consent"' in page and "<script" not in page
    for name in ("name", "contact", "postcode", "child", "story", "stage", "issue", "dates", "want", "school"):
        assert f'name="{name}"' in page, name


def test_what_was_typed_is_shown_for_review_and_nothing_is_stored_before_it_is_sent(
    client: TestClient, db: Database
) -> None:
    review = sent_as(client, "review")
    assert review.status_code == 200 and "Nothing has been sent yet" in review.text
    for words in ("Sam Test", "SK3 8AB", "Year 5", "3 March 2026", "Stockport"):
        assert words in review.text, words
    assert cases(db) == 0


def test_a_case_that_was_read_through_and_sent_is_stored_with_a_reference_and_a_code(
    client: TestClient, db: Database
) -> None:
    review = sent_as(client, "review")
    fields = dict(re.findall(r'<input type="hidden" name="(?!key)(\w+)" value="([^"]*)"', review.text))
    done = sent_as(client, "send", fields, hidden(review, "key"))
    case = read_case(db, reference(done))
    assert case and case.conversation_id is None
    summary, contact = case.summary, case.contact
    assert contact["name"]["value"] == "Sam Test" and contact["email"]["value"] == "sam@example.org"
    assert contact["phone"]["value"] and contact["postcode"]["value"] == "SK3 8AB"
    assert summary["child"]["age_or_year"]["value"] == {"year": 5} and summary["stage"]["value"] == "final-plan"
    assert summary["council"]["value"] == "Stockport Council" and summary["council"]["basis"] == "calculated"
    assert summary["key_dates"][0]["date"]["value"] == "2026-03-03" and "tried" in summary["left_out"]
    assert summary["consent"]["version"] == case.consent_version
    code = re.search(r"Your code: <strong>(\d{4}) (\d{4})</strong>", done.text)
    with db.read_scope() as session:
        stored = session.query(CaseCode).one().code_hash
    assert code and matches(stored, code[1] + code[2])


def test_the_form_sent_twice_is_one_case(client: TestClient, db: Database) -> None:
    key = hidden(client.get("/case"), "key")
    first, again = (sent_as(client, "send", GOOD, key) for _ in range(2))
    assert reference(first) == reference(again) and cases(db) == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"consent": ""}, "Tick the box if you agree"),
        ({"name": ""}, "I need your name"),
        ({"contact": "ring me"}, "e-mail address or a phone number"),
        ({"postcode": "SK3"}, "postcode"),
        ({"child": "42"}, "25"),
        ({"stage": "no-such-stage"}, "Choose the nearest"),
        ({"dates": "some time last year"}, "date"),
        ({"story": "  "}, "Tell me"),
    ],
)
def test_what_is_missing_or_unclear_is_named_at_its_field_and_what_was_typed_stays(
    client: TestClient, db: Database, wrong: dict[str, str], told: str
) -> None:
    page = sent_as(client, "send", {**GOOD, **wrong})
    name = next(iter(wrong))
    assert page.status_code == 400 and f'id="{name}-problem"' in page.text
    assert told in page.text.partition(f'id="{name}-problem">')[2][:400]
    assert "Test Primary School" in page.text and cases(db) == 0


def test_another_mps_area_is_told_and_who_lives_here_after_all_goes_on(client: TestClient, db: Database) -> None:
    elsewhere = {**GOOD, "postcode": "M1 1AA"}
    page = sent_as(client, "send", elsewhere)
    assert page.status_code == 400 and 'name="outside"' in page.text
    done = sent_as(client, "send", {**elsewhere, "outside": "yes"})
    case = read_case(db, reference(done))
    assert case and case.summary["constituency"]["result"] == "to_check"


def test_danger_in_the_story_shows_its_signposts_first_and_marks_the_case(client: TestClient, db: Database) -> None:
    story = {**GOOD, "story": "He says he wants to kill himself and the school does nothing."}
    review = sent_as(client, "review", story).text
    assert "999" in review.partition("<dl>")[0]
    case = read_case(db, reference(sent_as(client, "send", story)))
    assert case and case.row.queue.safeguarding


def test_markup_and_commands_stay_text(client: TestClient) -> None:
    page = sent_as(client, "review", {**GOOD, "story": "<script>alert(1)</script> they said {{ 7*7 }}"})
    assert "<script>alert" not in page.text and "{{ 7*7 }}" in page.text
    assert sent_as(client, "review", {**GOOD, "name": "/send"}).status_code == 400


def test_changing_something_keeps_everything(client: TestClient) -> None:
    page = sent_as(client, "change")
    assert page.status_code == 200 and 'value="Test Primary School"' in page.text and "problem" not in page.text
    assert re.search(r'value="final-plan" selected', page.text) and "checked" in page.text


def test_a_key_that_is_not_ours_sends_nothing(client: TestClient, db: Database) -> None:
    page = sent_as(client, "send", GOOD, "made-up")
    assert "open too long" in page.text and cases(db) == 0


def test_without_the_database_nothing_is_lost_and_the_parent_hears_so(client: TestClient, db: Database) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("DROP TABLE case_codes"))
    page = sent_as(client, "send")
    assert page.status_code == 503 and "could not be stored" in page.text and "Sam Test" in page.text


@pytest.mark.parametrize("part", ["web", "intake", "all"])
def test_while_the_office_takes_no_cases_the_page_says_why(client: TestClient, db: Database, part: str) -> None:
    switches.switch_off(db, part, "There is an election.", "manager", datetime.now(UTC))
    for page in (client.get("/case"), client.post("/case", data={**GOOD, "step": "send"})):
        assert page.status_code == 503 and "There is an election." in page.text
    assert cases(db) == 0


def test_one_address_cannot_send_cases_without_end(client: TestClient, db: Database) -> None:
    codes = [sent_as(client, "send").status_code for _ in range(CASES_AN_HOUR_PER_ADDRESS + 1)]
    assert codes == [200] * CASES_AN_HOUR_PER_ADDRESS + [429] and cases(db) == CASES_AN_HOUR_PER_ADDRESS


def test_the_form_of_another_site_is_refused(client: TestClient, db: Database) -> None:
    answer = client.post("/case", data={**GOOD, "step": "send"}, headers={"Origin": "https://evil.example.org"})
    assert answer.status_code == 403 and cases(db) == 0


def test_without_the_engine_the_chat_points_here(client: TestClient, settings: Settings) -> None:
    assert 'href="/case"' in say(client, text="they refused to assess").text
    assert client.get("/case").status_code == 200
