"""What the Telegram channel keeps: updates until they are answered, messages until they are delivered, chats. Blocking.

Telegram's ids stand in no column: chats are found by an HMAC, and the id itself is sealed.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.channels.telegram.incoming import Incoming
from bot.channels.telegram.outgoing import Out
from bot.outcomes import Outcome
from bot.privacy.crypto import SealBroken
from bot.store.engine import Database
from bot.store.tables import TelegramChat, TelegramOut, TelegramUpdate, Turn, new_id

logger = logging.getLogger(__name__)

OPEN = "open"
R = TypeVar("R")
T = TypeVar("T")


@dataclass(frozen=True)
class Waiting:
    """An update that has been received and not yet answered; `tries` counts how often we began."""

    incoming: Incoming
    tries: int
    received_at: datetime


@dataclass(frozen=True)
class Chat:
    """One chat; `chat` is Telegram's id."""

    key: str
    chat: int
    conversation: str | None
    state: str
    sorry_at: datetime | None


@dataclass(frozen=True)
class Undelivered:
    """A message under way: its row, the chat it goes to, and what it is."""

    row: int
    chat: int
    out: Out


def key_of(db: Database, chat: int) -> str:
    """The HMAC that a chat is found by."""
    return db.vault.fingerprint(f"telegram:{chat}")


def new_conversation_id(db: Database, chat: int) -> str:
    """An id that tells the engine nothing: an HMAC with a salt that is not kept, so that a deleted conversation cannot be
    joined to the next one."""
    return db.vault.fingerprint(f"telegram:{chat}:{new_id()}")[:32]


def known(db: Database, numbers: Sequence[int]) -> set[int]:
    """Which of these updates have been received before."""
    with db.read_scope() as session:
        return set(session.scalars(select(TelegramUpdate.update_id).where(TelegramUpdate.update_id.in_(numbers))))


def accept(db: Database, received: Sequence[tuple[int, Incoming | None]], now: datetime) -> set[str]:
    """Stores updates that are new, all or none; returns the chats that they are for.

    Args:
        received: each update's number and what it means (None: nothing to do, but a repeat is still known).
    """
    rows = [_update_row(db, number, incoming, now) for number, incoming in received]
    if not rows:
        return set()
    with db.session_scope() as session:
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        statement = insert(TelegramUpdate).on_conflict_do_nothing().returning(TelegramUpdate.chat_key)
        return {key for row in rows for key in session.scalars(statement, [row]) if key}


def _update_row(db: Database, number: int, incoming: Incoming | None, now: datetime) -> dict[str, Any]:
    sealed = db.seal_json("telegram_updates", "body", str(number), incoming.to_dict()) if incoming else None
    key = key_of(db, incoming.chat) if incoming else ""
    return {"update_id": number, "chat_key": key, "sealed_body": sealed, "tries": 0, "received_at": now}


def unfinished(db: Database) -> set[str]:
    """The chats with updates to answer or messages to deliver."""
    with db.read_scope() as session:
        updates = session.scalars(
            select(TelegramUpdate.chat_key).where(TelegramUpdate.sealed_body.is_not(None)).distinct()
        )
        return set(updates) | set(session.scalars(select(TelegramOut.chat_key).distinct()))


def waiting(db: Database, key: str) -> list[Waiting]:
    """A chat's updates to answer, in Telegram's order; one that no key opens any more is dropped."""
    with db.read_scope() as session:
        rows = session.scalars(_of_chat(key)).all()
    read = [(row.update_id, _readable(_opened, db, row)) for row in rows]
    lost = [number for number, found in read if found is None]
    if lost:
        with db.session_scope() as session:
            these = update(TelegramUpdate).where(TelegramUpdate.update_id.in_(lost))
            session.execute(these.values(sealed_body=None, chat_key=""))
    return [found for _, found in read if found is not None]


