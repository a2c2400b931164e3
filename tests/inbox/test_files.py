"""Files for a caseworker: print view, JSON, list, letters; each written to the history, none runs in a spreadsheet."""

import csv
import io
import json

import pytest
from docx import Document
from starlette.testclient import TestClient

from bot.letters.library import letters
from bot.store.engine import Database
from tests.inbox.making import CONTACT, Made, fact, summary
from tests.inbox.people import Person, person
from tests.inbox.test_pages import NASTY


@pytest.fixture
def who(client: TestClient, db: Database) -> Person:
    return person(client, db)


def test_the_case_as_json_is_the_document_that_was_sent(who: Person, made: Made) -> None:
    reference = made.case()
    answer = who.post(f"/inbox/cases/{reference}/json")
    assert answer.headers["content-disposition"] == f'attachment; filename="{reference}.json"'
    told = json.loads(answer.text)
    assert told["happened"] == summary()["happened"] and told["contact"]["name"]["value"] == "Test Parent"
    assert "Exported" in who.get(f"/inbox/cases/{reference}").text


def test_the_print_view_holds_everything_and_is_written_to_the_history(who: Person, made: Made) -> None:
    reference = made.case()
    page = who.post(f"/inbox/cases/{reference}/print").text
    for words in ("Test Parent", "Marmalade", "Legal clock", "SEND Regulations", "Testwood Primary"):
        assert words in page
    assert "Exported" in who.get(f"/inbox/cases/{reference}").text


def test_the_list_as_csv_keeps_the_filters_and_runs_nothing(who: Person, made: Made, db: Database) -> None:
    from bot.cases.office_log import latest

    made.case(stage="review")
    reference = made.case(stage="appeal", council='=HYPERLINK("https://evil.example.org")')
    answer = who.post("/inbox/list.csv", view="open", stage="appeal")
    rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert [row[0] for row in rows] == ["Reference", reference]
    assert rows[1][6].startswith("'=HYPERLINK")
    assert "Test Parent" not in answer.text
    assert [event.kind for event in latest(db)] == ["list_exported"]


def test_a_letter_takes_its_facts_from_the_case_and_comes_as_a_word_file(who: Person, made: Made) -> None:
    reference = made.case()
    path = f"/inbox/cases/{reference}/letters/mp-overdue-assessment"
    page = who.get(path).text
    assert 'value="Test Parent"' in page and 'value="2026-06-01"' in page and "13 July 2026" in page
    fields = {
        "fact-constituent_name": "Test Parent",
        "fact-constituent_child": "Robin",
        "fact-request_date": "2026-06-01",
    }
    shown = who.post(path, do="show", **fields).text
    assert "Robin" in shown
    file = who.post(path, do="file", **fields)
    words = "\n".join(one.text for one in Document(io.BytesIO(file.content)).paragraphs)
    assert "Test Parent" in words and "1 June 2026" in words and "weeks" in words
    assert "Letter made" in who.get(f"/inbox/cases/{reference}").text


def test_a_letter_asks_only_for_what_it_says_and_for_the_rest_when_that_changes(who: Person, made: Made) -> None:
    path = f"/inbox/cases/{made.case()}/letters/mp-overdue-plan"
    letter = letters()["mp-overdue-plan"]
    kinds = next(fact for fact in letter.facts.values() if fact.options)
    asked = [
        who.post(path, do="show", **{f"fact-{kinds.id}": option.id}).text.count('name="fact-')
        for option in kinds.options
    ]
    assert max(asked) < len(letter.facts) and min(asked) > 5


def test_hostile_facts_stay_text_in_page_and_file(who: Person, made: Made) -> None:
    document = summary(happened=fact(NASTY), council=fact(NASTY))
    reference = made.case(summary=document, contact={**CONTACT, "name": fact(NASTY), "child_name": fact(NASTY)})
    path = f"/inbox/cases/{reference}/letters/mp-overdue-plan"
    page = who.get(path).text
    assert "<script>alert" not in page and "&lt;script&gt;" in page
    file = who.post(path, do="file", **{"fact-constituent_name": NASTY, "fact-effect": NASTY})
    words = "\n".join(one.text for one in Document(io.BytesIO(file.content)).paragraphs)
    assert "{{7*7}}" in words.replace("{{ 7*7 }}", "{{7*7}}") or "7*7" in words
    assert "49" not in words


def test_every_letter_of_the_office_opens_for_a_case_and_no_other_does(who: Person, made: Made) -> None:
    reference = made.case()
    for letter in letters().values():
        answer = who.get(f"/inbox/cases/{reference}/letters/{letter.id}")
        assert answer.status_code == (200 if letter.audience == "office" else 404), letter.id
    assert who.get("/inbox/cases/SD-AAAA-AAAA/letters/mp-overdue-plan").status_code == 404


def test_a_file_of_a_case_that_is_not_there_is_not_found(who: Person) -> None:
    for form in ("json", "print"):
        assert who.post(f"/inbox/cases/SD-AAAA-AAAA/{form}").status_code == 404
