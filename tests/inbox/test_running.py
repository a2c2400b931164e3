"""Running the office: switches that parents read, the outbox, accounts, and a log that cannot be changed unseen."""

import re
from datetime import date

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError
from starlette.testclient import TestClient

from bot.cases import office_log, outbox, switches
from bot.cases.gaps import due_for_review
from bot.cases.switches import SwitchError
from bot.store.engine import Database
from bot.store.inbox_tables import OfficeEvent
from bot.store.tables import CaseEvent, OutboxRow
from bot.web import accounts
from bot.web.inbox import pages, running
from tests.inbox.making import NOW, Made
from tests.inbox.people import Person, person
from tests.office.fake_engine import FakeEngine
from tests.office.pages import message, session


@pytest.fixture
def boss(client: TestClient, db: Database) -> Person:
    return person(client, db, "manager")


def test_parents_read_why_the_chat_is_off_and_it_comes_back(
    client: TestClient, db: Database, engine: FakeEngine, boss: Person
) -> None:
    boss.post("/inbox/running/switches", part="web", to="off", reason="The office <b>moves</b> today.")
    client.cookies.clear()
    headers = session(client)
    told = client.post("/chat/v1/messages", headers=headers, json=message(1, text="hello")).json()["turn"]
    words = " ".join(block["text"] for block in told["blocks"])
    assert "The office <b>moves</b> today." in words and "999" in words and engine.seen == []
    assert "moves&lt;/b&gt; today." in boss.get("/inbox/running").text
    boss.post("/inbox/running/switches", part="web", to="on")
    client.cookies.clear()
    again = client.post("/chat/v1/messages", headers=headers, json=message(2, text="hello")).text
    assert "You said: hello" in again
    assert [event.kind for event in office_log.latest(db)] == ["switched_on", "switched_off"]


def test_a_switch_needs_a_reason_and_a_part(db: Database, boss: Person) -> None:
    for part, reason in (("web", " "), ("web", "x" * 301), ("nothing", "why")):
        with pytest.raises(SwitchError):
            switches.switch_off(db, part, reason, boss.id, NOW)
        answer = boss.post("/inbox/running/switches", part=part, to="off", reason=reason)
        assert answer.status_code == 422 and "There is a problem" in answer.text
    assert switches.off(db) == {}


def test_one_channel_off_leaves_the_others_on_and_all_is_all(db: Database, boss: Person) -> None:
    switches.switch_off(db, "telegram", "Telegram is down.", boss.id, NOW)
    assert switches.why_off(db, "telegram") and not switches.why_off(db, "web")
    switches.switch_off(db, "all", "Closed.", boss.id, NOW)
    assert switches.why_off(db, "web") == "Closed."
    switches.switch_on(db, "all", boss.id, NOW)
    switches.switch_off(db, "intake", "Parliament is dissolved.", boss.id, NOW)
    assert switches.why_no_cases(db) == "Parliament is dissolved." and not switches.why_off(db, "web")


def test_what_failed_stands_on_the_page_and_is_tried_again(db: Database, made: Made, boss: Person) -> None:
    made.case()
    with db.session_scope() as session:
        session.execute(update(OutboxRow).values(state="failed", last_error="SMTPConnectError 421", attempts=18))
        row = session.query(OutboxRow).one().id
    assert "SMTPConnectError 421" in boss.get("/inbox/running").text
    boss.post(f"/inbox/running/outbox/{row}")
    assert [one.state for one in outbox.stuck(db)] == ["waiting"]
    assert office_log.latest(db)[0].kind == "outbox_retried"
    boss.post("/inbox/running/outbox/not-a-row")
    assert len(office_log.latest(db)) == 1


def test_every_kind_of_content_that_is_due_for_review_is_listed() -> None:
    late = due_for_review(date(2030, 1, 1))
    assert {one.kind for one in late} >= {"entry", "letter", "calendar", "words", "limits", "content"}
    assert list(late) == sorted(late)


