"""What the clock remembers of a conversation: the dates it was told and the one it asked for."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.law.clocks import triggers
from bot.law.content import RECEIVED

MOST_FACTS = 24  # more dates than any family's case has; keeps the slot small


@dataclass
class ClockState:
    """Dates by trigger (ISO), which of them are only about right, what was asked for, and what was said last.

    `last` is the trigger of the newest date (a correction changes it), `limit` the limit answered last,
    `tries` how often the awaited date was asked for without an answer, `pending` a day whose event was asked for.
    """

    facts: dict[str, str] = field(default_factory=dict)
    about: list[str] = field(default_factory=list)
    awaiting: str | None = None
    last: str | None = None
    limit: str | None = None
    tries: int = 0
    pending: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe; what is empty is left out."""
        known = {
            "facts": self.facts,
            "about": self.about,
            "awaiting": self.awaiting,
            "last": self.last,
            "limit": self.limit,
            "tries": self.tries,
            "pending": self.pending,
        }
        return {key: value for key, value in known.items() if value}

    @classmethod
    def from_dict(cls, data: Any) -> "ClockState":
        """Reads what `to_dict` wrote; anything else in it is left out."""
        if not isinstance(data, dict):
            return cls()
        told = data.get("facts")
        facts = {name: day for name, day in told.items() if _is_fact(name, day)} if isinstance(told, dict) else {}
        about = data.get("about")
        tries = data.get("tries")
        return cls(
            facts=dict(list(facts.items())[:MOST_FACTS]),
            about=[name for name in about if name in facts] if isinstance(about, list) else [],
            awaiting=_text(data.get("awaiting")),
            last=_text(data.get("last")),
            limit=_text(data.get("limit")),
            tries=tries if isinstance(tries, int) else 0,
            pending=_day(data.get("pending")),
        )

    def dates(self) -> dict[str, date]:
        """The facts as dates, for the clock."""
        return {name: date.fromisoformat(day) for name, day in self.facts.items()}

    def learn(self, trigger: str, day: date, about: bool) -> None:
        """Keeps a date; a newer one for the same event takes its place."""
        self.facts[trigger] = day.isoformat()
        self.about = [name for name in self.about if name != trigger] + ([trigger] if about else [])
        self.last = trigger

    def copy(self) -> "ClockState":
        """A copy that can be changed."""
        return ClockState.from_dict(self.to_dict())


def event_of(name: str) -> str:
    """The event of a fact: `final_plan_received`, the day the letter came, belongs to `final_plan`."""
    return name if name in triggers() else name.removesuffix(RECEIVED)


def _is_fact(name: object, day: object) -> bool:
    return isinstance(name, str) and event_of(name) in triggers() and _day(day) is not None


def _day(value: object) -> str | None:
    try:
        return date.fromisoformat(value).isoformat() if isinstance(value, str) else None
    except ValueError:
        return None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
