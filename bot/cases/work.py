"""Work on a case: each deed is one transaction with its event; nobody's work is overwritten. Blocking.

A caller says which version of the case it saw. If somebody changed the case meanwhile, nothing is done and `Stale` is
raised. Notes and tags only add, so they ask for no version.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.cases import states
from bot.cases.visits import append_event
from bot.knowledge.yaml_lines import read
from bot.paths import KNOWLEDGE
from bot.store.engine import Database
from bot.store.inbox_tables import CaseNote, CaseTag
from bot.store.tables import Case, CaseAddition, CaseEvent, User, new_id


class NoSuchCase(LookupError):
    """There is no case with this reference."""


class Stale(Exception):
    """Somebody changed the case after this page was opened."""


class NotPossible(ValueError):
    """A deed that cannot be done; the text says why and how to mend it."""


@dataclass(frozen=True)
class Doer:
    """Who does it, when, and which version of the case they saw (None: they only add)."""

    user_id: str
    now: datetime
    version: int | None = None


@cache
def tags() -> dict[str, str]:
    """The controlled list of tags: title by id."""
    return {tag["id"]: tag["title"] for tag in read(KNOWLEDGE / "case" / "tags.yml").data["tags"]}


@contextmanager
def opened(db: Database, reference: str, doer: Doer) -> Iterator[tuple[Session, Case]]:
    """A case held for one deed.

    Raises:
        NoSuchCase: when there is none.
        Stale: when the case has changed since the version that the doer saw.
    """
    with db.session_scope() as session:
        case = session.scalar(select(Case).where(Case.reference == reference).with_for_update())
        if case is None:
            raise NoSuchCase(reference)
        if doer.version is not None and case.version != doer.version:
            raise Stale
        yield session, case


def move(db: Database, reference: str, doer: Doer, to: str) -> None:
    """Moves a case to another open state.

    Raises:
        bot.cases.states.IllegalMove: when the table does not hold the move.
    """
    with opened(db, reference, doer) as (session, case):
        if to in states.BY_OTHER_WAYS:
            raise states.IllegalMove(f"'{to}' is not reached by a plain move.")
        _move(session, case, doer, to)


def finish(db: Database, reference: str, doer: Doer, to: str, outcome: str) -> None:
    """Ends a case as resolved, closed or misdirected, with an outcome of bot.cases.states.OUTCOMES."""
    if to not in ("resolved", "closed", "misdirected"):
        raise states.IllegalMove(f"'{to}' is no way to finish a case.")
    if outcome not in states.OUTCOMES:
        raise NotPossible("Choose an outcome.")
    with opened(db, reference, doer) as (session, case):
        _move(session, case, doer, to, outcome=outcome)
        case.outcome, case.closed_at = outcome, doer.now


def reopen(db: Database, reference: str, doer: Doer) -> None:
    """Takes up a finished case again; a merged one is parted from the other."""
    with opened(db, reference, doer) as (session, case):
        if states.STATES[case.state].open:
            raise NotPossible("This case is open.")
        parted = {"from_case": case.merged_into} if case.merged_into else {}
        _move(session, case, doer, "in_progress", **parted)
        case.outcome = case.closed_at = case.merged_into = None


def merge(db: Database, reference: str, doer: Doer, into: str) -> None:
    """Joins a case to another one, which stays. Undone by `reopen`.

    Raises:
        NotPossible: when the other case is not there, is this one, or is itself merged or erased.
    """
    with opened(db, reference, doer) as (session, case):
        other = session.scalar(select(Case).where(Case.reference == into.strip().upper()))
        if other is None or other.id == case.id or other.state in ("merged", "erased"):
            raise NotPossible("Give the reference of another case that is not merged itself.")
        _move(session, case, doer, "merged", into=other.reference)
        case.merged_into, case.closed_at = other.reference, doer.now
        append_event(session, other.id, doer.now, doer.user_id, "merged_here", {"reference": case.reference})


def assign(db: Database, reference: str, doer: Doer, user_id: str | None) -> None:
    """Gives a case to a member of the office, or to nobody."""
    with opened(db, reference, doer) as (session, case):
        if user_id is not None and not _may_work(session.get(User, user_id)):
            raise NotPossible("Choose a caseworker or manager who can log in.")
        if case.assigned_to == user_id:
            return
        data = {"from": case.assigned_to, "to": user_id}
        append_event(session, case.id, doer.now, doer.user_id, "assigned", data)
        case.assigned_to, case.updated_at = user_id, doer.now
        if user_id is not None and case.state == "new":
            _move(session, case, doer, "acknowledged")


def follow_up(db: Database, reference: str, doer: Doer, day: date | None) -> None:
    """Sets the day on which the office wants to look at the case again; None takes it away."""
    with opened(db, reference, doer) as (session, case):
        before = case.follow_up_on.isoformat() if case.follow_up_on else None
        after = day.isoformat() if day else None
        if before != after:
            append_event(session, case.id, doer.now, doer.user_id, "follow_up", {"from": before, "to": after})
            case.follow_up_on, case.updated_at = day, doer.now


def set_tags(db: Database, reference: str, doer: Doer, wanted: set[str]) -> None:
    """Puts exactly these tags on a case."""
    if not wanted <= set(tags()):
        raise NotPossible("Choose tags from the list.")
    with opened(db, reference, doer) as (session, case):
        rows = {row.tag: row for row in session.scalars(select(CaseTag).where(CaseTag.case_id == case.id))}
        added, removed = sorted(wanted - set(rows)), sorted(set(rows) - wanted)
        for tag in removed:
            session.delete(rows[tag])
        session.add_all(CaseTag(case_id=case.id, tag=tag) for tag in added)
        if added or removed:
            append_event(session, case.id, doer.now, doer.user_id, "tagged", {"added": added, "removed": removed})


def note(db: Database, reference: str, doer: Doer, text: str) -> None:
    """Adds a note; it is never sent."""
    if not text.strip():
        raise NotPossible("Write the note first.")
    with opened(db, reference, doer) as (session, case):
        row = CaseNote(id=new_id(), case_id=case.id, at=doer.now, author=doer.user_id)
        row.sealed_text = db.vault.seal("case_notes", "text", row.id, text.strip())
        session.add(row)
        append_event(session, case.id, doer.now, doer.user_id, "noted", {"note": row.id})


def record(db: Database, reference: str, doer: Doer, kind: str, data: dict[str, Any] | None = None) -> None:
    """Adds an event alone: what was looked at or taken out. `data` holds no personal detail."""
    with opened(db, reference, doer) as (session, case):
        append_event(session, case.id, doer.now, doer.user_id, kind, data or {})


def parent_wrote(db: Database, conversation_id: str, message_id: str, text: str, now: datetime) -> None:
    """Keeps a message that a parent wrote while the office has the conversation; opens a finished case again."""
    with db.session_scope() as session:
        found = select(Case).where(Case.conversation_id == conversation_id, Case.state.not_in(("withdrawn", "erased")))
        case = session.scalar(found.order_by(Case.created_at.desc()).limit(1).with_for_update())
        if case is None or _kept_before(session, case.id, message_id):
            return
        row = CaseAddition(id=new_id(), case_id=case.id, at=now)
        row.sealed_text = db.vault.seal("case_additions", "text", row.id, text)
        session.add(row)
        append_event(session, case.id, now, "parent", "wrote", {"addition": row.id, "message": message_id})
        case.updated_at = now
        to = states.when_the_parent_writes(case.state)
        if to != case.state:
            case.outcome = case.closed_at = None
            _move(session, case, Doer("parent", now), to)


def _kept_before(session: Session, case_id: str, message_id: str) -> bool:
    """Whether this message was kept already: channels send a message again when they are unsure."""
    wrote = session.scalars(select(CaseEvent.data).where(CaseEvent.case_id == case_id, CaseEvent.kind == "wrote"))
    return any(data.get("message") == message_id for data in wrote)


def _move(session: Session, case: Case, doer: Doer, to: str, **more: str | None) -> None:
    states.check_move(case.state, to)
    append_event(session, case.id, doer.now, doer.user_id, "moved", {"from": case.state, "to": to, **more})
    case.state, case.updated_at = to, doer.now


def _may_work(user: User | None) -> bool:
    return user is not None and not user.disabled and user.role in ("caseworker", "manager")
