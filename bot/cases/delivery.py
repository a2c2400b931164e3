"""Ties the outbox to mail and webhook: which ways are configured, and the worker that the office runs."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from bot.cases import mail, webhook
from bot.cases.delivery_settings import DeliverySettings
from bot.cases.notice import Notice
from bot.cases.outbox import Deliver, Handing, Parcel, deliver_due
from bot.cases.summary import document
from bot.store.engine import Database
from bot.store.tables import Case

logger = logging.getLogger(__name__)

EVERY_SECONDS = 5


def _now() -> datetime:
    return datetime.now(UTC)


def ways(
    db: Database,
    settings: DeliverySettings,
    public_url: str,
    now: Callable[[], datetime] = _now,
) -> dict[str, Deliver]:
    """How each kind of row is delivered, as far as it is configured. What the engine owes is the gateway's work."""
    found: dict[str, Deliver] = {}
    if settings.mail is not None:
        found["deliver.mail"] = _by_mail(db, settings, public_url)
    if settings.webhook is not None:
        found["deliver.webhook"] = _by_webhook(db, settings, public_url, now)
    return found


async def work(db: Database, found: dict[str, Deliver], now: Callable[[], datetime] = _now) -> None:
    """Delivers what is due, for ever; an error is logged by its kind and tried again."""
    while True:
        try:
            await deliver_due(db, found, now)
        except Exception as error:
            logger.error("The outbox could not be worked on: %s.", type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)


def _by_mail(db: Database, settings: DeliverySettings, public_url: str) -> Deliver:
    mailing = settings.mail
    assert mailing is not None  # noqa: S101 - `ways` asked

    async def deliver(parcel: Parcel, handing: Handing) -> None:
        notice = await asyncio.to_thread(notice_of, db, parcel, public_url, mailing.full or mailing.attach)
        if notice is not None:
            await mail.send(notice, mailing, handing)

    return deliver


def _by_webhook(db: Database, settings: DeliverySettings, public_url: str, now: Callable[[], datetime]) -> Deliver:
    receiver = settings.webhook
    assert receiver is not None  # noqa: S101 - `ways` asked

    async def deliver(parcel: Parcel, handing: Handing) -> None:
        notice = await asyncio.to_thread(notice_of, db, parcel, public_url, receiver.full)
        if notice is not None:
            await webhook.call(notice, receiver, now())

    return deliver


def notice_of(db: Database, parcel: Parcel, public_url: str, full: bool) -> Notice | None:
    """What to tell of a case; None where the case has been deleted meanwhile."""
    with db.read_scope() as session:
        case = session.scalar(select(Case).where(Case.id == parcel.payload["case"]))
        if case is None or case.state == "erased":
            return None
        return Notice(
            id=str(parcel.payload.get("key", parcel.dedupe_key)),
            kind=str(parcel.payload.get("event", "case")),
            reference=case.reference,
            urgency=case.urgency,
            safeguarding=case.safeguarding,
            link=f"{public_url}/inbox/cases/{case.reference}",
            at=case.updated_at,
            document=_document(db, case) if full else None,
        )


def _document(db: Database, case: Case) -> dict[str, Any]:
    summary = db.unseal_json("cases", "summary", case.id, case.sealed_summary)
    return document(summary, db.unseal_json("cases", "contact", case.id, case.sealed_contact))
