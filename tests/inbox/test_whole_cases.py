"""Cases that the real form made, and both databases: what the inbox shows, exports and counts of them."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from bot.cases import office_log, queue, replies, switches, work
from bot.cases.evidence import figures
from bot.cases.evidence_store import collect
from bot.cases.index import catch_up
from bot.cases.queue import Filters
from bot.cases.work import tags
from bot.paths import KNOWLEDGE, ROOT, SCHEMAS
from bot.settings import Settings
from bot.store.engine import Database
from bot.web.accounts import add_user
from tests.cases.sending import stored_case
from tests.inbox.making import NOW, TODAY, Made
from tests.inbox.people import person
from tests.offices import on_each
from tests.services import postgres


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Made]:
    """Each database with a caseworker."""
    with on_each(request, settings) as database:
        yield Made(database, add_user(database, "worker@example.org", "a long enough password"))


def test_a_case_of_the_form_is_shown_found_and_exported_whole(client: TestClient, db: Database) -> None:
    reference = stored_case(db)
    who = person(client, db)
    page = who.get(f"/inbox/cases/{reference}").text
    for words in (
        "Sam Markerton",
        "07700 900123",
        "This is the marker of the story",
        "Marker Primary",
        "A plan at last",
        "Mediation",
    ):
        assert words.lower() in page.lower(), words
    assert reference in who.get("/inbox?q=markerton").text
    told = json.loads(who.post(f"/inbox/cases/{reference}/json").text)
    schema = json.loads((ROOT / "docs" / "case.schema.json").read_text(encoding="utf-8"))
    assert [error.message for error in Draft202012Validator(schema).iter_errors(told)] == []


def test_the_whole_work_on_a_case_on_either_database(either: Made) -> None:
    db, conversation = either.db, either.conversation()
    reference, other = either.case(conversation, safeguarding=True), either.case()
    while catch_up(db, TODAY):
        pass
    work.assign(db, reference, either.doer(reference), either.worker)
    work.note(db, reference, either.doer(), "A note.")
    work.set_tags(db, reference, either.doer(), {"camhs"})
    replies.reply(db, reference, either.doer(reference), "A reply.", "chat", "Office")
    work.parent_wrote(db, conversation, "message-1", "Thank you.", NOW)
    work.merge(db, other, either.doer(other), reference)
    office_log.record(db, either.worker, "thing", {}, NOW)
    switches.switch_off(db, "web", "Why.", either.worker, NOW)
    for filters in (
        Filters(),
        Filters(q="marmalade"),
        Filters(view="mine"),
        Filters(tag="camhs"),
        Filters(view="late"),
        Filters(q=reference),
    ):
        assert [line.reference for line in queue.page(db, filters, either.worker, TODAY).lines] == [reference], filters
    assert queue.counts(db, either.worker, TODAY)["done"] == 1
    assert queue.untaken(db, NOW - timedelta(days=1), NOW) == 0
    assert queue.newest(db) == NOW
    assert office_log.check(db).broken == ()
    assert figures(collect(db, TODAY), TODAY).total is None


def test_the_tags_keep_to_their_schema() -> None:
    from bot.knowledge.yaml_lines import read

    schema = json.loads((SCHEMAS / "case_tags.schema.json").read_text(encoding="utf-8"))
    data = read(KNOWLEDGE / "case" / "tags.yml").data
    assert [error.message for error in Draft202012Validator(schema).iter_errors(data)] == []
    assert len(tags()) == len(data["tags"])
