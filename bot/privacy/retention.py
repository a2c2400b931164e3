"""Retention: what has been kept long enough, found first and deleted after. Blocking.

Conversations without a case go after CONVERSATION_DAYS of silence, finished cases after CLOSED_CASE_DAYS; both may be set
(docs/privacy.md). Sessions that ended and deliveries that are done go with them.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, delete, exists, select

from bot.limits import CLOSED_CASE_DAYS, CONVERSATION_DAYS, OUTBOX_KEPT_DAYS
from bot.privacy.erasure import NoSuchCase, erase_case, erase_conversation
from bot.settings import days_from
from bot.store.engine import Database
from bot.store.tables import Case, Conversation, OutboxRow, UserSession

FINISHED = ("closed", "withdrawn", "misdirected", "merged")


@dataclass(frozen=True)
class Keeping:
    """For how many days things are kept."""

    conversation_days: int = CONVERSATION_DAYS
    case_days: int = CLOSED_CASE_DAYS

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Keeping":
        """SEND_DESK_CONVERSATION_DAYS and SEND_DESK_CASE_DAYS.

        Raises:
            bot.settings.SettingWrong: when one is no number of days.
        """
        return cls(
            days_from(environment, "SEND_DESK_CONVERSATION_DAYS", CONVERSATION_DAYS),
            days_from(environment, "SEND_DESK_CASE_DAYS", CLOSED_CASE_DAYS),
        )


@dataclass(frozen=True)
class Due:
    """What has been kept long enough: conversations and references by name, the rest counted."""

    conversations: tuple[str, ...]
    cases: tuple[str, ...]
    deliveries: int
    sessions: int

    @property
    def lines(self) -> list[str]:
        """Counts alone: no line names anybody."""
        counts = {
            "conversations": len(self.conversations),
            "cases": len(self.cases),
            "deliveries": self.deliveries,
            "logins": self.sessions,
        }
        return [f"{count} {name}" for name, count in counts.items()]


def due(db: Database, keeping: Keeping, now: datetime) -> Due:
    """What would be deleted now."""
    silent, finished = now - timedelta(days=keeping.conversation_days), now - timedelta(days=keeping.case_days)
    with db.read_scope() as session:
        has_case = exists().where(Case.conversation_id == Conversation.id)
        conversations = session.scalars(select(Conversation.id).where(Conversation.last_at < silent, ~has_case)).all()
        cases = session.scalars(
            select(Case.reference).where(Case.state.in_(FINISHED), Case.updated_at < finished)
        ).all()
        done = len(session.scalars(select(OutboxRow.id).where(_delivered(now))).all())
        ended = len(session.scalars(select(UserSession.id).where(UserSession.ends_at < now)).all())
    return Due(tuple(conversations), tuple(cases), done, ended)


def purge(db: Database, keeping: Keeping, now: datetime, engine_file: Path | None = None) -> Due:
    """Deletes what is due, one case and one conversation after the other; returns what went."""
    found = due(db, keeping, now)
    for reference in found.cases:
        _erased(db, reference, now, engine_file)
    for conversation in found.conversations:
        erase_conversation(db, conversation, now, engine_file)
    with db.session_scope() as session:
        session.execute(delete(OutboxRow).where(_delivered(now)))
        session.execute(delete(UserSession).where(UserSession.ends_at < now))
    return found


def _erased(db: Database, reference: str, now: datetime, engine_file: Path | None) -> None:
    try:
        erase_case(db, reference, now, engine_file)
    except NoSuchCase:
        return  # somebody else erased it meanwhile


def _delivered(now: datetime) -> ColumnElement[bool]:
    return (OutboxRow.state == "done") & (OutboxRow.next_at < now - timedelta(days=OUTBOX_KEPT_DAYS))
