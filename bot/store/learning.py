"""What the office learns from: questions without a sure answer, and whether answers were useful.

Neither is tied to a conversation, and both carry a day, not a moment. Blocking; the gateway calls it from a thread.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, func, select

from bot.store.engine import Database
from bot.store.tables import Feedback, Gap, new_id


@dataclass(frozen=True)
class KeptGap:
    """One question as it is kept: why, the entry nearest to it, its text without personal details."""

    day: date
    channel: str
    reason: str
    nearest: str | None
    text: str


@dataclass(frozen=True)
class Useful:
    """How often one version of an entry was useful and not."""

    entry: str
    version: str
    yes: int
    no: int


def keep_gap(db: Database, gap: KeptGap) -> None:
    """Keeps one question, its text sealed."""
    row = Gap(id=new_id(), day=gap.day, channel=gap.channel, reason=gap.reason, nearest=gap.nearest)
    row.sealed_text = db.vault.seal("gaps", "text", row.id, gap.text)
    with db.session_scope() as session:
        session.add(row)


def gaps(db: Database, since: date) -> dict[str | None, list[KeptGap]]:
    """The questions since a day by the entry nearest to them; the largest group first, newest first in each."""
    with db.read_scope() as session:
        rows = session.scalars(select(Gap).where(Gap.day >= since).order_by(Gap.day.desc(), Gap.id)).all()
    found: dict[str | None, list[KeptGap]] = defaultdict(list)
    for row in rows:
        text = db.vault.unseal("gaps", "text", row.id, row.sealed_text)
        found[row.nearest].append(KeptGap(row.day, row.channel, row.reason, row.nearest, text))
    return dict(sorted(found.items(), key=lambda group: (-len(group[1]), group[0] or "")))


def forget_gaps(db: Database, before: date) -> None:
    """Deletes the questions kept before a day."""
    with db.session_scope() as session:
        session.execute(delete(Gap).where(Gap.day < before))


def keep_feedback(db: Database, entry: str, version: str, useful: bool, day: date, channel: str) -> None:
    """Keeps one "was this useful?"."""
    with db.session_scope() as session:
        session.add(Feedback(id=new_id(), entry=entry, version=version, useful=useful, day=day, channel=channel))


def feedback(db: Database, since: date) -> list[Useful]:
    """The counts for each version of each entry since a day, least useful first."""
    counted = select(Feedback.entry, Feedback.version, Feedback.useful, func.count()).where(Feedback.day >= since)
    with db.read_scope() as session:
        rows = session.execute(counted.group_by(Feedback.entry, Feedback.version, Feedback.useful)).all()
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for entry, version, useful, count in rows:
        counts[entry, version][0 if useful else 1] += count
    found = [Useful(entry, version, yes, no) for (entry, version), (yes, no) in counts.items()]
    return sorted(found, key=lambda one: (one.yes - one.no, one.entry, one.version))
