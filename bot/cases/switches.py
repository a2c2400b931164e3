"""Switches: parts of the assistant that a manager has switched off, with the reason that parents read. Blocking."""

from datetime import datetime

from sqlalchemy import BindParameter, Function, ScalarSelect, bindparam, func, select

from bot.cases.office_log import add
from bot.store.engine import Database
from bot.store.inbox_tables import Switch

PARTS = {
    "all": "The whole assistant",
    "web": "The chat on the website",
    "telegram": "Telegram",
    "intake": "New cases (dissolution: answers go on, no case is taken)",
}
MOST_CHARS = 300
_ALL = select(Switch.part, Switch.reason)


class SwitchError(ValueError):
    """A switch that cannot be set; the text says why."""


def switch_off(db: Database, part: str, reason: str, actor: str, now: datetime) -> None:
    """Switches a part off, or changes the reason.

    Raises:
        SwitchError: for an unknown part, or without a reason of at most MOST_CHARS characters.
    """
    words = " ".join(reason.split())
    if part not in PARTS:
        raise SwitchError("There is no such part.")
    if not words or len(words) > MOST_CHARS:
        raise SwitchError(f"Give the reason that parents will read, in at most {MOST_CHARS} characters.")
    with db.session_scope() as session:
        row = session.get(Switch, part)
        if row is None:
            session.add(Switch(part=part, reason=words, at=now))
        else:
            row.reason, row.at = words, now
        add(session, actor, "switched_off", {"part": part, "reason": words}, now)


def switch_on(db: Database, part: str, actor: str, now: datetime) -> None:
    """Switches a part on again."""
    with db.session_scope() as session:
        row = session.get(Switch, part)
        if row is not None:
            session.delete(row)
            add(session, actor, "switched_on", {"part": part}, now)


def off(db: Database) -> dict[str, str]:
    """The parts that are off, with their reasons."""
    with db.reading() as connection:
        return dict(connection.execute(_ALL).tuples().all())


def why_off(db: Database, channel: str) -> str | None:
    """Why a channel does not answer; None while it does."""
    with db.reading() as connection:
        return connection.execute(_OFF, {"channel": channel}).scalar()


def reason_off(channel: BindParameter[str]) -> Function[str | None]:
    """Why a channel does not answer, as part of a greater query: a turn asks it together with all else."""
    return func.coalesce(_reason("all"), _reason(channel))


def why_no_cases(db: Database) -> str | None:
    """Why no case is taken; None while cases are."""
    found = off(db)
    return found.get("all") or found.get("intake")


def _reason(part: str | BindParameter[str]) -> ScalarSelect[str]:
    return select(Switch.reason).where(Switch.part == part).scalar_subquery()


_OFF = select(reason_off(bindparam("channel")))
