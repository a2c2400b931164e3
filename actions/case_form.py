"""`case_form`: runs the whole case form, one call for each message; stores what the parent sends, off the event loop."""

import asyncio
import logging
import secrets
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.adapter import apology_on_failure, ended, heard, memory, metadata, office, remembered, send, setting
from bot.cases import constituency, form
from bot.cases.codes import code_for, hashed, spaced
from bot.cases.form import FormSetting, FormStep, Submission, Visit, Visited
from bot.cases.store import QueueFields, submit
from bot.cases.visits import open_case_of, visit
from bot.dialogue.turn import take_turn
from bot.settings import Settings
from bot.store.engine import Database

logger = logging.getLogger(__name__)

NAME = "case_form"
TOLD_ENTITIES = frozenset({"POSTCODE", "SCHOOL_YEAR", "AGE", "COUNCIL"})


class CaseForm(Action):
    """Hears, asks, and stores only what the parent has seen and sent."""

    def name(self) -> str:
        """The form's name in the domain, so that this runs in its place."""
        return NAME

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """One message of the form."""
        before = memory(tracker)
        with apology_on_failure(dispatcher, tracker):
            where = await _setting(tracker)
            made = form.step(heard(tracker), memory(tracker), where)
            if made.submit:
                made = await asyncio.to_thread(_stored, made, made.submit, where)
            elif made.visit:
                made = await asyncio.to_thread(_visited, made, made.visit, where)
            return _events(dispatcher, tracker, made, before)
        return ended([ActiveLoop(NAME)])


def _events(dispatcher: CollectingDispatcher, tracker: Tracker, made: FormStep, before: Any) -> list[EventType]:
    if made.reply["blocks"]:
        send(dispatcher, tracker, made.reply)
    events = [*remembered(before, made.memory), ActiveLoop(NAME if made.active else None)]
    return ended(events, made.hand_to)


async def _setting(tracker: Tracker) -> FormSetting:
    """Where this turn happens; the database is asked for an open case, the postcode file for a constituency."""
    turn = setting(tracker)
    installed = settings()
    open_case = await asyncio.to_thread(_open_case, tracker.sender_id)
    return FormSetting(
        today=turn.today,
        now=_now(turn.today),
        channel=metadata(tracker).get("channel") or "web",
        conversation=tracker.sender_id,
        aside=lambda said, known: take_turn(said, known, turn),
        known=turn.known,
        office=office(),
        constituency=lambda postcode: constituency.look_up(postcode, installed.data / constituency.FILE),
        token=secrets.token_urlsafe(24),
        open_case=open_case,
        earlier=_earlier(tracker),
    )


def _now(today: Any) -> datetime:
    """The moment; on a day that was set for a scenario, that day's noon."""
    now = datetime.now(UTC)
    return now if now.date() == today else datetime(today.year, today.month, today.day, 12, tzinfo=UTC)


def _earlier(tracker: Tracker) -> tuple[tuple[str, str], ...]:
    """Places, ages and school years of the parent's earlier messages."""
    said = [event.get("parse_data") or {} for event in tracker.events if event.get("event") == "user"]
    found = [entity for message in said for entity in message.get("entities") or []]
    return tuple((str(e["entity"]), str(e["value"])) for e in found if e.get("entity") in TOLD_ENTITIES)


def _open_case(conversation: str) -> str | None:
    """The conversation's open case; None as well when the records cannot be reached, for the form must go on."""
    try:
        return open_case_of(database(), conversation)
    except Exception as error:
        logger.error("The open case could not be looked up: %s", type(error).__name__)
        return None


def _stored(last: FormStep, made: Submission, where: FormSetting) -> FormStep:
    """Stores the case; the same draft sent twice is one case with one code. Blocking."""
    code = code_for(settings().keys.fingerprint, made.key)
    try:
        reference = submit(
            database(),
            idempotency_key=made.key,
            conversation_id=made.conversation,
            summary=made.summary,
            contact=made.contact,
            queue=QueueFields(**made.queue),
            consent_version=made.consent_version,
            now=made.now,
            code_hash=hashed(code),
        )
    except Exception as error:  # full disk, locked or unreachable database: the parent must hear that it was not sent
        logger.error("A case could not be stored: %s", type(error).__name__)
        return form.not_stored(last, where)
    return form.sent(last, reference, spaced(code), where)


def _visited(last: FormStep, wanted: Visit, where: FormSetting) -> FormStep:
    """Looks at, adds to or withdraws a case. Blocking."""
    try:
        found = visit(database(), where.conversation, wanted, where.now)
    except Exception as error:
        logger.error("A case could not be reached: %s", type(error).__name__)
        found = Visited("failed")
    return form.visited(replace(last), found, where)


@cache
def settings() -> Settings:
    """The installation's settings, read once."""
    return Settings.from_environment()


@cache
def database() -> Database:
    """The office's database, its tables brought up to date once in this process."""
    opened = Database.from_settings(settings())
    opened.migrate()
    return opened
