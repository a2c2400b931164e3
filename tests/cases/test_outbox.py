"""Delivery: real mail server, real receiver; each notice once, nothing lost, nothing personal unless the office says so."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from standardwebhooks import Webhook

from bot.cases.delivery import ways
from bot.cases.delivery_settings import DeliverySettings
from bot.cases.form import Visit
from bot.cases.mail import message
from bot.cases.notice import Notice
from bot.cases.outbox import deliver_due, retry, stuck
from bot.cases.visits import visit
from bot.limits import OUTBOX_LEASE_SECONDS, OUTBOX_TRIES
from bot.settings import SettingWrong
from bot.store.engine import Database
from bot.store.tables import OutboxRow
from tests.cases.sending import MARKERS, SECRET, Mailbox, Receiver, mailbox, receiver, run, stored_case
from tests.cases.talking import NOW

URL = "https://desk.example.org"


class Clock:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now = NOW + timedelta(minutes=1)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Mailbox]:
    with mailbox(tmp_path) as made:
        yield made


@pytest.fixture
def system() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


def deliver(db: Database, clock: Clock, environment: dict[str, str]) -> int:
    found = ways(db, DeliverySettings.from_environment(environment), URL, clock)
    return int(run(deliver_due(db, found, clock)))


def states(db: Database) -> dict[str, str]:
    with db.read_scope() as session:
        return {row.dedupe_key.split(":")[0]: row.state for row in session.scalars(select(OutboxRow))}


def test_a_stored_case_reaches_mail_and_case_system_once(
    any_db: Database, clock: Clock, box: Mailbox, system: Receiver
) -> None:
    reference = stored_case(any_db)
    environment = {**box.environment(), **system.environment()}
    assert deliver(any_db, clock, environment) == 2
    assert deliver(any_db, clock, environment) == 0
    assert len(box.got) == len(system.calls) == 1
    assert reference in str(box.got[0]["Subject"])
    assert f"{URL}/inbox/cases/{reference}" in box.got[0].get_payload()
    assert system.accepted[0]["data"]["reference"] == reference


def test_by_default_neither_mail_nor_call_tells_who_the_family_is(
    db: Database, clock: Clock, box: Mailbox, system: Receiver
) -> None:
    stored_case(db)
    deliver(db, clock, {**box.environment(), **system.environment()})
    sent = box.got[0].as_string() + system.calls[0][1].decode()
    assert not [marker for marker in MARKERS if marker in sent]


def test_the_office_may_have_the_whole_case_sent(db: Database, clock: Clock, box: Mailbox, system: Receiver) -> None:
    reference = stored_case(db)
    full = {"SEND_DESK_MAIL_FULL": "1", "SEND_DESK_MAIL_JSON": "1", "SEND_DESK_WEBHOOK_FULL": "1"}
    deliver(db, clock, {**box.environment(), **system.environment(), **full})
    parts = {part.get_content_type(): part for part in box.got[0].walk()}
    assert "Sam Markerton" in parts["text/plain"].get_payload(decode=True).decode()
    assert parts["application/json"].get_filename() == f"{reference}.json"
    assert system.accepted[0]["data"]["case"]["contact"]["name"]["value"] == "Sam Markerton"


def test_the_call_is_signed_as_standard_webhooks_says(db: Database, clock: Clock, system: Receiver) -> None:
    stored_case(db)
    clock.now = datetime.now(UTC)
    deliver(db, clock, system.environment())
    headers, body = system.calls[0]
    Webhook(SECRET).verify(body.decode(), headers)
    with pytest.raises(Exception, match="signature"):
        Webhook(SECRET).verify(body.decode().replace("case", "cake", 1), headers)


def test_with_nothing_configured_rows_are_held_and_visible_and_go_out_later(
    db: Database, clock: Clock, box: Mailbox
) -> None:
    stored_case(db)
    assert deliver(db, clock, {}) == 0
    assert [row.state for row in stuck(db)] == ["held"]
    assert deliver(db, clock, box.environment()) == 1
    assert stuck(db) == []
    assert len(box.got) == 1


def test_an_hour_without_servers_loses_nothing_and_doubles_nothing(db: Database, clock: Clock, tmp_path: Path) -> None:
    for number in range(3):
        stored_case(db, f"key-{number}")
    with mailbox(tmp_path) as box, receiver() as system:
        environment = {**box.environment(), **system.environment()}
        box.refuse, system.status = True, 503
        for _ in range(60):
            deliver(db, clock, environment)
            clock.now += timedelta(minutes=1)
        refused = len(system.calls)
        assert 0 < refused < 60
        assert {row.state for row in stuck(db)} == {"waiting"}
        box.refuse, system.status = False, 200
        for _ in range(70):
            deliver(db, clock, environment)
            clock.now += timedelta(minutes=1)
        assert len(box.got) == 3
        assert len(system.calls) - refused == 3
        assert len({headers["webhook-id"] for headers, _ in system.calls}) == 3
        assert stuck(db) == []


def test_a_server_that_is_not_there_is_tried_again_later(db: Database, clock: Clock, tmp_path: Path) -> None:
    stored_case(db)
    with mailbox(tmp_path) as box:
        environment = box.environment()
    assert deliver(db, clock, environment) == 0
    assert stuck(db)[0].last_error == "SMTPConnectError"
    assert stuck(db)[0].next_at > clock.now


def test_a_mail_server_without_starttls_gets_nothing(db: Database, clock: Clock, tmp_path: Path) -> None:
    stored_case(db)
    with mailbox(tmp_path, tls=False) as box:
        assert deliver(db, clock, box.environment()) == 0
        assert box.got == []


def test_a_certificate_of_another_authority_is_refused(db: Database, clock: Clock, box: Mailbox) -> None:
    stored_case(db)
    environment = {name: value for name, value in box.environment().items() if name != "SEND_DESK_SMTP_CA"}
    assert deliver(db, clock, environment) == 0
    assert box.got == []


def test_what_never_arrives_is_given_up_visibly_and_can_be_tried_again_by_hand(
    db: Database, clock: Clock, system: Receiver
) -> None:
    stored_case(db)
    system.status = 500
    for _ in range(OUTBOX_TRIES):
        deliver(db, clock, system.environment())
        clock.now += timedelta(hours=7)
    row = stuck(db)[0]
    assert (row.state, row.last_error) == ("failed", "status 500")
    system.status = 200
    assert retry(db, row.id, clock.now)
    assert deliver(db, clock, system.environment()) == 1


def test_a_worker_that_died_before_handing_over_is_replaced_and_the_mail_goes_once(
    db: Database, clock: Clock, box: Mailbox
) -> None:
    stored_case(db)
    deliver(db, clock, {})
    _break_off(db, clock, box, "sending")
    assert deliver(db, clock, box.environment()) == 0
    clock.now += timedelta(seconds=OUTBOX_LEASE_SECONDS + 1)
    assert deliver(db, clock, box.environment()) == 1
    assert len(box.got) == 1


def test_a_mail_that_was_being_handed_over_is_never_sent_a_second_time_by_itself(
    db: Database, clock: Clock, box: Mailbox
) -> None:
    stored_case(db)
    _break_off(db, clock, box, "handing")
    clock.now += timedelta(seconds=OUTBOX_LEASE_SECONDS + 1)
    assert deliver(db, clock, box.environment()) == 0
    assert box.got == []
    assert stuck(db)[0].state == "unsure"
    assert retry(db, stuck(db)[0].id, clock.now)
    assert deliver(db, clock, box.environment()) == 1


def _break_off(db: Database, clock: Clock, box: Mailbox, state: str) -> None:
    """Leaves the mail's row as a worker that was killed in this state would."""
    box.refuse = True
    deliver(db, clock, box.environment())
    box.refuse = False
    with db.session_scope() as session:
        lease = clock.now + timedelta(seconds=OUTBOX_LEASE_SECONDS)
        session.execute(update(OutboxRow).where(OutboxRow.kind == "deliver.mail").values(state=state, next_at=lease))


