"""The engine forgets a conversation that was deleted, through the wrapper that Rasa puts around every tracker store."""

import asyncio
from pathlib import Path

import pytest
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.channel import forget_tracker
from bot.engine.tracker_store import OfficeTrackerStore
from bot.privacy.keys import create_missing


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OfficeTrackerStore:
    """The engine's own store on a database of its own."""
    monkeypatch.setenv("SEND_DESK_DATA", str(tmp_path))
    create_missing(tmp_path, {})
    return OfficeTrackerStore(Domain.empty())


def spoken(conversation: str) -> DialogueStateTracker:
    return DialogueStateTracker.from_events(conversation, [UserUttered("hello")])


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_deleted_conversation_is_gone_and_the_others_stay(store: OfficeTrackerStore, wrapped: bool) -> None:
    async def body() -> None:
        outer = FailSafeTrackerStore(store) if wrapped else store
        for conversation in ("one", "two"):
            await outer.save(spoken(conversation))
        await forget_tracker(outer, "one")
        assert list(await store.keys()) == ["two"] and await store.retrieve("one") is None

    asyncio.run(body())


def test_what_rasa_kept_in_memory_while_the_database_was_gone_is_forgotten_too(store: OfficeTrackerStore) -> None:
    async def body() -> None:
        fallback = InMemoryTrackerStore(Domain.empty())
        await fallback.save(spoken("one"))
        await forget_tracker(FailSafeTrackerStore(store, fallback_tracker_store=fallback), "one")
        assert await fallback.retrieve("one") is None

    asyncio.run(body())


def test_forgetting_what_was_never_there_does_no_harm(store: OfficeTrackerStore) -> None:
    asyncio.run(forget_tracker(FailSafeTrackerStore(store), "never"))
