"""The case form's state between two messages: what was agreed to, asked, answered and guessed. JSON-safe."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bot.cases.fields import Field, fields

PHASES = frozenset("consent confirm ask elsewhere review again code add withdraw sent".split())
CONTACTS = ("email", "phone", "chat")
MOST_TRAIL = 40


@dataclass
class Draft:
    """One draft.

    phase: what the next message is about (PHASES), "" before the form begins. key: makes one submission of this draft
    one case. values and basis (said, confirmed, calculated): by field. guesses: facts heard before, not yet confirmed.
    skipped: fields the parent would not answer. trail: fields asked, oldest first. asked, tries: the field asked now
    and how often it failed. changing: the answer leads back to the review. pending: a date whose event was asked for.
    event: what a doubtful date belongs to, while its day is asked for anew.
    about: dates that are only about right. topic: the answer last given before the form began. asides: questions answered in a row. safeguarding: the urgent signal heard, if any. refused: guesses the parent
    said no to. warned: the required field the parent was told matters. outside: goes on though the postcode says no.
    act, reference, code, back: for coming back to a sent case, and the phase to return to after it.
    """

    phase: str = ""
    key: str = ""
    asked: str | None = None
    tries: int = 0
    values: dict[str, Any] = field(default_factory=dict)
    basis: dict[str, str] = field(default_factory=dict)
    guesses: dict[str, Any] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    trail: list[str] = field(default_factory=list)
    changing: bool = False
    pending: str | None = None
    event: str | None = None
    about: list[str] = field(default_factory=list)
    topic: str | None = None
    asides: int = 0
    safeguarding: str | None = None
    consent_version: str | None = None
    consent_at: str | None = None
    outside: bool = False
    refused: list[str] = field(default_factory=list)
    warned: str | None = None
    back: str | None = None
    act: str | None = None
    reference: str | None = None
    code: str | None = None
    paused: bool = False

    @classmethod
    def from_dict(cls, data: Any) -> "Draft":
        """Reads what `to_dict` wrote; what has another shape is left out."""
        if not isinstance(data, dict) or data.get("phase") not in PHASES:
            return cls()
        blank = cls()
        known = {name: data[name] for name in vars(blank) if name in data and _fits(getattr(blank, name), data[name])}
        return replace(blank, **known)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe; what is empty is left out."""
        return {name: value for name, value in asdict(self).items() if value} if self.phase else {}

    def put(self, values: dict[str, Any], basis: str) -> None:
        """Keeps answers; dates are added to those known, all else takes the place of what was there."""
        for name, value in values.items():
            if name == "dates":
                value = {**self.values.get("dates", {}), **value}
            if name == "child" and basis == "said":
                value = _child(self.values.get("child"), value)
            self.values[name] = value
            self.basis[name] = basis
            self.guesses.pop(name, None)
            if name in self.skipped:
                self.skipped.remove(name)

    def drop(self, name: str) -> None:
        """Forgets an answer."""
        self.values.pop(name, None)
        self.basis.pop(name, None)

    def has(self, name: str) -> bool:
        """Whether a field is answered; how to reach the parent is, once one way is known."""
        if name == "contact":
            return any(way in self.values for way in CONTACTS)
        return name in self.values

    def open_fields(self) -> Iterable[Field]:
        """The fields still to be asked, in order."""
        return (one for one in fields().values() if one.asked and not self.has(one.id) and one.id not in self.skipped)

    @property
    def field(self) -> Field | None:
        """The field asked now."""
        return fields().get(self.asked or "")


def _child(known: Any, new: Any) -> Any:
    """A school year told after an age joins it, unless they cannot both be right."""
    if not isinstance(known, dict) or not isinstance(new, dict):
        return new
    both = {**known, **new}
    if "year" in both and "age" in both and not both["year"] + 3 <= both["age"] <= both["year"] + 7:
        return new
    return both


def _fits(blank: Any, value: Any) -> bool:
    if blank is None:
        return value is None or isinstance(value, str)
    return isinstance(value, type(blank)) and not (
        isinstance(blank, int) and isinstance(value, bool) is not isinstance(blank, bool)
    )
