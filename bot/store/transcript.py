"""The transcript: conversations and their turns, sealed. Blocking; the gateway calls it from a thread."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import Connection, RowMapping, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from bot.cases.switches import reason_off
from bot.outcomes import Outcome
from bot.store.engine import Database
from bot.store.prepared import Prepared
from bot.store.tables import Case, Conversation, OutboxRow, Turn, new_id


class ConversationGone(Exception):
    """The conversation was deleted, has expired, or never was."""


@dataclass(frozen=True)
class StoredTurn:
    """One message as it is kept. `answers` is the `seq` of the message that a reply replies to."""

    id: str
    seq: int
    author: str
    at: datetime
    text: str | None = None
    blocks: tuple[dict[str, Any], ...] = ()
    outcome: str | None = None
    entries: tuple[str, ...] = ()
    confidence: float | None = None
    answers: int | None = None
    rated: bool = False

    @property
    def useful(self) -> Literal["ask", "told"] | None:
        """Whether to ask if the answer was useful, or that it has been told; None for what is no answer."""
        if self.outcome != Outcome.ANSWERED or not self.entries:
            return None
        return "told" if self.rated else "ask"

    def public(self) -> dict[str, Any]:
        """The turn as the chat API gives it."""
        return {
            "id": self.id,
            "seq": self.seq,
            "author": self.author,
            "at": self.at.isoformat(),
            "text": self.text,
            "blocks": list(self.blocks),
            "outcome": self.outcome,
            "entries": list(self.entries),
            "answers": self.answers,
            "useful": self.useful,
        }


@dataclass(frozen=True)
class Begun:
    """A parent's message now stored; `reply` is set when it had been answered before.

    `private`: the assistant had just asked for a personal detail. `why_off`: the reason that this channel does not
    answer, if the office has switched it off.
    """

    seq: int
    state: str
    reply: StoredTurn | None
    private: bool = False
    why_off: str | None = None


def start_conversation(db: Database, channel: str, now: datetime, conversation_id: str | None = None) -> str:
    """A new, empty conversation; returns its id, random unless one is given."""
    made = conversation_id or new_id()
    with db.talk_scope() as connection:
        _START.row(connection, {"id": made, "channel": channel, "state": "bot", "created_at": now, "last_at": now})
    return made


def exists(db: Database, conversation_id: str) -> bool:
    """Whether there is such a conversation."""
    with db.reading() as connection:
        return connection.execute(_THERE, {"of": conversation_id}).scalar() is not None


def begin_turn(db: Database, conversation_id: str, message_id: str, text: str, hidden: str, now: datetime) -> Begun:
    """Stores a parent's message (already masked) before it is answered, so that a crash loses nothing.

    `hidden` is stored in its place when the assistant had just asked for a personal detail.

    Raises:
        ConversationGone: when there is no such conversation.
    """
    with db.talk_scope() as connection:
        state, channel = _held(connection, conversation_id, now)
        asked = {"of": conversation_id, "message": message_id, "channel": channel}
        before, last, private, why_off = _BEFORE_MESSAGE.row(connection, asked)
        if before is not None:
            return Begun(before, state, _reply_to(db, connection, conversation_id, before), bool(private), why_off)
        seq = last + 1
        turn = {"seq": seq, "author": "parent", "message_id": message_id}
        turn["sealed_text"] = db.vault.seal("turns", "text", _row_id(conversation_id, seq), hidden if private else text)
        _add(connection, conversation_id, turn, now)
        return Begun(seq, state, None, bool(private), why_off)


def add_reply(
    db: Database, conversation_id: str, answers: int, reply: dict[str, Any], buttons: dict[str, Any], now: datetime
) -> StoredTurn:
    """Stores the assistant's reply to a message; a second one for the same message returns the first.

    Args:
        reply: a Reply whose blocks are masked and whose buttons carry short ids.
        buttons: what each short id stands for, `{"text", "payload"}`.

    Raises:
        ConversationGone: when it was deleted meanwhile.
    """
    with db.talk_scope() as connection:
        _held(connection, conversation_id, now)
        answered, last = _BEFORE_REPLY.row(connection, {"of": conversation_id, "to": answers})
        first = _reply_to(db, connection, conversation_id, answers) if answered else None
        if first is not None:
            return first
        seq = last + 1
        row, detail = _row_id(conversation_id, seq), reply.get("detail") or {}
        turn = {
            "seq": seq,
            "author": "assistant",
            "message_id": new_id(),
            "answers": answers,
            "outcome": reply["outcome"],
            "entries": list(reply["entries"]),
            "confidence": reply["confidence"],
            "private_next": bool(detail.get("private")),
            "sealed_blocks": db.seal_json("turns", "blocks", row, reply["blocks"]),
            "sealed_buttons": db.seal_json("turns", "buttons", row, buttons) if buttons else None,
        }
        _add(connection, conversation_id, turn, now)
        return _stored(turn, now, None, reply["blocks"])


def pressed(db: Database, conversation_id: str, answers: int, button_id: str) -> dict[str, str] | None:
    """What a button in the reply to message `answers` stands for; None when this conversation has no such button."""
    with db.read_scope() as session:
        turn = session.scalar(_turns(conversation_id).where(Turn.answers == answers))
        if turn is None or turn.sealed_buttons is None:
            return None
        row = _row_id(conversation_id, turn.seq)
        found: dict[str, dict[str, str]] = db.unseal_json("turns", "buttons", row, turn.sealed_buttons)
        return found.get(button_id)


def rate(db: Database, conversation_id: str, turn_id: str) -> tuple[str, ...] | None:
    """Marks an answer as rated; returns its entries as `id@version`, none if it was before, None if it is no answer.

    Raises:
        ConversationGone: when there is no such conversation.
    """
    with db.session_scope() as session:
        _locked(session, conversation_id)
        turn = session.scalar(_turns(conversation_id).where(Turn.message_id == turn_id))
        if turn is None or turn.outcome != Outcome.ANSWERED or not turn.entries:
            return None
        if turn.rated:
            return ()
        turn.rated = True
        return tuple(turn.entries)


def history(db: Database, conversation_id: str, after: int, most: int) -> list[StoredTurn]:
    """The last `most` turns that come after number `after`, oldest first.

    Raises:
        ConversationGone: when there is no such conversation.
    """
    found = select(_TURNS).where(Turn.conversation_id == conversation_id, Turn.seq > after)
    with db.reading() as connection:
        if connection.execute(_THERE, {"of": conversation_id}).scalar() is None:
            raise ConversationGone
        last = connection.execute(found.order_by(Turn.seq.desc()).limit(most)).mappings().all()
    return [_opened(db, turn) for turn in reversed(last)]


def newest(db: Database, conversation_ids: list[str]) -> dict[str, int]:
    """The number of the last turn of each conversation, 0 where there is none; a deleted conversation is left out."""
    last = func.coalesce(func.max(Turn.seq), 0)
    found = select(Conversation.id, last).outerjoin(Turn, Turn.conversation_id == Conversation.id)
    with db.read_scope() as session:
        rows = session.execute(found.where(Conversation.id.in_(conversation_ids)).group_by(Conversation.id))
        return dict(rows.tuples().all())


def expired(db: Database, before: datetime) -> list[str]:
    """The conversations in which nothing was said since that moment and that made no case; those go with their case."""
    with_case = select(Case.conversation_id).where(Case.conversation_id == Conversation.id).exists()
    with db.read_scope() as session:
        return list(session.scalars(select(Conversation.id).where(Conversation.last_at < before, ~with_case)))


def waiting_erasures(db: Database) -> list[tuple[str, str]]:
    """Erasures that the engine still owes: the outbox row and the conversation."""
    with db.read_scope() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.kind == "engine.erase", OutboxRow.state == "waiting"))
        opened = [(row.id, db.unseal_json("outbox", "payload", row.id, row.sealed_payload)) for row in rows]
    return [(row_id, payload["conversation"]) for row_id, payload in opened]


def erasure_done(db: Database, row_id: str) -> None:
    """Takes a carried-out erasure out of the outbox: its id was the last trace of the conversation."""
    with db.session_scope() as session:
        session.execute(delete(OutboxRow).where(OutboxRow.id == row_id))


def erase(db: Database, conversation_id: str, engine_erased: bool, now: datetime) -> None:
    """Deletes a conversation with all its turns; where the engine still holds it, leaves that to the outbox."""
    with db.session_scope() as session:
        session.execute(delete(Turn).where(Turn.conversation_id == conversation_id))
        session.execute(delete(Conversation).where(Conversation.id == conversation_id))
        key = f"engine.erase:{conversation_id}"
        if not engine_erased and session.scalar(select(OutboxRow).where(OutboxRow.dedupe_key == key)) is None:
            row_id = new_id()
            payload = db.seal_json("outbox", "payload", row_id, {"conversation": conversation_id})
            session.add(OutboxRow(id=row_id, kind="engine.erase", dedupe_key=key, sealed_payload=payload, next_at=now))


_TURNS, _CONVERSATIONS = cast(Table, Turn.__table__), cast(Table, Conversation.__table__)
_OF = Turn.conversation_id == bindparam("of")
_THERE = select(Conversation.id).where(Conversation.id == bindparam("of"))
# A reply comes after its message, so that the turns before it need not be looked through.
_REPLY = select(_TURNS).where(_OF, Turn.seq > bindparam("to"), Turn.answers == bindparam("to"))
_LAST = select(func.coalesce(func.max(Turn.seq), 0)).where(_OF).scalar_subquery()
_START, _NEW = Prepared(insert(_CONVERSATIONS)), Prepared(insert(_TURNS))
_HOLD = Prepared(
    update(_CONVERSATIONS)
    .where(_CONVERSATIONS.c.id == bindparam("of"))
    .values(last_at=bindparam("now"))
    .returning(_CONVERSATIONS.c.state, _CONVERSATIONS.c.channel)
)
_BEFORE_MESSAGE = Prepared(
    select(
        select(Turn.seq).where(_OF, Turn.message_id == bindparam("message")).scalar_subquery(),
        _LAST,
        select(Turn.private_next)
        .where(_OF, Turn.author != "parent")
        .order_by(Turn.seq.desc())
        .limit(1)
        .scalar_subquery(),
        reason_off(bindparam("channel")),
    )
)
_BEFORE_REPLY = Prepared(select(_REPLY.exists(), _LAST))


def _held(connection: Connection, conversation_id: str, now: datetime) -> tuple[str, str]:
    """The conversation's state and channel. It is held until the transaction ends, so that two offices number their turns in order.

    With PostgreSQL only a statement after this one sees what the other office stored meanwhile.

    Raises:
        ConversationGone: when there is no such conversation.
    """
    held = _HOLD.row(connection, {"of": conversation_id, "now": now})
    if not held:
        raise ConversationGone
    return held[0], held[1]


def _reply_to(db: Database, connection: Connection, conversation_id: str, seq: int) -> StoredTurn | None:
    found = connection.execute(_REPLY, {"of": conversation_id, "to": seq}).mappings().one_or_none()
    return _opened(db, found) if found else None


def _add(connection: Connection, conversation_id: str, turn: dict[str, Any], now: datetime) -> None:
    _NEW.row(connection, {**_BLANK, **turn, "conversation_id": conversation_id, "at": now})


_BLANK: dict[str, Any] = {
    **dict.fromkeys(("answers", "sealed_text", "sealed_blocks", "sealed_buttons", "outcome", "confidence")),
    "entries": [],
    "private_next": False,
    "rated": False,
}


def _turns(conversation_id: str) -> Any:
    return select(Turn).where(Turn.conversation_id == conversation_id)


def _locked(session: Session, conversation_id: str) -> Conversation:
    """The conversation, held until the transaction ends so that two offices number their turns in order."""
    conversation = session.get(Conversation, conversation_id, with_for_update=True)
    if conversation is None:
        raise ConversationGone
    return conversation


def _row_id(conversation_id: str, seq: int) -> str:
    return f"{conversation_id}:{seq}"


def _opened(db: Database, turn: RowMapping) -> StoredTurn:
    """A turn as it is stored, its text and blocks unsealed."""
    row = _row_id(turn["conversation_id"], turn["seq"])
    text = turn["sealed_text"] and db.vault.unseal("turns", "text", row, turn["sealed_text"])
    blocks = db.unseal_json("turns", "blocks", row, turn["sealed_blocks"]) if turn["sealed_blocks"] else []
    return _stored(turn, turn["at"], text, blocks)


def _stored(
    turn: RowMapping | dict[str, Any], at: datetime, text: str | None, blocks: list[dict[str, Any]]
) -> StoredTurn:
    return StoredTurn(
        id=turn["message_id"],
        seq=turn["seq"],
        author=turn["author"],
        at=at,
        text=text,
        blocks=tuple(blocks),
        outcome=turn["outcome"],
        entries=tuple(turn["entries"]),
        confidence=turn["confidence"],
        answers=turn["answers"],
        rated=turn.get("rated", False),
    )
