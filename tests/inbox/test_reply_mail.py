"""A reply by e-mail: through a real mail server, once, to the parent alone, with nothing in its headers but our own."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.cases import replies, reply_mail, work
from bot.cases.delivery_settings import DeliverySettings
from bot.cases.outbox import deliver_due
from bot.privacy.erasure import erase_case
from bot.store.engine import Database
from tests.cases.sending import Mailbox, mailbox, run
from tests.inbox.making import CONTACT, NOW, Made, fact

LATER = NOW + timedelta(minutes=5)


def deliver(db: Database, server: Mailbox) -> int:
    settings = DeliverySettings.from_environment(server.environment()).mail
    assert settings is not None
    ways = {reply_mail.KIND: reply_mail.by_mail(db, settings, "The office of Test MP")}
    return int(run(deliver_due(db, ways, lambda: LATER)))


def written(made: Made, text: str = "We wrote to the council.\n\nMore on Friday.", **contact: object) -> str:
    reference = made.case(contact={**CONTACT, **contact})
    replies.reply(made.db, reference, made.doer(reference), text, "email", "A caseworker writes:")
    return reference


def test_a_reply_goes_to_the_parent_once_and_is_shown_as_sent(made: Made, tmp_path: Path) -> None:
    reference = written(made)
    assert replies.replies(made.db, reference)[0].delivery == "On its way"
    with mailbox(tmp_path) as server:
        assert (deliver(made.db, server), deliver(made.db, server)) == (1, 0)
        (mail,) = server.got
    assert (mail["To"], mail["Subject"], mail["Reply-To"]) == (
        "parent@example.org",
        f"Your case {reference}",
        "office@example.org",
    )
    assert "More on Friday." in str(mail.get_payload(decode=True), "utf-8")
    assert replies.replies(made.db, reference)[0].delivery == "Sent"


def test_a_server_that_refuses_is_tried_again_later(made: Made, tmp_path: Path) -> None:
    reference = written(made)
    with mailbox(tmp_path) as server:
        server.refuse = True
        assert deliver(made.db, server) == 0 and server.got == []
    assert replies.replies(made.db, reference)[0].delivery == "On its way"


@pytest.mark.parametrize(
    "address", ["a@example.org\r\nBcc: all@example.org", "a@example.org, b@example.org", "Test <a@example.org>"]
)
def test_an_address_puts_nothing_else_into_the_headers(made: Made, tmp_path: Path, address: str) -> None:
    written(made, email=fact(address))
    with mailbox(tmp_path) as server:
        deliver(made.db, server)
        assert [mail["To"] for mail in server.got] == ["a@example.org"]
        assert all(mail["Bcc"] is None and mail["Cc"] is None for mail in server.got)


def test_a_reply_whose_text_looks_like_headers_is_all_body(made: Made, tmp_path: Path) -> None:
    written(made, "Bcc: all@example.org\r\nSubject: other\r\n\r\n.\r\nQUIT")
    with mailbox(tmp_path) as server:
        deliver(made.db, server)
        (mail,) = server.got
    assert mail["Bcc"] is None and mail["Subject"].startswith("Your case SD-")
    assert "QUIT" in str(mail.get_payload(decode=True), "utf-8")


def test_nothing_is_sent_for_a_case_that_was_erased_meanwhile(made: Made, tmp_path: Path) -> None:
    reference = written(made)
    erase_case(made.db, reference, NOW)
    with mailbox(tmp_path) as server:
        deliver(made.db, server)
        assert server.got == []


def test_the_outbox_row_holds_no_text_and_no_address(made: Made) -> None:
    from bot.store.tables import OutboxRow

    written(made)
    with made.db.read_scope() as session:
        row = session.query(OutboxRow).filter_by(kind=reply_mail.KIND).one()
        payload = made.db.unseal_json("outbox", "payload", row.id, row.sealed_payload)
    assert set(payload) == {"case", "reference", "reply"}


def test_a_parent_without_an_address_cannot_be_written_to(made: Made) -> None:
    reference = made.case(contact={**CONTACT, "email": None})
    with pytest.raises(work.NotPossible):
        replies.reply(made.db, reference, made.doer(reference), "Hello", "email", "Office")
