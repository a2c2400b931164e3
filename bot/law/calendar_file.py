"""A calendar file (.ics) of a parent's deadlines, with reminders before the safe date and nothing personal in it."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Alarm, Event
from icalendar import Calendar as File

from bot.knowledge.words import say
from bot.law.content import read_calendar
from bot.law.reckoning import Reckoning, in_words

PRODUCT = "-//SEND Desk//Deadlines//EN"
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "send-desk.deadlines")


def calendar_file(reckonings: Iterable[Reckoning], now: datetime) -> bytes:
    """One all-day event for each deadline, as the bytes of an .ics file (RFC 5545).

    Args:
        reckonings: the deadlines; council deadlines too.
        now: when the file is made, with its time zone.
    """
    file = File()
    file.add("prodid", PRODUCT)
    file.add("version", "2.0")
    for reckoning in reckonings:
        file.add_component(_event(reckoning, now))
    return bytes(file.to_ical())


def uid(reckoning: Reckoning) -> str:
    """The same for the same limit and day, so that a second import does not add a second event."""
    return f"{uuid.uuid5(NAMESPACE, f'{reckoning.limit} {reckoning.due.isoformat()}')}@send-desk"


def _event(reckoning: Reckoning, now: datetime) -> Event:
    event = Event()
    event.add("uid", uid(reckoning))
    event.add("dtstamp", now)
    event.add("dtstart", reckoning.due)
    event.add("dtend", reckoning.due + timedelta(days=1))
    event.add("summary", reckoning.label)
    event.add("description", _description(reckoning))
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    for days in read_calendar()["reminders"]:
        event.add_component(_alarm(reckoning, days))
    return event


def _description(reckoning: Reckoning) -> str:
    aim = [say("clock", "ics_aim", day=in_words(reckoning.safe))] if reckoning.safe else []
    law = say("clock", "ics_law", provision=reckoning.provision)
    caution = reckoning.could_change[:1] if reckoning.strict else ()
    return "\n".join([*aim, *caution, *reckoning.steps, law, say("clock", "ics_check")])


def _alarm(reckoning: Reckoning, days: int) -> Alarm:
    """A reminder in the morning, this many days before the safe date (before the last day where there is none)."""
    lead = reckoning.due - (reckoning.safe or reckoning.due) + timedelta(days=days)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", timedelta(hours=int(read_calendar()["reminder_hour"])) - lead)
    alarm.add("description", say("clock", "ics_reminder", label=reckoning.label, day=in_words(reckoning.due)))
    return alarm