def _readable(opened: Callable[[Database, R], T], db: Database, row: R) -> T | None:
    """What was sealed; None when its key is gone or an older version wrote it in another form."""
    try:
        return opened(db, row)
    except (SealBroken, ValueError, TypeError, KeyError) as error:
        logger.error("Something stored cannot be read and is dropped: %s.", type(error).__name__)
        return None


def _of_chat(key: str) -> Any:
    mine = (TelegramUpdate.chat_key == key, TelegramUpdate.sealed_body.is_not(None))
    return select(TelegramUpdate).where(*mine).order_by(TelegramUpdate.update_id)


def _opened(db: Database, row: TelegramUpdate) -> Waiting:
    body = db.unseal_json("telegram_updates", "body", str(row.update_id), row.sealed_body or "")
    return Waiting(Incoming.from_dict(body), row.tries, row.received_at)


def begun(db: Database, number: int) -> None:
    """Counts one more try at an update."""
    with db.session_scope() as session:
        session.execute(
            update(TelegramUpdate).where(TelegramUpdate.update_id == number).values(tries=TelegramUpdate.tries + 1)
        )


def finish(db: Database, key: str, incoming: Incoming, outs: Sequence[Out], now: datetime) -> list[Undelivered]:
    """Marks an update as answered and keeps its messages for delivery, in one step; nothing if it was answered before."""
    with db.session_scope() as session:
        row = session.get(TelegramUpdate, incoming.update, with_for_update=True)
        if row is None or row.sealed_body is None:
            return []
        row.sealed_body, row.chat_key = None, ""
        return _keep(db, session, key, incoming.chat, outs, now)


def _keep(db: Database, session: Session, key: str, chat: int, outs: Sequence[Out], now: datetime) -> list[Undelivered]:
    kept = []
    for out in outs:
        row = TelegramOut(chat_key=key, sealed_body="", created_at=now)
        session.add(row)
        session.flush()
        row.sealed_body = db.seal_json("telegram_out", "body", str(row.id), {"chat": chat, **out.to_dict()})
        kept.append(Undelivered(row.id, chat, out))
    return kept


def undelivered(db: Database, key: str) -> list[Undelivered]:
    """A chat's messages under way, in order; one that no key opens any more is dropped."""
    with db.read_scope() as session:
        rows = session.scalars(select(TelegramOut).where(TelegramOut.chat_key == key).order_by(TelegramOut.id)).all()
    read = [(row.id, _readable(_under_way, db, row)) for row in rows]
    for lost in [number for number, found in read if found is None]:
        delivered(db, lost)
    return [found for _, found in read if found is not None]


def _under_way(db: Database, row: TelegramOut) -> Undelivered:
    body = db.unseal_json("telegram_out", "body", str(row.id), row.sealed_body)
    return Undelivered(row.id, body.pop("chat"), Out.from_dict(body))


def delivered(db: Database, row: int) -> None:
    """Forgets a message that has reached Telegram."""
    with db.session_scope() as session:
        session.execute(delete(TelegramOut).where(TelegramOut.id == row))


def chat_of(db: Database, key: str) -> Chat | None:
    """A chat by its key; None when nobody wrote from there, or it was deleted."""
    with db.read_scope() as session:
        row = session.get(TelegramChat, key)
        return _chat(db, row) if row else None


def _chat(db: Database, row: TelegramChat) -> Chat:
    number = int(db.vault.unseal("telegram_chats", "chat", row.key, row.sealed_chat))
    return Chat(row.key, number, row.conversation_id, row.state, row.sorry_at)


def touch(db: Database, chat: int, now: datetime, **changes: Any) -> Chat:
    """The chat, made if it is new, with these columns changed (conversation_id, told_seq, state, sorry_at)."""
    key = key_of(db, chat)
    with db.session_scope() as session:
        row = session.get(TelegramChat, key, with_for_update=True)
        if row is None:
            sealed = db.vault.seal("telegram_chats", "chat", key, str(chat))
            row = TelegramChat(key=key, sealed_chat=sealed, state=OPEN, told_seq=0)
            session.add(row)
        row.last_at = now
        for name, value in changes.items():
            setattr(row, name, value)
        return _chat(db, row)


