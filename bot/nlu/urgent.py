"""Rasa component: urgent signals. Runs last and outranks every other intent.

Two looks at the message and its parts: words that always mean danger (knowledge/urgent_signals.yml) and the
classifier's own probability of the `urgent/...` examples. Missing danger is worse than a false alarm.
"""

import re
from functools import lru_cache
from typing import Any

import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.wording import plain
from bot.paths import KNOWLEDGE

# Chosen on the measuring sets (docs/evaluation.md, "Urgent signals").
SURE_OF_WHOLE = 0.25
SURE_OF_PART = 0.93


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class UrgentSignals(GraphComponent):
    """Sets the intent `urgent` and the field `urgent` (the signal's name) where a message tells of danger."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "UrgentSignals":
        """Made by Rasa's graph; there is nothing to learn here."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Marks the messages that tell of danger, a typed payload's text included."""
        for message in messages:
            signal = urgent_signal(message.get(TEXT) or "", message.get("knowledge") or {})
            if signal:
                message.set(INTENT, {"name": "urgent", "confidence": 1.0}, add_to_output=True)
                message.set("urgent", signal, add_to_output=True)
        return messages


def urgent_signal(text: str, knowledge: dict[str, Any]) -> str | None:
    """The name of the signal that a message gives, or None."""
    return signal_by_words(text) or signal_by_likeness(knowledge)


def signal_by_words(text: str) -> str | None:
    """The first signal whose words stand in the text."""
    signals, never = _signals()
    cleaned = never.sub(" ", plain(text).lower())
    return next((name for name, pattern in signals.items() if pattern.search(cleaned)), None)


def signal_by_likeness(knowledge: dict[str, Any]) -> str | None:
    """The signal that the classifier hears in the whole message or in one of its parts."""
    if knowledge.get("groups", {}).get("urgent", 0.0) >= SURE_OF_WHOLE:
        return str(knowledge["signal"])
    return next((str(part["signal"]) for part in knowledge.get("parts", []) if part["urgent"] >= SURE_OF_PART), None)


@lru_cache(maxsize=1)
def _signals() -> tuple[dict[str, re.Pattern[str]], re.Pattern[str]]:
    data = yaml.safe_load((KNOWLEDGE / "urgent_signals.yml").read_text(encoding="utf-8"))
    never = re.compile("|".join(data.pop("never")))
    return {name: re.compile("|".join(signal["any"])) for name, signal in data.items()}, never
