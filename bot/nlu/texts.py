"""The texts of a message that are understood: the whole, its parts, and it behind what was typed before."""

from dataclasses import dataclass
from typing import Any

from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.splitting import parts
from bot.nlu.wording import plain

FOLLOW_UP_WORDS = 14  # a longer message carries its own topic


@dataclass(frozen=True)
class Texts:
    """A message's texts in plain spelling; `context` only for a short message after another."""

    whole: str
    parts: tuple[str, ...]
    context: str | None


def texts_of(message: Message) -> Texts:
    """The texts of one message."""
    whole = plain(message.get(TEXT))
    return Texts(whole, tuple(parts(whole)), in_context(whole, message.get("metadata") or {}))


def in_context(text: str, metadata: dict[str, Any]) -> str | None:
    """A short message behind what was typed before; None when it is long enough to carry its own topic."""
    previous = plain(str(metadata.get("previous") or ""))
    return f"{previous} {text}" if previous and len(text.split()) <= FOLLOW_UP_WORDS else None
