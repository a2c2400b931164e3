"""What goes wrong around the office: nothing accepted is lost or done twice, and everybody is told what is so."""

import asyncio
import os
import resource
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text
from starlette.testclient import TestClient

from bot.cases.outbox import Parcel, deliver_due, wait
from bot.cases.store import open_cases
from bot.channels import engine_client
from bot.channels.engine_client import EngineClient
from bot.channels.gateway import Gateway, Typed
from bot.limits import CONVERSATION_DAYS, OUTBOX_LEASE_SECONDS
from bot.settings import Settings
from bot.store import engine as store_engine
from bot.store.engine import Database
from bot.store.tables import OutboxRow
from bot.web.app import create_app
from tests.office.fake_engine import FakeEngine
from tests.office.pages import message, session
from tests.ops.made import case
from tests.ops.servers import office_process, redis

MESSAGES = "/chat/v1/messages"


@pytest.fixture
def client(settings: Settings, db: Database, engine: FakeEngine) -> Iterator[TestClient]:
    """The whole office; errors come back as a browser would see them."""
    with TestClient(create_app(settings), base_url="http://office.example.org", raise_server_exceptions=False) as found:
        yield found


def texts(answer: httpx.Response) -> list[str]:
    return [turn["text"] for turn in answer.json()["turns"] if turn["author"] == "parent"]


# --- the engine ---
def test_an_engine_that_goes_and_comes_back_loses_no_message_and_doubles_none(
    client: TestClient, engine: FakeEngine
) -> None:
    headers = session(client)
    outcomes = []
    for number in range(1, 7):
        if number == 3:
            engine.stop()
        if number == 5:
            engine.start()
        answer = client.post(MESSAGES, json=message(number, text=f"message {number}"), headers=headers)
        outcomes.append(answer.json()["turn"]["outcome"])
        assert answer.status_code == 200
    assert outcomes == ["answered", "answered", "failed", "failed", "answered", "answered"]
    assert texts(client.get("/chat/v1/history", headers=headers)) == [f"message {number}" for number in range(1, 7)]
    assert [seen["text"] for seen in engine.seen] == [f"message {number}" for number in (1, 2, 5, 6)]


def test_an_engine_that_hangs_is_given_up_and_the_parent_gets_the_telephone_number(
    client: TestClient, engine: FakeEngine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_client, "ENGINE_SECONDS", 0.3)
    hanging = threading.Event()
    engine.say = lambda body: hanging.wait(20)
    try:
        answer = client.post(MESSAGES, json=message(1, text="hello"), headers=session(client))
        assert answer.json()["turn"]["outcome"] == "failed" and settings.office.phone in answer.text
        assert client.get("/healthz").status_code == 200
    finally:
        hanging.set()


def test_the_engine_is_not_ready_once_its_trackers_have_fallen_back_to_memory(
    environment: dict[str, str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("rasa")
    from types import SimpleNamespace

    from rasa.core.tracker_store import FailSafeTrackerStore
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.events import UserUttered

    from bot.engine.channel import readiness
    from bot.engine.tracker_store import OfficeTrackerStore

    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    store = OfficeTrackerStore(Domain.empty())
    safe = FailSafeTrackerStore(store)
    agent = SimpleNamespace(tracker_store=safe, is_ready=lambda: True, model_id="model")
    app = SimpleNamespace(ctx=SimpleNamespace(agent=agent, warm=True))
    assert readiness(app)["ready"] is True

    def broken(*_: Any) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(store, "_write", broken)

    async def a_turn() -> None:
        tracker = await safe.get_or_create_tracker("conversation-1")
        tracker.update(UserUttered("hello"))
        await safe.save(tracker)

    asyncio.run(a_turn())
    told = readiness(app)
    assert told["ready"] is False and "memory" in told["tracker_store"]


# --- the database ---
def test_a_database_that_stays_locked_refuses_politely_and_the_message_can_be_sent_again(
    settings: Settings, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_engine, "_BUSY_MS", 200)
    database = Database.from_settings(settings)
    database.migrate()
    with TestClient(
        create_app(settings), base_url="http://office.example.org", raise_server_exceptions=False
    ) as client:
        headers = session(client)
        with database.session_scope() as holding:
            holding.execute(text("UPDATE conversations SET state = state"))
            refused = client.post(MESSAGES, json=message(1, text="hello"), headers=headers)
            read = client.get("/chat/v1/history", headers=headers)
        answered = client.post(MESSAGES, json=message(1, text="hello"), headers=headers)
        again = client.post(MESSAGES, json=message(1, text="hello"), headers=headers)
        assert refused.status_code == 500 and settings.office.phone in refused.json()["error"]["message"]
        assert read.status_code == 200  # readers wait for no writer
        assert answered.json() == again.json() and len(engine.seen) == 1
        assert texts(client.get("/chat/v1/history", headers=headers)) == ["hello"]
    database.close()


def test_a_full_disk_refuses_new_messages_keeps_the_old_ones_and_ends_when_there_is_room(
    environment: dict[str, str], settings: Settings, db: Database, engine: FakeEngine
) -> None:
    reference = case(db)
    with office_process(environment) as (client, process):
        headers = {"Authorization": f"Bearer {client.post('/chat/v1/sessions').json()['session']}"}
        first = client.post(MESSAGES, json=message(1, text="before"), headers=headers)
        assert first.status_code == 200
        full = (settings.data / "office.db-wal").stat().st_size + 1
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (full, resource.RLIM_INFINITY))
        refused = client.post(MESSAGES, json=message(2, text="while full " + "x" * 3000), headers=headers)
        page = client.get("/healthz")
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        after = client.post(MESSAGES, json=message(2, text="after"), headers=headers)
        assert refused.status_code == 500 and settings.office.phone in refused.json()["error"]["message"]
        assert page.status_code == 200 and after.status_code == 200
        assert texts(client.get("/chat/v1/history", headers=headers)) == ["before", "after"]
    with db.read_scope() as reading:
        assert reading.scalar(text("PRAGMA integrity_check")) == "ok"
    assert [row.reference for row in open_cases(db)] == [reference]


def test_a_postgresql_that_drops_every_connection_is_found_again(
    environment: dict[str, str], postgres_url: str, engine: FakeEngine
) -> None:
    settings = Settings.from_environment(environment | {"SEND_DESK_DATABASE_URL": postgres_url})
    database = Database.from_settings(settings)
    database.migrate()
    with TestClient(
        create_app(settings), base_url="http://office.example.org", raise_server_exceptions=False
    ) as client:
        headers = session(client)
        for number in range(1, 4):
            answer = client.post(MESSAGES, json=message(number, text="hello"), headers=headers)
            assert answer.json()["turn"]["outcome"] == "answered"
            with database.engine.begin() as connection:
                everybody = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                connection.execute(text(f"{everybody} AND backend_type = 'client backend'"))
        assert len(texts(client.get("/chat/v1/history", headers=headers))) == 3
    database.close()


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
