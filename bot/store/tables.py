"""The office's tables. Columns named `sealed_*` hold text encrypted for their own row (bot/privacy/crypto.py)."""

import secrets
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    false,
)  # fmt: skip
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, with its time zone on both databases (SQLite stores none)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses moments without a time zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError("A stored moment needs a time zone.")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Puts UTC back where the database dropped it."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What all tables share: names for every constraint, so that migrations can name them too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def new_id() -> str:
    """A random id of 128 bits, 32 hex digits."""
    return secrets.token_hex(16)


class Conversation(Base):
    """One parent's conversation. `state` says who speaks: bot, office or closed."""

    __tablename__ = "conversations"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    channel: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16), default="bot")
    created_at: Mapped[datetime] = mapped_column(Moment)
    last_at: Mapped[datetime] = mapped_column(Moment, index=True)


class Turn(Base):
    """One message, of a parent, the assistant or a caseworker. `answers` is the `seq` of what a reply replies to.

    `rated`: the parent has said whether the reply was useful; what they said is kept apart, tied to nobody.
    """

    __tablename__ = "turns"
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    message_id: Mapped[str] = mapped_column(String(64))
    answers: Mapped[int | None]
    author: Mapped[str] = mapped_column(String(16))
    sealed_text: Mapped[str | None] = mapped_column(Text)
    sealed_blocks: Mapped[str | None] = mapped_column(Text)
    sealed_buttons: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(String(16), index=True)
    entries: Mapped[list[str]] = mapped_column(JSON, default=list)
    confidence: Mapped[float | None]
    private_next: Mapped[bool] = mapped_column(default=False)
    rated: Mapped[bool] = mapped_column(default=False, server_default=false())
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (UniqueConstraint("conversation_id", "message_id"),)


class User(Base):
    """A member of the office who may log in. `totp_step` is the last time step whose code was used."""

    __tablename__ = "users"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(16))
    disabled: Mapped[bool] = mapped_column(default=False)
    sealed_totp: Mapped[str | None] = mapped_column(Text)
    totp_on: Mapped[bool] = mapped_column(default=False)
    totp_step: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Moment)


class UserSession(Base):
    """One login. The id is the hash of the cookie, so that a stolen database logs nobody in.

    `second` is false while the second factor is still to come; `by_provider`: the organisation's own provider vouched.
    """

    __tablename__ = "user_sessions"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    second: Mapped[bool] = mapped_column(default=True)
    by_provider: Mapped[bool] = mapped_column(default=False)
    idle_until: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)


class Case(Base):
    """A case that a parent agreed to send. What tells who they are stands in the sealed columns only.

    `due_on` is the next legal date; `late_on` the day of the oldest limit that the council or another body has missed.
    """

    __tablename__ = "cases"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    idempotency_key: Mapped[str] = mapped_column(String(128), unique=True)
    conversation_id: Mapped[str | None] = mapped_column(String(32), index=True)
    state: Mapped[str] = mapped_column(String(24))
    urgency: Mapped[int]
    due_on: Mapped[date | None]
    late_on: Mapped[date | None]
    stage: Mapped[str] = mapped_column(String(64))
    issue: Mapped[str] = mapped_column(String(64))
    council: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(16))
    constituency: Mapped[str] = mapped_column(String(64))
    safeguarding: Mapped[bool] = mapped_column(default=False)
    assigned_to: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)
    consent_version: Mapped[str] = mapped_column(String(32))
    consent_at: Mapped[datetime] = mapped_column(Moment)
    schema_version: Mapped[int]
    sealed_summary: Mapped[str] = mapped_column(Text)
    sealed_contact: Mapped[str] = mapped_column(Text)
    follow_up_on: Mapped[date | None]
    outcome: Mapped[str | None] = mapped_column(String(32))
    merged_into: Mapped[str | None] = mapped_column(String(32))
    closed_at: Mapped[datetime | None] = mapped_column(Moment)

    # The last two answer the inbox's counts and lists, and the evidence, without reading the sealed columns.
    __table_args__ = (
        Index(None, "state", "urgency", "due_on"),
        Index(None, "assigned_to"),
        Index(None, "created_at"),
        Index(
            "ix_cases_queue",
            "state",
            "safeguarding",
            "urgency",
            "due_on",
            "created_at",
            "assigned_to",
            "follow_up_on",
            "id",
            "late_on",
        ),
        Index("ix_cases_counted", "id", "state", "stage", "issue", "council"),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class CaseEvent(Base):
    """One thing that happened to a case. Never changed or deleted: each row's hash covers the one before."""

    __tablename__ = "case_events"
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(32))
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class CaseCode(Base):
    """The code that a parent comes back to a case with, hashed, and how often it was wrong."""

    __tablename__ = "case_codes"
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(255))
    wrong: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Moment)


class CaseAddition(Base):
    """Something a parent added to a case after it was sent."""

    __tablename__ = "case_additions"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    sealed_text: Mapped[str] = mapped_column(Text)


class OutboxRow(Base):
    """One effect to be carried out after its transaction: a notice, a mail, an erasure in the engine."""

    __tablename__ = "outbox"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(32))
    dedupe_key: Mapped[str] = mapped_column(String(128), unique=True)
    sealed_payload: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(Moment)
    last_error: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (Index(None, "state", "next_at"),)


class TelegramUpdate(Base):
    """One update of Telegram, stored before it is processed. Once done, only its number is left, to know a repeat."""

    __tablename__ = "telegram_updates"
    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    chat_key: Mapped[str] = mapped_column(String(64), default="")
    sealed_body: Mapped[str | None] = mapped_column(Text)
    tries: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime] = mapped_column(Moment, index=True)

    __table_args__ = (Index(None, "chat_key", "update_id"),)


class TelegramChat(Base):
    """One chat. `key` is an HMAC of Telegram's id, which itself is sealed; `told_seq` is the last turn passed on."""

    __tablename__ = "telegram_chats"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    sealed_chat: Mapped[str] = mapped_column(Text)
    conversation_id: Mapped[str | None] = mapped_column(String(32), unique=True)
    told_seq: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(16), default="open")
    sorry_at: Mapped[datetime | None] = mapped_column(Moment)
    last_at: Mapped[datetime] = mapped_column(Moment, index=True)


class TelegramOut(Base):
    """One message for Telegram that has not been delivered yet; the row goes when it has."""

    __tablename__ = "telegram_out"
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    chat_key: Mapped[str] = mapped_column(String(64))
    sealed_body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (Index(None, "chat_key", "id"),)


class Gap(Base):
    """One question without a sure answer, kept to learn from: tied to no conversation, dated to the day only."""

    __tablename__ = "gaps"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    day: Mapped[date] = mapped_column(index=True)
    channel: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(16))
    nearest: Mapped[str | None] = mapped_column(String(64))
    sealed_text: Mapped[str] = mapped_column(Text)


class Feedback(Base):
    """One "was this useful?" for a version of an entry: tied to no conversation, dated to the day only."""

    __tablename__ = "feedback"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    entry: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(8))
    useful: Mapped[bool]
    day: Mapped[date] = mapped_column(index=True)
    channel: Mapped[str] = mapped_column(String(16))

    __table_args__ = (Index(None, "entry", "version"),)
