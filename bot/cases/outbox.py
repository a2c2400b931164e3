"""The outbox worker: takes what is due, delivers it, tries again with back-off; each notice is delivered once.

States of a row: waiting, sending (taken; free again when the lease ends), handing (a mail is on its way), done, held
(nothing is configured to deliver it), failed (given up), unsure (the process died while a mail was on its way: it may have
arrived, so it is not sent twice; a person decides with `bot outbox retry`).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from bot.cases.mail import NotSent, PerhapsSent
from bot.cases.notice import TITLES
from bot.limits import (
    OUTBOX_FIRST_RETRY_SECONDS,
    OUTBOX_LEASE_SECONDS,
    OUTBOX_LONGEST_RETRY_SECONDS,
    OUTBOX_TRIES,
)
from bot.store.engine import Database
from bot.store.tables import OutboxRow, new_id

logger = logging.getLogger(__name__)

NOTICES = frozenset(TITLES)
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Parcel:
    """One row that was taken for delivery."""

    id: str
    kind: str
    dedupe_key: str
    payload: dict[str, Any]
    attempt: int


class Lost(Exception):
    """Another worker has taken the row since; this one must not deliver it."""


Handing = Callable[[], Awaitable[None]]
Deliver = Callable[[Parcel, Handing], Awaitable[None]]


async def deliver_due(db: Database, ways: Mapping[str, Deliver], clock: Clock) -> int:
    """Delivers everything that is due; returns how many rows were delivered.

    Args:
        ways: how each kind of row is delivered. A notice of a case becomes one row for each way named `deliver.*`.
    """
    await asyncio.to_thread(_spread, db, [kind for kind in ways if kind.startswith("deliver.")], clock())
    delivered = 0
    while parcel := await asyncio.to_thread(_take, db, list(ways), clock()):
        delivered += await _deliver(db, parcel, ways[parcel.kind], clock)
    return delivered


async def _deliver(db: Database, parcel: Parcel, way: Deliver, clock: Clock) -> bool:
    """One parcel; whatever goes wrong is written to its row."""

    async def handing() -> None:
        await asyncio.to_thread(_set, db, parcel, state="handing")

    try:
        await way(parcel, handing)
        await asyncio.to_thread(_set, db, parcel, state="done", last_error=None)
        return True
    except Lost:
        return False
    except PerhapsSent as error:
        await asyncio.to_thread(_set, db, parcel, state="unsure", last_error=str(error)[:200])
    except Exception as error:
        kind = str(error) if isinstance(error, NotSent) else type(error).__name__
        logger.warning("A delivery failed (%s): %s", parcel.kind, kind)
        await asyncio.to_thread(_again_later, db, parcel, kind[:200], clock())
    return False


# --- the rows ---
def _spread(db: Database, ways: list[str], now: datetime) -> None:
    """Each notice of a case becomes one row for each way; with no way it is held, and let go once there is one."""
    with db.session_scope() as session:
        found = select(OutboxRow).where(OutboxRow.kind.in_(NOTICES), OutboxRow.state.in_(("waiting", "held")))
        for notice in session.scalars(found.with_for_update(skip_locked=True)):
            if not ways:
                notice.state = "held"
                continue
            for way in ways:
                _copy(db, session, notice, way, now)
            notice.state = "done"


def _copy(db: Database, session: Session, notice: OutboxRow, way: str, now: datetime) -> None:
    key = f"{way}:{notice.dedupe_key}"[:128]
    if session.scalar(select(OutboxRow.id).where(OutboxRow.dedupe_key == key)) is not None:
        return
    told = db.unseal_json("outbox", "payload", notice.id, notice.sealed_payload)
    row = new_id()
    sealed = db.seal_json("outbox", "payload", row, {**told, "event": notice.kind, "key": notice.dedupe_key})
    session.add(OutboxRow(id=row, kind=way, dedupe_key=key, sealed_payload=sealed, next_at=now))


def _take(db: Database, kinds: list[str], now: datetime) -> Parcel | None:
    """Takes the next row that is due, or that a worker that died had taken; a mail it was handing over is left to a person."""
    lost = (OutboxRow.state == "handing") & (OutboxRow.next_at <= now)
    due = OutboxRow.state.in_(("waiting", "sending")) & (OutboxRow.next_at <= now)
    with db.session_scope() as session:
        session.execute(update(OutboxRow).where(lost).values(state="unsure", last_error="the office stopped meanwhile"))
        found = select(OutboxRow).where(OutboxRow.kind.in_(kinds), due).order_by(OutboxRow.next_at).limit(1)
        row = session.scalar(found.with_for_update(skip_locked=True))
        if row is None:
            return None
        row.state, row.attempts = "sending", row.attempts + 1
        row.next_at = now + timedelta(seconds=OUTBOX_LEASE_SECONDS)
        return _parcel(db, row)


def _parcel(db: Database, row: OutboxRow) -> Parcel:
    payload = db.unseal_json("outbox", "payload", row.id, row.sealed_payload)
    return Parcel(row.id, row.kind, row.dedupe_key, payload, row.attempts)


def _set(db: Database, parcel: Parcel, **values: Any) -> None:
    """Changes the row, as long as it is still this worker's."""
    mine = (
        (OutboxRow.id == parcel.id)
        & (OutboxRow.attempts == parcel.attempt)
        & OutboxRow.state.in_(("sending", "handing"))
    )
    with db.session_scope() as session:
        if session.execute(update(OutboxRow).where(mine).values(**values)).rowcount == 0:  # type: ignore[attr-defined]
            raise Lost


def _again_later(db: Database, parcel: Parcel, error: str, now: datetime) -> None:
    """Waits twice as long after each failure; gives up after OUTBOX_TRIES."""
    with db.session_scope() as session:
        row = session.get(OutboxRow, parcel.id)
        if row is None or row.attempts != parcel.attempt:
            return
        row.last_error = error
        row.state = "failed" if row.attempts >= OUTBOX_TRIES else "waiting"
        row.next_at = now + wait(row.attempts)


def wait(attempts: int) -> timedelta:
    """How long to wait after so many tries."""
    seconds = OUTBOX_FIRST_RETRY_SECONDS * 2 ** min(attempts - 1, 20)
    return timedelta(seconds=min(seconds, OUTBOX_LONGEST_RETRY_SECONDS))


# --- for people ---
@dataclass(frozen=True)
class Stuck:
    """One row that is not delivered: its id, kind, state, tries, last error, next try."""

    id: str
    kind: str
    key: str
    state: str
    attempts: int
    last_error: str | None
    next_at: datetime


def stuck(db: Database) -> list[Stuck]:
    """What is not delivered yet, for the inbox and `bot outbox list`."""
    open_states = ("waiting", "held", "failed", "unsure", "sending", "handing")
    with db.read_scope() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.state.in_(open_states)).order_by(OutboxRow.next_at))
        return [Stuck(r.id, r.kind, r.dedupe_key, r.state, r.attempts, r.last_error, r.next_at) for r in rows]


def retry(db: Database, row_id: str, now: datetime) -> bool:
    """Puts a row that failed, is held or unsure back to be delivered; False when there is no such row."""
    with db.session_scope() as session:
        wanted = (OutboxRow.id == row_id) & or_(OutboxRow.state.in_(("failed", "unsure", "held")))
        row = session.scalar(select(OutboxRow).where(wanted))
        if row is None:
            return False
        row.state, row.attempts, row.next_at = "waiting", 0, now
        return True
