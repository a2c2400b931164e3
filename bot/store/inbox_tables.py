"""The inbox's own tables: work on cases, what is counted, second factors, switches. `sealed_*` as in tables.py."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables import Base, Moment, new_id


class CaseNote(Base):
    """A note of the office on a case. Never sent to anyone."""

    __tablename__ = "case_notes"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    author: Mapped[str] = mapped_column(String(32))
    sealed_text: Mapped[str] = mapped_column(Text)


class CaseReply(Base):
    """A reply to the parent. `way`: chat, telegram or email. `turn_seq` is its place in the conversation."""

    __tablename__ = "case_replies"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    author: Mapped[str] = mapped_column(String(32))
    way: Mapped[str] = mapped_column(String(16))
    sealed_text: Mapped[str] = mapped_column(Text)
    conversation_id: Mapped[str | None] = mapped_column(String(32), index=True)
    turn_seq: Mapped[int | None]
    seen_at: Mapped[datetime | None] = mapped_column(Moment)


class CaseTag(Base):
    """One tag on a case, of knowledge/case/tags.yml."""

    __tablename__ = "case_tags"
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(32), primary_key=True, index=True)


class CaseWord(Base):
    """A word by which a case may be found, as a keyed fingerprint: nobody reads it without the installation's key."""

    __tablename__ = "case_words"
    word: Mapped[str] = mapped_column(String(16), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True, index=True)


class CaseFact(Base):
    """What is counted about a case, in codes only. `days_late` is the council's worst delay on the day it came in."""

    __tablename__ = "case_facts"
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    month: Mapped[str] = mapped_column(String(7))
    area: Mapped[str] = mapped_column(String(16))
    days_late: Mapped[int | None]
    refusal: Mapped[bool] = mapped_column(default=False)
    appeal: Mapped[bool] = mapped_column(default=False)
    camhs: Mapped[bool] = mapped_column(default=False)
    therapy: Mapped[bool] = mapped_column(default=False)
    clock_on: Mapped[date]


class SavedView(Base):
    """A set of filters that a member of the office named."""

    __tablename__ = "saved_views"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(String(500))


class RecoveryCode(Base):
    """A code that stands in for the second factor once. Stored as a hash of 80 random bits."""

    __tablename__ = "recovery_codes"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)


class Switch(Base):
    """A part of the assistant that is switched off, with the reason that parents read."""

    __tablename__ = "switches"
    part: Mapped[str] = mapped_column(String(16), primary_key=True)
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(Moment)


class OfficeEvent(Base):
    """Something that a member of the office did that belongs to no case; chained as case events are."""

    __tablename__ = "office_events"
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(32))
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (Index(None, "kind"),)
