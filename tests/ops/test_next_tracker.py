"""The tracker of the next turn is made while the parent reads: the same that would be made later, for one turn alone."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine import tracker_store
from bot.engine.tracker_store import OfficeTrackerStore
from bot.privacy.keys import create_missing
from bot.store.prepared import Prepared

DOMAIN = Domain.from_yaml("version: '3.1'\nslots:\n  topic: {type: any, mappings: [{type: custom}]}\n")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OfficeTrackerStore:
    """The engine's own store on a database of its own."""
    monkeypatch.setenv("SEND_DESK_DATA", str(tmp_path))
    create_missing(tmp_path, {})
    return OfficeTrackerStore(DOMAIN)


def about(topic: str) -> DialogueStateTracker:
    said = [UserUttered("hello", {"name": "ask"}), SlotSet("topic", topic)]
    return DialogueStateTracker.from_events("one", said, slots=DOMAIN.slots)


async def until(true: Callable[[], bool]) -> None:
    """Lets the loop go on until it is so."""
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0)


def test_what_is_ready_is_what_would_be_made_and_is_given_away_once(store: OfficeTrackerStore) -> None:
    async def body() -> None:
        await store.save(about("mediation"))
        await until(lambda: "one" in store._ready)
        ready, later = await store.retrieve("one"), await store.retrieve("one")
        assert ready is not None and later is not None and ready is not later and not store._ready
        assert ready.current_state() == later.current_state()
        assert [event.as_dict() for event in ready.events] == [event.as_dict() for event in later.events]

    asyncio.run(body())


def test_a_conversation_that_has_moved_on_or_was_deleted_is_never_given_as_it_was(store: OfficeTrackerStore) -> None:
    async def body() -> None:
        await store.save(about("mediation"))
        await until(lambda: "one" in store._ready)
        await store.save(about("transport"))
        moved_on = await store.retrieve("one")
        assert moved_on is not None and moved_on.get_slot("topic") == "transport"
        await until(lambda: "one" in store._ready)
        await store.delete("one")
        assert await store.retrieve("one") is None and not store._ready
        store._make_ready("one", 0.0)  # as a turn's own reminder would, come too late
        assert not store._ready

    asyncio.run(body())


def test_only_so_many_are_kept_ready(store: OfficeTrackerStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracker_store, "READY_CONVERSATIONS", 2)
    for number, conversation in enumerate("abc"):
        store._remember(conversation, float(number), [])
        store._make_ready(conversation, float(number))
    assert list(store._ready) == ["b", "c"]


def test_a_row_is_written_by_a_statement_that_is_made_once(store: OfficeTrackerStore) -> None:
    async def body() -> None:
        for topic in ("mediation", "transport"):
            await store.save(about(topic))
        store._live.clear()
        store._ready.clear()
        read = await store.retrieve("one")
        assert read is not None and read.get_slot("topic") == "transport" and list(await store.keys()) == ["one"]

    asyncio.run(body())
    assert isinstance(store._upsert, Prepared) and len(store._upsert._made) == 1
