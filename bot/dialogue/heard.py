"""What was heard: one message as understanding left it, in typed form."""

from dataclasses import dataclass, field
from typing import Any

BLANK = "\u2026"  # stands for a message without words: Rasa gives no reply at all to blank text


@dataclass(frozen=True)
class Part:
    """One part of a longer message, with its own best label and entries."""

    text: str
    label: str
    p: float
    ask: float
    entries: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Heard:
    """One message: its text, the intent, the likeliest entries, its parts, entities, and what a button carried."""

    text: str
    intent: str
    label: str
    confidence: float
    groups: dict[str, float] = field(default_factory=dict)
    entries: tuple[tuple[str, float], ...] = ()
    parts: tuple[Part, ...] = ()
    context: tuple[tuple[str, float], ...] = ()
    passages: dict[str, tuple[tuple[str, float], ...]] = field(default_factory=dict)
    entities: tuple[tuple[str, str], ...] = ()
    urgent: str | None = None
    caution: str | None = None  # a signal that may be meant: its signposts come first, the answer after
    payload: dict[str, str] = field(default_factory=dict)
    pressed: bool = False

    @property
    def kind(self) -> str:
        """The part of the label after the slash, such as `greet` of `chitchat/greet`."""
        return self.label.split("/", 1)[1] if "/" in self.label else ""

    def entity(self, label: str) -> list[str]:
        """The texts of all entities with this label, in order."""
        return [text for found, text in self.entities if found == label]


def heard_from(message: dict[str, Any]) -> Heard:
    """Reads Rasa's `latest_message`; a payload's entities become `payload`."""
    knowledge = message.get("knowledge") or {}
    intent = message.get("intent") or {}
    name = str(intent.get("name") or "")
    written = str(message.get("text") or "")
    written = "" if written == BLANK else written
    pressed = written.startswith("/")
    found = message.get("entities") or []
    return Heard(
        text=str((message.get("metadata") or {}).get("label") or "") if pressed else written,
        intent=name,
        label=knowledge.get("label") or name,
        confidence=float(intent.get("confidence") or 0.0),
        groups=knowledge.get("groups") or {},
        entries=_pairs(knowledge.get("entries")),
        parts=tuple(_part(part) for part in knowledge.get("parts") or []),
        context=_pairs(knowledge.get("context")),
        passages={entry_id: _pairs(pairs) for entry_id, pairs in (knowledge.get("passages") or {}).items()},
        entities=() if pressed else tuple((str(e["entity"]), str(e["value"])) for e in found),
        urgent=message.get("urgent"),
        caution=message.get("caution"),
        payload={str(e["entity"]): str(e["value"]) for e in found} if pressed else {},
        pressed=pressed,
    )


def _part(part: dict[str, Any]) -> Part:
    return Part(part["text"], part["label"], part["p"], part["ask"], _pairs(part["entries"]))


def _pairs(pairs: Any) -> tuple[tuple[str, float], ...]:
    return tuple((str(entry_id), float(p)) for entry_id, p in pairs or [])