def close(db: Database, key: str, state: str) -> None:
    """A chat that cannot be written to: nothing more is sent there, and what waits is dropped."""
    with db.session_scope() as session:
        session.execute(update(TelegramChat).where(TelegramChat.key == key).values(state=state))
        session.execute(delete(TelegramOut).where(TelegramOut.chat_key == key))


def forget(db: Database, key: str) -> None:
    """Deletes the chat and what is under way to it; of its updates only the numbers stay."""
    with db.session_scope() as session:
        session.execute(delete(TelegramChat).where(TelegramChat.key == key))
        session.execute(delete(TelegramOut).where(TelegramOut.chat_key == key))


def move(db: Database, old: str, chat: int) -> str:
    """Telegram gave a chat a new id: all that is kept of it goes there. Returns the new key."""
    new = key_of(db, chat)
    with db.session_scope() as session:
        row = session.get(TelegramChat, old)
        if row is not None and session.get(TelegramChat, new) is None:
            row.sealed_chat = db.vault.seal("telegram_chats", "chat", new, str(chat))
            row.key = new
        for out in session.scalars(select(TelegramOut).where(TelegramOut.chat_key == old)):
            body = db.unseal_json("telegram_out", "body", str(out.id), out.sealed_body)
            out.sealed_body = db.seal_json("telegram_out", "body", str(out.id), {**body, "chat": chat})
            out.chat_key = new
    return new


def awaits_answer(db: Database, conversation: str) -> bool:
    """Whether the assistant's last turn asked something, so that what comes next must be read in order."""
    with db.read_scope() as session:
        last = session.scalar(
            select(Turn).where(Turn.conversation_id == conversation).order_by(Turn.seq.desc()).limit(1)
        )
        return last is not None and (last.private_next or last.outcome == Outcome.ASKED_BACK)


def private_next(db: Database, conversation: str) -> bool:
    """Whether the assistant has just asked for a personal detail, which it only does once the parent agreed."""
    with db.read_scope() as session:
        last = select(Turn.private_next).where(Turn.conversation_id == conversation).order_by(Turn.seq.desc()).limit(1)
        return bool(session.scalar(last))


def office_turns(db: Database) -> list[tuple[Chat, int]]:
    """Open chats in which a caseworker has written since the last look, each with the turn passed on before."""
    newer = (
        Turn.conversation_id == TelegramChat.conversation_id,
        Turn.author == "caseworker",
        Turn.seq > TelegramChat.told_seq,
    )
    with db.read_scope() as session:
        found = select(TelegramChat).where(TelegramChat.state == OPEN, select(Turn.seq).where(*newer).exists())
        return [(_chat(db, row), row.told_seq) for row in session.scalars(found)]


def tell(db: Database, key: str, chat: int, seq: int, outs: Sequence[Out], now: datetime) -> None:
    """Keeps a caseworker's turn number `seq` for delivery, once."""
    with db.session_scope() as session:
        row = session.get(TelegramChat, key, with_for_update=True)
        if row is not None and row.told_seq < seq:
            row.told_seq, row.last_at = seq, now
            _keep(db, session, key, chat, outs, now)


def purge(db: Database, chats_before: datetime, updates_before: datetime) -> None:
    """Deletes chats in which nothing happened since then, and the numbers of updates that Telegram no longer repeats."""
    with db.session_scope() as session:
        session.execute(delete(TelegramChat).where(TelegramChat.last_at < chats_before))
        old = (TelegramUpdate.received_at < updates_before, TelegramUpdate.sealed_body.is_(None))
        session.execute(delete(TelegramUpdate).where(*old))


def count_waiting(db: Database) -> int:
    """How many updates wait for an answer."""
    with db.read_scope() as session:
        found = select(func.count()).select_from(TelegramUpdate).where(TelegramUpdate.sealed_body.is_not(None))
        return session.scalar(found) or 0
