"""`action_reply`: answers every message outside the forms."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.adapter import apology_on_failure, heard, memory, remembered, send, setting
from bot.dialogue.turn import take_turn


class ActionReply(Action):
    """Hears, decides, replies, remembers."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_reply"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """One turn."""
        before = memory(tracker)
        with apology_on_failure(dispatcher, tracker):
            found, after = take_turn(heard(tracker), memory(tracker), setting(tracker))
            send(dispatcher, tracker, found)
            return remembered(before, after)
        return []
