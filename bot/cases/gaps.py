"""What parents asked and how it went, in counts only, and what content is due for review. Blocking, but for `due_for_review`."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from sqlalchemy import func, select

from bot.knowledge.entries import entries
from bot.knowledge.review import Due, all_due, falling_due
from bot.law.content import limits
from bot.limits import SUPPRESS_BELOW
from bot.outcomes import Outcome
from bot.store import learning
from bot.store.engine import Database
from bot.store.tables import Turn

DAYS = 30
SOON_DAYS = 60
GROUPS = 15
FEW = 5


@dataclass(frozen=True)
class Asked:
    """The last DAYS days: replies by outcome; answers given most."""

    outcomes: tuple[tuple[str, int], ...]
    answered: tuple[tuple[str, int], ...]


def asked(db: Database, now: datetime, threshold: int = SUPPRESS_BELOW) -> Asked:
    """Counts; those below the threshold are left out."""
    since = now - timedelta(days=DAYS)
    with db.read_scope() as session:
        recent = (Turn.author == "assistant", Turn.at >= since)
        outcomes = (
            session.execute(select(Turn.outcome, func.count()).where(*recent).group_by(Turn.outcome)).tuples().all()
        )
        given = Counter[str]()
        for told in session.scalars(select(Turn.entries).where(*recent, Turn.outcome == Outcome.ANSWERED.value)):
            given.update(str(one).partition("@")[0] for one in told)
    return Asked(
        tuple(sorted(((str(name), count) for name, count in outcomes if count >= threshold), key=lambda one: -one[1])),
        _most(given, threshold),
    )


def near(db: Database, today: date) -> list[tuple[str, int, list[str]]]:
    """Questions without a sure answer, by the answer nearest to them: its title, how many, the newest few, all masked."""
    known = entries()
    found = learning.gaps(db, today - timedelta(days=DAYS))
    return [
        (known[key].title if key in known else "Near nothing", len(kept), [gap.text for gap in kept[:FEW]])
        for key, kept in list(found.items())[:GROUPS]
    ]


def least_useful(db: Database, today: date) -> list[tuple[str, int, int]]:
    """Answers by title with how often they were useful and not, least useful first."""
    known = entries()
    told = learning.feedback(db, today - timedelta(days=DAYS))
    return [(known[one.entry].title if one.entry in known else one.entry, one.yes, one.no) for one in told[:GROUPS]]


@lru_cache(maxsize=2)  # it reads many files, and changes once a day
def due_for_review(today: date) -> tuple[Due, ...]:
    """Whatever of knowledge/ has to be looked at again within SOON_DAYS, or should have been; the earliest first."""
    return tuple(falling_due(all_due(entries().values(), limits().values()), today + timedelta(days=SOON_DAYS)))


def _most(counter: Counter[str], threshold: int) -> tuple[tuple[str, int], ...]:
    known = entries()
    return tuple((known[key].title if key in known else key, n) for key, n in counter.most_common(15) if n >= threshold)
