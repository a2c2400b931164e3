"""A conversation stays with its engine; another stands in only where nothing can have been done twice."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.channels.engine_client import EngineClient, EngineDown
from bot.channels.pinning import ranked
from bot.settings import Settings, SettingWrong
from tests.office.fake_engine import FakeEngine
from tests.services import free_port

ENGINES = [f"http://engine-{number}:5005" for number in range(1, 5)]
TALKS = [f"conversation-{number}" for number in range(2000)]


def test_every_office_gives_the_same_answer_whatever_the_order_of_its_list() -> None:
    assert all(ranked(talk, ENGINES) == ranked(talk, ENGINES[::-1]) for talk in TALKS)


def test_conversations_are_spread_evenly() -> None:
    shares = Counter(ranked(talk, ENGINES)[0] for talk in TALKS)
    assert set(shares) == set(ENGINES)
    assert all(400 < share < 600 for share in shares.values())


def test_taking_an_engine_away_moves_its_own_conversations_only() -> None:
    fewer = ENGINES[:-1]
    for talk in TALKS:
        before, after = ranked(talk, ENGINES), ranked(talk, fewer)
        assert after == [engine for engine in before if engine != ENGINES[-1]]


@pytest.fixture
def engines(settings: Settings) -> Iterator[dict[str, FakeEngine]]:
    """Two running stand-in engines by their URL."""
    found = {}
    for _ in range(2):
        engine = FakeEngine(free_port(), settings.keys.engine)
        engine.start()
        found[f"http://127.0.0.1:{engine.port}"] = engine
    yield found
    for engine in found.values():
        engine.stop()


@pytest.fixture
def client(settings: Settings, engines: dict[str, FakeEngine]) -> EngineClient:
    """An office's client that knows both."""
    return EngineClient(replace(settings, engine_urls=tuple(engines)))


def body(conversation: str) -> dict[str, Any]:
    return {"conversation": conversation, "text": "hello", "message_id": "message-1"}


def of(url: str, engines: dict[str, FakeEngine]) -> str:
    """A conversation that belongs to this engine."""
    channels = [f"{base}/webhooks/office" for base in engines]
    return next(talk for talk in TALKS if ranked(talk, channels)[0].startswith(url + "/"))


@pytest.mark.asyncio
async def test_a_conversation_always_goes_to_its_own_engine(
    client: EngineClient, engines: dict[str, FakeEngine]
) -> None:
    for url in engines:
        for _ in range(3):
            await client.turn(body(of(url, engines)))
    for url, engine in engines.items():
        assert {seen["conversation"] for seen in engine.seen} == {of(url, engines)} and len(engine.seen) == 3
    await client.close()


@pytest.mark.asyncio
async def test_another_engine_stands_in_while_one_is_gone_and_hands_back_afterwards(
    client: EngineClient, engines: dict[str, FakeEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    (gone, one), (_, other) = engines.items()
    talk = of(gone, engines)
    one.stop()
    await client.turn(body(talk))
    await client.turn(body(talk))
    assert len(other.seen) == 2 and one.seen == []
    one.start()
    client._avoided.clear()  # as after ENGINE_AVOID_SECONDS
    await client.turn(body(talk))
    assert len(one.seen) == 1
    await client.close()


@pytest.mark.asyncio
async def test_a_message_that_may_have_arrived_is_never_sent_to_another_engine(
    client: EngineClient, engines: dict[str, FakeEngine]
) -> None:
    (own, one), (_, other) = engines.items()
    one.status = 500
    with pytest.raises(EngineDown, match="status 500"):
        await client.turn(body(of(own, engines)))
    assert len(one.seen) == 1 and other.seen == []
    await client.close()


@pytest.mark.asyncio
async def test_with_all_engines_gone_the_office_hears_it(client: EngineClient, engines: dict[str, FakeEngine]) -> None:
    for engine in engines.values():
        engine.stop()
    for _ in range(2):
        with pytest.raises(EngineDown, match="ClientConnectorError"):
            await client.turn(body("conversation-1"))
    with pytest.raises(EngineDown):
        await client.ready()
    await client.close()


@pytest.mark.asyncio
async def test_ready_names_the_engine_that_is_gone_and_one_is_enough(
    client: EngineClient, engines: dict[str, FakeEngine]
) -> None:
    assert (await client.ready())["engines"] == {"1": True, "2": True}
    next(iter(engines.values())).stop()
    told = await client.ready()
    assert told["ready"] is True and told["engines"] == {"1": False, "2": True}
    await client.close()


@pytest.mark.asyncio
async def test_an_erasure_reaches_every_engine_or_is_owed(client: EngineClient, engines: dict[str, FakeEngine]) -> None:
    await client.erase("conversation-1")
    assert all(engine.erased == ["conversation-1"] for engine in engines.values())
    next(iter(engines.values())).stop()
    with pytest.raises(EngineDown):
        await client.erase("conversation-2")
    await client.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SEND_DESK_ENGINE_URLS", "engine-1:5005"),
        ("SEND_DESK_ENGINE_URLS", "http://engine-1:5005/path"),
        ("SEND_DESK_ENGINE_URLS", "https://engine-1:5005"),
        ("SEND_DESK_ENGINE_URLS", "http://engine-1:5005 http://engine-1:5005"),
        ("SEND_DESK_LISTEN", "everywhere"),
    ],
)
def test_wrong_addresses_stop_the_start(environment: dict[str, str], name: str, value: str) -> None:
    with pytest.raises(SettingWrong, match=name):
        Settings.from_environment(environment | {name: value})


def test_the_engine_and_the_office_stay_on_this_machine_unless_told(settings: Settings) -> None:
    assert settings.listen == "127.0.0.1"
    assert settings.engines == (f"http://127.0.0.1:{settings.engine_port}/webhooks/office",)


@pytest.mark.asyncio
async def test_two_engines_on_one_database_never_answer_from_an_old_memory(
    environment: dict[str, str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("rasa")
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.events import UserUttered

    from bot.engine.tracker_store import OfficeTrackerStore

    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    one, other = (OfficeTrackerStore(Domain.empty(), shared=True) for _ in range(2))
    for number, store in enumerate((one, other, one, one, other), 1):
        tracker = await store.get_or_create_tracker("conversation-1")
        tracker.update(UserUttered("hello", {"name": f"intent_{number}", "confidence": 1.0}))
        await store.save(tracker)
    for store in (one, other):
        found = await store.retrieve("conversation-1")
        told = [event.intent_name for event in found.events if isinstance(event, UserUttered)]
        assert told == [f"intent_{number}" for number in range(1, 6)]
    await one.delete("conversation-1")
    assert await other.retrieve("conversation-1") is None
