"""What the conversation remembers between turns; each field is a Rasa slot of the same name."""

from dataclasses import dataclass, field, fields
from typing import Any

MOST_TOLD = 20


@dataclass
class Memory:
    """The conversation's memory.

    topic: the entry last answered. told: `id@version` of all entries given, oldest first. offered: payloads of the
    choices last offered, in order. misses: failed tries to help in a row. clock, case_draft, letter_draft: the state of
    the statutory clock, the case form and the letter form. awaiting: a yes or no that was asked for.
    """

    topic: str | None = None
    told: list[str] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)
    misses: int = 0
    clock: dict[str, Any] = field(default_factory=dict)
    case_draft: dict[str, Any] = field(default_factory=dict)
    letter_draft: dict[str, Any] = field(default_factory=dict)
    awaiting: str | None = None

    @classmethod
    def from_slots(cls, slots: dict[str, Any]) -> "Memory":
        """Reads the slots; an unset slot is the field's default."""
        return cls(**{f.name: slots[f.name] for f in fields(cls) if slots.get(f.name) is not None})

    def to_slots(self) -> dict[str, Any]:
        """The slots' values; what is empty is None, so that unset slots stay unset."""
        return {f.name: getattr(self, f.name) or None for f in fields(self)}

    def tell(self, entry_id: str, version: str) -> None:
        """Notes that an entry was given, and that it is now the topic."""
        self.topic = entry_id
        mark = f"{entry_id}@{version}"
        self.told = [*(told for told in self.told if told != mark), mark][-MOST_TOLD:]
        self.misses = 0
