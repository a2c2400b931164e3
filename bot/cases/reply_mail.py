"""Sends a caseworker's reply by e-mail: the outbox row names the reply, the text and the address are opened here."""

import asyncio
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from typing import Any

from bot.cases import mail
from bot.cases.delivery_settings import MailSettings
from bot.cases.outbox import Deliver, Handing, Parcel
from bot.cases.parse_contact import parse_email
from bot.store.engine import Database
from bot.store.inbox_tables import CaseReply
from bot.store.tables import Case

KIND = "case.reply"


def by_mail(db: Database, settings: MailSettings, office: str) -> Deliver:
    """How the outbox delivers rows of KIND. `office` names the sender to the parent."""

    async def deliver(parcel: Parcel, handing: Handing) -> None:
        made = await asyncio.to_thread(message_of, db, parcel.payload, settings, office)
        if made is not None:
            await _send(made, settings, handing)

    return deliver


def message_of(db: Database, payload: dict[str, Any], settings: MailSettings, office: str) -> EmailMessage | None:
    """The mail; None where case, reply or address are gone meanwhile."""
    with db.read_scope() as session:
        case, row = session.get(Case, payload["case"]), session.get(CaseReply, payload["reply"])
        if case is None or row is None or case.state == "erased":
            return None
        contact = db.unseal_json("cases", "contact", case.id, case.sealed_contact)
        text = db.vault.unseal("case_replies", "text", row.id, row.sealed_text)
        told = contact.get("email") or {}
        address = parse_email(str(told.get("value", "") if isinstance(told, dict) else told))
        return _message(case.reference, row, text, address, settings, office) if address else None


def _message(
    reference: str, row: CaseReply, text: str, address: str, settings: MailSettings, office: str
) -> EmailMessage:
    """The subject names the reference alone. The library refuses line breaks in headers."""
    made = EmailMessage(policy=SMTP_POLICY)
    made["From"], made["To"], made["Subject"] = settings.sender, address, f"Your case {reference}"
    made["Reply-To"] = settings.recipient
    made["Date"] = format_datetime(row.at)
    made["Message-ID"] = f"<{row.id}@{settings.sender.rsplit('@', 1)[1]}>"
    made.set_content(f"{text}\n\n{office}\nCase {reference}\n")
    return made


async def _send(made: EmailMessage, settings: MailSettings, handing: Handing) -> None:
    """One SMTP conversation with the parent's server, with the same care about what was perhaps sent as any mail."""
    to_parent = replace(settings, recipient=str(made["To"]))
    client = mail._client(to_parent)
    try:
        await mail._introduce(client, to_parent)
        await handing()
        await mail._hand_over(client, made.as_bytes())
    finally:
        client.close()
