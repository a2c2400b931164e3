"""Clocks that jump: turns keep their order, conversations their days, the outbox its patience."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.cases.outbox import Parcel, deliver_due, wait
from bot.channels.engine_client import EngineClient
from bot.channels.gateway import Gateway, Typed
from bot.limits import CONVERSATION_DAYS, OUTBOX_LEASE_SECONDS
from bot.settings import Settings
from bot.store.engine import Database
from tests.office.fake_engine import FakeEngine
from tests.ops.made import case


# --- the clock ---
class Clock:
    """A clock that the test sets."""

    def __init__(self, now: datetime):
        self.now = now

    def __call__(self) -> datetime:
        return self.now


CHANGES = {
    "to summer time": datetime(2027, 3, 28, 0, 59, 30, tzinfo=UTC),
    "to winter time": datetime(2027, 10, 31, 0, 59, 30, tzinfo=UTC),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("jump", [timedelta(minutes=1), timedelta(hours=1), timedelta(hours=-1), timedelta(days=-2)])
def test_turns_keep_their_order_whatever_the_clock_does(
    settings: Settings, db: Database, engine: FakeEngine, change: str, jump: timedelta
) -> None:
    clock = Clock(CHANGES[change])

    async def talk() -> list[tuple[str, str | None]]:
        gateway = Gateway(db, settings, EngineClient(settings), clock)
        conversation = await gateway.start("web")
        await gateway.turn(conversation, Typed("before"), "message-1")
        clock.now += jump
        await gateway.turn(conversation, Typed("after"), "message-2")
        await gateway.turn(conversation, Typed("before"), "message-1")  # sent again
        await gateway.tidy()
        found = [(turn.author, turn.text) for turn in await gateway.history(conversation)]
        await gateway.close()
        return found

    assert asyncio.run(talk()) == [("parent", "before"), ("assistant", None), ("parent", "after"), ("assistant", None)]
    assert len(engine.seen) == 2


@pytest.mark.parametrize("change", CHANGES)
def test_conversations_live_their_days_to_the_minute_over_the_change_of_the_clocks(
    settings: Settings, db: Database, engine: FakeEngine, change: str
) -> None:
    clock = Clock(CHANGES[change])

    async def kept(after: timedelta) -> bool:
        gateway = Gateway(db, settings, EngineClient(settings), clock)
        clock.now = CHANGES[change]
        conversation = await gateway.start("web")
        clock.now += after
        await gateway.tidy()
        found = await gateway.exists(conversation)
        await gateway.close()
        return found

    days = timedelta(days=CONVERSATION_DAYS)
    assert asyncio.run(kept(days - timedelta(minutes=1))) is True
    assert asyncio.run(kept(days + timedelta(minutes=1))) is False


def test_the_outbox_tries_again_after_a_clock_that_was_wrong_for_a_while(settings: Settings, db: Database) -> None:
    case(db, "clock")
    clock, tries = Clock(datetime(2027, 10, 31, 0, 59, tzinfo=UTC)), []

    async def way(parcel: Parcel, handing: Any) -> None:
        tries.append(clock.now)
        if len(tries) == 1:
            raise OSError("no mail server")

    def deliver() -> int:
        return asyncio.run(deliver_due(db, {"deliver.test": way}, clock))

    assert deliver() == 0
    clock.now -= timedelta(hours=1)  # set back: nothing is due yet, nothing is lost
    assert deliver() == 0 and len(tries) == 1
    clock.now += timedelta(hours=1) + wait(1) + timedelta(seconds=OUTBOX_LEASE_SECONDS)
    assert deliver() == 1 and len(tries) == 2


def test_every_deployment_lives_in_englands_time() -> None:
    """Dates are reckoned from the day it is here: in UTC the first hour of a summer day would still be yesterday."""
    from bot.paths import ROOT

    deploy = ROOT / "deploy"
    told = [deploy / "compose.yml", deploy / "Dockerfile", deploy / "kubernetes" / "settings.yaml"]
    told += [path for path in (deploy / "systemd").glob("*.service") if "backup" not in path.name]
    assert all("Europe/London" in path.read_text() for path in told)
