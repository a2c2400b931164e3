"""`letter_form`: runs the whole letter form, one call for each message. Nothing is stored but the conversation's own slot."""

from functools import cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.adapter import apology_on_failure, ended, heard, memory, office, remembered, send, setting
from bot.dialogue.memory import Memory
from bot.dialogue.turn import take_turn
from bot.knowledge.yaml_lines import read
from bot.law.calendar import calendar
from bot.letters.form import LetterSetting, LetterStep, step
from bot.paths import KNOWLEDGE

NAME = "letter_form"


class LetterForm(Action):
    """Hears, asks for what is missing, shows the letter."""

    def name(self) -> str:
        """The form's name in the domain, so that this runs in its place."""
        return NAME

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """One message of the form."""
        before = memory(tracker)
        with apology_on_failure(dispatcher, tracker):
            made = step(heard(tracker), memory(tracker), _setting(tracker))
            return _events(dispatcher, tracker, made, before)
        return ended([ActiveLoop(NAME)])


def _events(dispatcher: CollectingDispatcher, tracker: Tracker, made: LetterStep, before: Memory) -> list[EventType]:
    if made.reply["blocks"]:
        send(dispatcher, tracker, made.reply)
    events = [*remembered(before, made.memory), ActiveLoop(NAME if made.active else None)]
    return ended(events, made.hand_to)


def _setting(tracker: Tracker) -> LetterSetting:
    turn = setting(tracker)
    return LetterSetting(
        today=turn.today,
        calendar=calendar(),
        aside=lambda said, known: take_turn(said, known, turn),
        known=turn.known,
        office=_office(),
    )


@cache
def _office() -> dict[str, str]:
    """The lines of knowledge/office.yml; telephone and e-mail as the installation sets them."""
    told = office()
    return {**read(KNOWLEDGE / "office.yml").data, "phone": told.phone, "email": told.email}
