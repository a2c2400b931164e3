"""Two offices, or two engines, want the same thing at once: it is done once."""

import asyncio
import os
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from bot.cases.outbox import Parcel, deliver_due
from bot.cases.store import open_cases
from bot.settings import Settings
from bot.store.engine import Database
from bot.store.tables import OutboxRow
from tests.ops.made import case
from tests.ops.servers import redis


# --- two offices ---
def test_two_offices_race_for_the_same_outbox_rows_and_each_is_delivered_once(
    environment: dict[str, str], postgres_url: str
) -> None:
    settings = Settings.from_environment(environment | {"SEND_DESK_DATABASE_URL": postgres_url})
    offices = [Database.from_settings(settings) for _ in range(2)]
    offices[0].migrate()
    with offices[0].session_scope() as one:
        one.execute(text("DELETE FROM outbox"))
    references = {case(offices[0], f"race-{number}-{os.getpid()}") for number in range(20)}
    delivered: list[tuple[str, int]] = []
    start = threading.Barrier(2)

    def office(number: int) -> None:
        async def way(parcel: Parcel, handing: Any) -> None:
            delivered.append((parcel.payload["reference"], number))

        start.wait(20)
        later = datetime.now(UTC) + timedelta(days=1)
        asyncio.run(deliver_due(offices[number], {"deliver.test": way}, lambda: later))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(office, range(2)))
    asyncio.run(
        deliver_due(offices[0], {"deliver.test": _collect(delivered)}, lambda: datetime.now(UTC) + timedelta(days=1))
    )
    assert Counter(reference for reference, _ in delivered) == Counter(references)
    with offices[0].read_scope() as reading:
        assert set(reading.scalars(select(OutboxRow.state))) == {"done"}
    for database in offices:
        database.close()


def _collect(delivered: list[tuple[str, int]]) -> Any:
    async def way(parcel: Parcel, handing: Any) -> None:
        delivered.append((parcel.payload["reference"], 0))

    return way


def test_two_offices_that_get_the_same_submission_make_one_case(environment: dict[str, str], postgres_url: str) -> None:
    settings = Settings.from_environment(environment | {"SEND_DESK_DATABASE_URL": postgres_url})
    offices = [Database.from_settings(settings) for _ in range(4)]
    offices[0].migrate()
    start = threading.Barrier(4)

    def office(number: int) -> str:
        start.wait(20)
        return case(offices[number], f"same-{os.getpid()}")

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(office, range(4)))) == 1
    for database in offices:
        database.close()


def test_four_offices_that_start_at_once_bring_one_database_up_to_date(
    environment: dict[str, str], postgres_url: str
) -> None:
    settings = Settings.from_environment(environment | {"SEND_DESK_DATABASE_URL": postgres_url})
    offices = [Database.from_settings(settings) for _ in range(4)]
    with offices[0].engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda database: database.migrate(), offices))
    assert open_cases(offices[0]) == []
    for database in offices:
        database.close()


# --- Redis ---
def test_engines_lock_in_redis_by_the_deployments_file_and_say_so_when_it_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("rasa")
    from rasa.core.lock_store import LockError, LockStore, RedisLockStore
    from rasa.core.utils import AvailableEndpoints

    from bot.paths import ROOT

    with redis("a password of the tests") as (port, process):
        for name, value in {"HOST": "127.0.0.1", "PORT": str(port), "PASSWORD": "a password of the tests"}.items():
            monkeypatch.setenv(f"REDIS_{name}", value)
        endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "deploy" / "endpoints.yml"))
        one, other = (LockStore.create(endpoints.lock_store) for _ in range(2))
        assert isinstance(one, RedisLockStore)
        ticket = one.issue_ticket("conversation-1")
        assert other.issue_ticket("conversation-1") == ticket + 1  # the other engine waits behind the first

        async def locked() -> None:
            async with one.lock("conversation-2"):
                pass

        asyncio.run(locked())
        process.kill()
        process.wait()
        with pytest.raises(LockError):
            asyncio.run(locked())