def test_content_past_its_review_is_marked_on_the_page(boss: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "today", lambda: date(2030, 1, 1))
    monkeypatch.setattr(pages, "today", lambda: date(2030, 1, 1))
    page = boss.get("/inbox/running").text
    assert "Held back" in page and "Overdue" in page and "/inbox/answers/ehcna-six-weeks" in page
    assert "Calendar: Bank holidays are known up to this day" in page


def test_a_manager_adds_an_account_whose_password_is_shown_once(db: Database, boss: Person) -> None:
    page = boss.post("/inbox/running/users", deed="add", email="New@example.org", role="viewer").text
    password = re.search(r'shown once: <strong class="desk-key">([^<]+)</strong>', page)
    assert password and accounts.check_password(db, "new@example.org", password[1])
    assert password[1] not in boss.get("/inbox/running/users").text
    assert password[1] not in str([event.data for event in office_log.latest(db)])
    assert "new@example.org" not in str([event.data for event in office_log.latest(db)])


def test_a_manager_changes_resets_and_disables_others_and_not_the_own_account(
    db: Database, boss: Person, client: TestClient
) -> None:
    other = person(client, db, "caseworker")
    boss.post("/inbox/running/users", deed="role", email="caseworker@example.org", role="manager")
    assert {user.email: user.role for user in accounts.everybody(db)}["caseworker@example.org"] == "manager"
    assert other.get("/inbox").headers["location"] == "/inbox/login"
    boss.post("/inbox/running/users", deed="disable", email="caseworker@example.org")
    assert accounts.check_password(db, "caseworker@example.org", "a long enough password") is None
    for deed in ("role", "disable", "second-factor"):
        answer = boss.post("/inbox/running/users", deed=deed, email="MANAGER@example.org", role="viewer")
        assert answer.status_code == 422 and "Another manager" in answer.text


@pytest.mark.parametrize(
    ("deed", "email"),
    [("add", "no address"), ("add", "manager@example.org"), ("role", "nobody@example.org"), ("dance", "x@example.org")],
)
def test_what_cannot_be_done_to_an_account_is_said(boss: Person, deed: str, email: str) -> None:
    assert boss.post("/inbox/running/users", deed=deed, email=email, role="viewer").status_code == 422


def test_the_only_manager_stays_one(db: Database, boss: Person) -> None:
    with pytest.raises(accounts.AccountError, match="only manager"):
        accounts.set_role(db, "manager@example.org", "viewer")


def test_the_check_of_every_chain_finds_a_changed_and_a_missing_event(db: Database, made: Made, boss: Person) -> None:
    reference, other = made.case(), made.case()
    for _ in range(3):
        office_log.record(db, boss.id, "thing", {}, NOW)
    assert office_log.check(db).broken == ()
    assert "all as they were written" in boss.post("/inbox/running/log").text
    with db.session_scope() as opened:
        for trigger in ("case_events_no_update", "office_events_no_delete", "case_events_no_delete"):
            opened.execute(text(f"DROP TRIGGER {trigger}"))
        case_id = made.row(reference).id
        opened.execute(update(CaseEvent).where(CaseEvent.case_id == case_id).values(actor="somebody else"))
        opened.execute(text("DELETE FROM case_events WHERE case_id = :case"), {"case": made.row(other).id})
        opened.execute(text("DELETE FROM office_events WHERE seq = 2"))
    broken = {(one.where, one.seq) for one in office_log.check(db).broken}
    assert {(reference, 1), (other, 0), ("office", 3)} <= broken
    page = boss.post("/inbox/running/log").text
    assert reference in page and "broken" in page


def test_the_database_refuses_to_change_or_delete_the_log(db: Database, boss: Person) -> None:
    office_log.record(db, boss.id, "thing", {}, NOW)
    for statement in ("UPDATE office_events SET kind = 'x'", "DELETE FROM office_events"):
        with pytest.raises(DBAPIError, match="only be added to"), db.session_scope() as session:
            session.execute(text(statement))
    with db.read_scope() as session:
        assert session.query(OfficeEvent).count() == 1
