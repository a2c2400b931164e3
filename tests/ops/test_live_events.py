"""Several offices on one PostgreSQL: what one stores, the pages that another holds open hear at once, without looking."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest

from bot.privacy.crypto import Vault
from bot.settings import Settings
from bot.store import transcript
from bot.store.engine import Database
from bot.web.events import Watch
from tests.offices import empty, migrated

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NEVER = 3600.0  # so that only PostgreSQL's word can be what woke it


@pytest.fixture
def db(postgres_url: str, environment: dict[str, str]) -> Iterator[Database]:
    """A migrated PostgreSQL database."""
    database = Database(postgres_url, Vault(Settings.from_environment(environment).keys))
    empty(database)
    with migrated(database) as found:
        yield found


async def hearing(watch: Watch) -> None:
    """Waits until its connection listens."""
    assert watch._listener is not None
    async with asyncio.timeout(20):
        while not watch._listener.hears:
            await asyncio.sleep(0.01)


async def heard(changes: AsyncIterator[int]) -> int:
    async with asyncio.timeout(20):
        return await anext(changes)


def said(db: Database, conversation: str, number: int) -> None:
    transcript.begin_turn(db, conversation, f"message-{number}", "hello", "hidden", NOW)


@pytest.mark.asyncio
async def test_what_another_office_stores_is_heard_and_a_deleted_conversation_ends(db: Database) -> None:
    one, other = (Watch(db, NEVER, NEVER) for _ in range(2))
    conversation, silent = [await asyncio.to_thread(transcript.start_conversation, db, "web", NOW) for _ in range(2)]
    streams = [watch.changes(conversation) for watch in (one, other)]
    unmoved = asyncio.create_task(heard(one.changes(silent)))
    assert [await heard(stream) for stream in streams] == [0, 0] and await unmoved == 0
    for watch in (one, other):
        await hearing(watch)
    for number in (1, 2):
        await asyncio.to_thread(said, db, conversation, number)
        assert [await heard(stream) for stream in streams] == [number, number]
    await asyncio.to_thread(transcript.erase, db, conversation, True, NOW)
    for stream in streams:
        with pytest.raises(StopAsyncIteration):
            await heard(stream)


@pytest.mark.asyncio
async def test_after_a_lost_connection_nothing_is_missed(db: Database) -> None:
    watch = Watch(db, NEVER, NEVER)
    conversation = await asyncio.to_thread(transcript.start_conversation, db, "web", NOW)
    stream = watch.changes(conversation)
    assert await heard(stream) == 0
    await hearing(watch)
    with db.engine.begin() as connection:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN turns'"
        assert connection.exec_driver_sql(others).scalars().all() == [True]
    await asyncio.to_thread(said, db, conversation, 1)
    assert await heard(stream) == 1


@pytest.mark.asyncio
async def test_words_of_conversations_that_nobody_watches_wake_nobody(db: Database) -> None:
    watch = Watch(db, NEVER, NEVER)
    watch.wake("somebody else's")
    assert not watch._woken.is_set()
