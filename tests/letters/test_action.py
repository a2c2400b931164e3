"""The Rasa action around the letter form: slots and loop as Rasa wants them, faults told to the parent."""

import asyncio
import json
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import letter_form
from actions.letter_form import LetterForm
from bot.channels.render import plain


class Rasa:
    """Stands for the engine: keeps slots and loop between calls of the action."""

    def __init__(self) -> None:
        self.slots: dict[str, Any] = {}
        self.loop: str | None = None
        self.follow_up: str | None = None

    def hear(self, said: str, intent: str = "ask", label: str = "", payload: dict[str, str] | None = None) -> str:
        """One message; returns all that the parent reads."""
        entities = [{"entity": name, "value": value} for name, value in (payload or {}).items()]
        sure = 1.0 if said.startswith("/") else 0.9
        message = {
            "text": said,
            "intent": {"name": said[1:] if said.startswith("/") else intent, "confidence": sure},
            "entities": entities,
            "knowledge": {"label": label or intent},
            "metadata": {"today": "2026-11-23", "channel": "web"},
        }
        tracker = Tracker("c" * 32, dict(self.slots), message, [], False, None, {"name": self.loop}, None)
        dispatcher = CollectingDispatcher()
        for made in asyncio.run(LetterForm().run(dispatcher, tracker, {})):
            self._take(json.loads(json.dumps(made)))
        return "\n".join(plain(sent["custom"]["blocks"]) for sent in dispatcher.messages)

    def _take(self, made: dict[str, Any]) -> None:
        if made["event"] == "slot":
            self.slots[made["name"]] = made["value"]
        elif made["event"] == "active_loop":
            self.loop = made["name"]
        elif made["event"] == "followup":
            self.follow_up = made["name"]


def test_a_letter_from_the_first_word_to_the_last() -> None:
    rasa = Rasa()
    assert "What is your child's name?" in rasa.hear("write to chase the six weeks", "letter", "letter/chase-six-weeks")
    assert rasa.loop == "letter_form" and rasa.slots["letter_draft"]["letter"] == "chase-six-weeks"
    rasa.hear("Sam Test")
    rasa.hear("1 september 2026", "deadline")
    rasa.hear("/skip")
    read = rasa.hear("Test Parent")
    assert "13 October 2026" in read and "5 weeks and 6 days late" in read and "Sam Test" in read
    assert "Tameside Council" in rasa.hear("change the council to Tameside Council")
    rasa.hear("/letter", payload={"letter": "done"})
    assert rasa.loop is None and rasa.slots["letter_draft"] is None


def test_a_question_in_the_middle_is_answered_by_the_entries() -> None:
    rasa = Rasa()
    rasa.hear("letter please", "letter", "letter/section-19")
    read = rasa.hear("are you a robot?", "chitchat", "chitchat/are_you_human")
    assert "What is your child's name?" in read and rasa.loop == "letter_form"


def test_the_office_takes_the_message_over() -> None:
    rasa = Rasa()
    rasa.hear("letter please", "letter", "letter/section-19")
    assert rasa.hear("/handoff") == ""
    assert rasa.loop is None and rasa.follow_up == "case_form"


def test_a_fault_is_an_apology_and_the_letter_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    rasa = Rasa()
    rasa.hear("letter please", "letter", "letter/section-19")

    def broken(*_: Any) -> None:
        raise RuntimeError("Sam Test")

    monkeypatch.setattr(letter_form, "step", broken)
    assert "something went wrong" in rasa.hear("Sam Test") and rasa.loop == "letter_form"
