"""`action_reply`: answers every message outside the forms; "send" and "change my number" go back to a case that waits."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.adapter import apology_on_failure, ended, heard, memory, remembered, send, setting
from bot.cases.form import takes_up
from bot.cases.offers import accepted
from bot.dialogue.turn import take_turn

CASE_FORM = "case_form"


class ActionReply(Action):
    """Hears, decides, replies, remembers; a case that waits takes what is said about it, and a yes takes up the offer of a person."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_reply"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """One turn."""
        before = memory(tracker)
        with apology_on_failure(dispatcher, tracker):
            if takes_up(heard(tracker), before) or accepted(heard(tracker), before):
                return ended([SlotSet("awaiting", None)], CASE_FORM)
            found, after = take_turn(heard(tracker), memory(tracker), setting(tracker))
            send(dispatcher, tracker, found)
            return ended(remembered(before, after))
        return ended([])
