"""Counts the outbox for the metrics. Blocking."""

from datetime import datetime

from sqlalchemy import func, select

from bot.metrics import OutboxCount
from bot.store.engine import Database
from bot.store.tables import OutboxRow


def outbox_counts(db: Database, now: datetime) -> list[OutboxCount]:
    """How many rows of each kind stand in each state, how often they were tried, how long the oldest has been due."""
    oldest = func.min(OutboxRow.next_at)
    query = select(OutboxRow.kind, OutboxRow.state, func.count(), func.sum(OutboxRow.attempts), oldest)
    with db.read_scope() as session:
        rows = session.execute(query.group_by(OutboxRow.kind, OutboxRow.state)).all()
    return [
        OutboxCount(kind, state, count, int(tries or 0), max(0.0, (now - due).total_seconds()))
        for kind, state, count, tries, due in rows
    ]
