"""What a process does that is killed in the middle: confirms a case to the parent, then delivers what is due."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from multiprocessing.connection import Connection

from bot.cases.delivery import ways
from bot.cases.delivery_settings import DeliverySettings
from bot.cases.outbox import deliver_due
from bot.settings import Settings
from bot.store.engine import Database
from tests.cases.sending import made_submission, store
from tests.cases.talking import NOW


def work(data: str, environment: dict[str, str], key: str, minutes: int, told: Connection) -> None:
    """Stores the case of `key`, tells its reference, then delivers as at `minutes` after the day's start."""
    settings = Settings.from_environment({"SEND_DESK_DATA": data})
    db = Database.from_settings(settings)
    made = replace(made_submission(), key=key, conversation=key.rjust(32, "c"))
    told.send("ready")
    told.send(store(db, made))  # the parent reads the reference only after this
    now = NOW + timedelta(minutes=minutes)
    found = ways(db, DeliverySettings.from_environment(environment), "https://desk.example.org", lambda: now)
    asyncio.run(deliver_due(db, found, lambda: now))
    told.send("done")
