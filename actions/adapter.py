"""Between Rasa's tracker and the bot package: what was heard, what is remembered, where we are; and back."""

import logging
import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import fields
from datetime import date
from functools import cache
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.blocks import Reply, text
from bot.channels.render import plain
from bot.dialogue.heard import Heard, heard_from
from bot.dialogue.memory import Memory
from bot.dialogue.turn import Setting
from bot.knowledge.entries import entries
from bot.knowledge.words import say
from bot.limits import CONVERSATION_DAYS
from bot.outcomes import Outcome
from bot.settings import Office, days_from, office_told

logger = logging.getLogger(__name__)

# Channels for people at a terminal or a test client, who see plain text.
PLAIN_CHANNELS = {"cmdline", "rest", "callback"}


def heard(tracker: Tracker) -> Heard:
    """The latest message."""
    return heard_from(tracker.latest_message)


def memory(tracker: Tracker) -> Memory:
    """What the conversation remembers."""
    return Memory.from_slots({f.name: tracker.slots.get(f.name) for f in fields(Memory)})


def setting(tracker: Tracker) -> Setting:
    """The day and the office; a scenario or `bot ask --today` may set the day, the office never does for the public."""
    told = office()
    return Setting(today(tracker), entries(), told.phone, told.email, _kept_days())


def today(tracker: Tracker) -> date:
    """The day of the turn."""
    given = metadata(tracker).get("today")
    return date.fromisoformat(given) if given else date.today()


def metadata(tracker: Tracker) -> dict[str, Any]:
    """What the office said of the message: channel, message id."""
    return tracker.latest_message.get("metadata") or {}


def send(dispatcher: CollectingDispatcher, tracker: Tracker, found: Reply) -> None:
    """Dispatches the reply as blocks; as plain text too where a terminal reads it."""
    if tracker.get_latest_input_channel() in PLAIN_CHANNELS:
        dispatcher.utter_message(text=plain(found["blocks"]))
    else:
        dispatcher.utter_message(json_message=found)


def remembered(before: Memory, after: Memory) -> list[EventType]:
    """Slot events for what changed, and nothing else: every event is replayed on every later turn."""
    old, new = before.to_slots(), after.to_slots()
    return [SlotSet(name, deepcopy(value)) for name, value in new.items() if value != old[name]]


def ended(events: list[EventType], hand_to: str | None = None) -> list[EventType]:
    """The events with what comes next: another action, or the parent's next message. Rasa need not work that out."""
    return [*events, FollowupAction(hand_to or "action_listen")]


@contextmanager
def apology_on_failure(dispatcher: CollectingDispatcher, tracker: Tracker) -> Iterator[None]:
    """Whatever goes wrong inside, the parent gets an apology and a telephone number, and the log no personal detail."""
    try:
        yield
    except Exception as error:
        logger.error("A turn failed: %s at %s", type(error).__name__, _place(error))
        words = say("dialogue", "failed", phone=office().phone)
        found: Reply = {"blocks": [text(words)], "outcome": str(Outcome.FAILED), "entries": [], "confidence": None}
        send(dispatcher, tracker, found)


def _place(error: Exception) -> str:
    """File and line where it happened: enough to mend it."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{last.filename.rsplit('/', 2)[-1]}:{last.lineno}"


@cache
def _kept_days() -> int:
    """For how many days a conversation without a case is kept."""
    return days_from(os.environ, "SEND_DESK_CONVERSATION_DAYS", CONVERSATION_DAYS)


@cache
def office() -> Office:
    """Who the assistant speaks for, read once."""
    return office_told()
