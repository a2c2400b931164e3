"""Rasa component: urgent signals. Runs last and outranks every other intent.

Two looks at the message and its parts: words that always mean danger (knowledge/urgent_signals.yml) and the
classifier's own probability of the `urgent/...` examples. Missing danger is worse than a false alarm.
"""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.knowledge.signals import signal_by_words

# Chosen on the measuring sets (docs/evaluation.md, "Urgent signals"): above SURE the signposts alone; between MAYBE and
# SURE the signposts first and the answer after them, so that neither a danger nor a question is passed over.
SURE_OF_WHOLE = 0.75
SURE_OF_PART = 0.97
MAYBE_WHOLE = 0.1
MAYBE_PART = 0.80


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class UrgentSignals(GraphComponent):
    """Sets the intent `urgent` and the field `urgent` (the signal's name) where a message tells of danger; where it may, `caution`."""

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
            knowledge = message.get("knowledge") or {}
            signal = urgent_signal(message.get(TEXT) or "", knowledge)
            caution = None if signal else signal_by_likeness(knowledge, MAYBE_WHOLE, MAYBE_PART)
            if signal:
                message.set(INTENT, {"name": "urgent", "confidence": 1.0}, add_to_output=True)
                message.set("urgent", signal, add_to_output=True)
            elif caution:
                message.set(INTENT, _otherwise(message), add_to_output=True)
                message.set("caution", caution, add_to_output=True)
        return messages


def _otherwise(message: Message) -> dict[str, Any]:
    """The likeliest intent that is not danger."""
    ranking: list[dict[str, Any]] = message.get(INTENT_RANKING_KEY) or []
    return next((intent for intent in ranking if intent["name"] != "urgent"), {"name": "ask", "confidence": 0.0})


def urgent_signal(text: str, knowledge: dict[str, Any]) -> str | None:
    """The name of the signal that a message gives, or None."""
    return signal_by_words(text) or signal_by_likeness(knowledge, SURE_OF_WHOLE, SURE_OF_PART)


def signal_by_likeness(knowledge: dict[str, Any], whole: float, part: float) -> str | None:
    """The signal that the classifier hears with at least these probabilities in the whole message or in one of its parts."""
    if knowledge.get("groups", {}).get("urgent", 0.0) >= whole:
        return str(knowledge["signal"])
    return next((str(found["signal"]) for found in knowledge.get("parts", []) if found["urgent"] >= part), None)
