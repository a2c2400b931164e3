"""Rasa component: a message that gives dates and asks what follows from them belongs to the statutory clock."""

from datetime import date
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.dialogue.deadline import concerns_dates

# Other things a person may plainly want while naming a date; the clock does not take these.
KEEPS = {"handoff", "out_of_scope", "urgent", "letter", "timeline", "my_data_erase", "my_data_access"}
SURE = 0.8


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ClockSignals(GraphComponent):
    """Sets the intent `deadline` where bot.dialogue.deadline recognises a question for the clock."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "ClockSignals":
        """Made by Rasa's graph; there is nothing to learn here."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Marks the messages that the clock should answer."""
        for message in messages:
            if message.get("knowledge") and self._concerns_dates(message):
                message.set(INTENT, {"name": "deadline", "confidence": 1.0}, add_to_output=True)
        return messages

    def _concerns_dates(self, message: Message) -> bool:
        intent = message.get(INTENT) or {}
        if intent.get("name") in KEEPS and intent.get("confidence", 0.0) >= SURE:
            return False
        # Which words are dates does not depend on the day; only what they mean does.
        return concerns_dates(message.get(TEXT), date.today())
