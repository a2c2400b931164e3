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
from bot.knowledge.entries import entries

# Other things a person may plainly want while naming a date; the clock does not take these.
KEEPS = {"handoff", "out_of_scope", "urgent", "letter", "timeline", "my_data_erase", "my_data_access"}
SURE = 0.8
CLEAR_TOPIC = 0.6
# Entries that answer which date counts; the clock can only count from one.
ASKS_WHICH_DATE = {"which-letter-counts", "mediation-certificate"}


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
            if message.get("knowledge") and _for_the_clock(message):
                message.set(INTENT, {"name": "deadline", "confidence": 1.0}, add_to_output=True)
        return messages


def _for_the_clock(message: Message) -> bool:
    """Whether dates are asked about, and nothing else is plainly meant."""
    intent = message.get(INTENT) or {}
    if intent.get("name") in KEEPS and intent.get("confidence", 0.0) >= SURE:
        return False
    return not _plainly_another_topic(message.get("knowledge")) and concerns_dates(message.get(TEXT), _today(message))


def _plainly_another_topic(knowledge: dict[str, Any]) -> bool:
    """Whether the likeliest entry is clear and is one that the clock cannot add to (it names no deadline tool)."""
    ranking = knowledge.get("entries") or []
    if not ranking or ranking[0][1] < CLEAR_TOPIC:
        return False
    entry = entries().get(ranking[0][0])
    return entry is not None and ("deadline" not in entry.tools or entry.id in ASKS_WHICH_DATE)


def _today(message: Message) -> date:
    """The day that a scenario sets; otherwise the real one."""
    given = (message.get("metadata") or {}).get("today")
    return date.fromisoformat(given) if given else date.today()