def test_two_workers_at_once_deliver_once(any_db: Database, clock: Clock, box: Mailbox, system: Receiver) -> None:
    for number in range(5):
        stored_case(any_db, f"key-{number}")
    found = ways(any_db, DeliverySettings.from_environment({**box.environment(), **system.environment()}), URL, clock)

    async def both() -> None:
        await asyncio.gather(*(deliver_due(any_db, found, clock) for _ in range(3)))

    run(both())
    assert len(box.got) == len(system.calls) == 5


def test_adding_and_withdrawing_are_told_as_well(db: Database, clock: Clock, system: Receiver) -> None:
    reference = stored_case(db)
    conversation = "key-1".rjust(32, "c")
    visit(db, conversation, Visit("add", reference, None, "One more thing."), NOW)
    visit(db, conversation, Visit("withdraw", reference, None), NOW)
    deliver(db, clock, system.environment())
    assert [call["type"] for call in system.accepted] == ["case.submitted", "case.added", "case.withdrawn"]
    assert "One more thing" not in system.calls[1][1].decode()


def test_the_log_and_the_rows_hold_nothing_personal(
    db: Database, clock: Clock, box: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    stored_case(db)
    box.refuse = True
    deliver(db, clock, box.environment())
    assert "office@example.org" not in caplog.text
    assert not [marker for marker in MARKERS if marker in caplog.text]
    assert "A delivery failed" in caplog.text


@pytest.mark.parametrize("hostile", ["SD-1\r\nBcc: other@example.org", "SD-1\nX: y"])
def test_no_header_can_be_injected(hostile: str, box: Mailbox) -> None:
    settings = DeliverySettings.from_environment(box.environment()).mail
    assert settings is not None
    notice = Notice("id", "case.submitted", hostile, 1, False, URL, NOW)
    with pytest.raises(ValueError, match=r"newline|linefeed|CR|header"):
        message(notice, settings)


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("SEND_DESK_MAIL_TO", "a@example.org, b@example.org", "one e-mail address"),
        ("SEND_DESK_MAIL_FROM", "desk@example.org\r\nBcc: x@example.org", "one e-mail address"),
        ("SEND_DESK_SMTP_SECURITY", "plain", "starttls or tls"),
        ("SEND_DESK_SMTP_PORT", "0", "port number"),
        ("SEND_DESK_WEBHOOK_URL", "http://cases.example.org", "https"),
        ("SEND_DESK_WEBHOOK_SECRET", "short", "too short"),
        ("SEND_DESK_MAIL_FULL", "maybe", "1 or 0"),
    ],
)
def test_a_setting_that_cannot_be_used_says_what_to_mend(
    name: str, value: str, part: str, box: Mailbox, system: Receiver
) -> None:
    with pytest.raises(SettingWrong, match=part):
        DeliverySettings.from_environment({**box.environment(), **system.environment(), name: value})
