"""What goes wrong around one office: nothing accepted is lost or done twice, and everybody is told what is so."""

import asyncio
import resource
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from bot.cases.store import open_cases
from bot.channels import engine_client
from bot.settings import Settings
from bot.store import engine as store_engine
from bot.store.engine import Database
from bot.web.app import create_app
from tests.office.fake_engine import FakeEngine
from tests.office.pages import message, session
from tests.ops.made import case
from tests.ops.servers import office_process

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
