"""The letter form's state between two messages: which letter, what was asked, answered and skipped. JSON-safe."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

PHASES = frozenset({"choose", "ask", "shown"})
MOST_TRAIL = 40


@dataclass
class Draft:
    """One letter under way.

    phase: what the next message is about (PHASES), "" before the form begins. values: by fact id, as `fill` takes them;
    a fact known for one letter serves the next. skipped: facts left blank in this letter. trail: facts answered, oldest
    first. asked, tries: the fact asked now and how often it failed. pending: a day that a yes makes the answer.
    changing: the answer leads back to the finished letter. misses: messages in a row that meant nothing here.
    paused: the form was closed; the letter can be taken up again.
    """

    phase: str = ""
    letter: str | None = None
    asked: str | None = None
    tries: int = 0
    pending: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    trail: list[str] = field(default_factory=list)
    changing: bool = False
    misses: int = 0
    paused: bool = False

    @classmethod
    def from_dict(cls, data: Any) -> "Draft":
        """Reads what `to_dict` wrote; what has another shape is left out."""
        if not isinstance(data, dict) or not isinstance(data.get("phase"), str) or data["phase"] not in PHASES:
            return cls()
        blank = cls()
        known = {name: data[name] for name in vars(blank) if name in data and _fits(getattr(blank, name), data[name])}
        found = replace(blank, **known)
        found.values = {str(name): value for name, value in found.values.items() if isinstance(value, str)}
        return found

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe; what is empty is left out."""
        return {name: value for name, value in asdict(self).items() if value} if self.phase else {}

    def begin(self, letter: str) -> None:
        """Turns to a letter; what is known stays."""
        self.letter, self.phase, self.asked = letter, "ask", None
        self.tries, self.misses, self.pending, self.changing = 0, 0, None, False
        self.skipped, self.trail = [], []

    def put(self, fact: str, value: str) -> None:
        """Keeps an answer."""
        self.values[fact] = value
        self.skipped = [name for name in self.skipped if name != fact]
        self.trail = [*(name for name in self.trail if name != fact), fact][-MOST_TRAIL:]
        self.tries, self.pending = 0, None

    def leave(self, fact: str) -> None:
        """Leaves a fact blank."""
        self.values.pop(fact, None)
        self.skipped = [*(name for name in self.skipped if name != fact), fact]
        self.trail = [*(name for name in self.trail if name != fact), fact][-MOST_TRAIL:]
        self.tries, self.pending = 0, None


def _fits(blank: Any, value: Any) -> bool:
    if blank is None:
        return value is None or isinstance(value, str)
    if isinstance(blank, list):
        return isinstance(value, list) and all(isinstance(name, str) for name in value)
    return type(value) is type(blank)
