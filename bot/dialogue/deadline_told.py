"""What one message told the clock: its dates as facts, and which of them must be asked about."""

from dataclasses import dataclass, field
from datetime import date

from bot.dialogue.deadline_state import event_of
from bot.law.spoken import SpanMention


@dataclass(frozen=True)
class Fact:
    """One date of a message as the clock takes it; `doubt` (a text's name) means it must be asked for first."""

    trigger: str | None
    day: date | None
    said: str
    doubt: str | None = None
    other: date | None = None
    about: bool = False
    latest: date | None = None
    arrived: bool = False

    @property
    def name(self) -> str:
        """The trigger without the mark of the day a letter came."""
        return event_of(self.trigger or "")


@dataclass
class Told:
    """What one message told: `facts` to keep, `doubtful` to ask about, `loose` with no event."""

    facts: list[Fact] = field(default_factory=list)
    doubtful: list[Fact] = field(default_factory=list)
    loose: list[Fact] = field(default_factory=list)
    span: SpanMention | None = None
    guessed: str | None = None
    correction: bool = False
    hypothetical: bool = False

    @property
    def triggers(self) -> list[str]:
        """The events told, in their order."""
        return [fact.name for fact in self.facts]
