"""What is stored of Telegram, on SQLite and on PostgreSQL: once, in order, and gone when it is done."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.channels.telegram import store
from bot.channels.telegram.incoming import Incoming
from bot.channels.telegram.rendering import said
from bot.privacy.keys import create_missing
from bot.settings import Settings
from bot.store.engine import Database
from tests.services import postgres

CHAT = 7_001_234_567
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated database of either kind."""
    create_missing(tmp_path, {})
    environment = {"SEND_DESK_DATA": str(tmp_path)}
    if request.param == "sqlite":
        yield from opened(environment)
    else:
        with postgres() as url:
            yield from opened({**environment, "SEND_DESK_DATABASE_URL": url})


def opened(environment: dict[str, str]) -> Iterator[Database]:
    """Migrated, and closed afterwards."""
    database = Database.from_settings(Settings.from_environment(environment))
    database.migrate()
    yield database
    database.close()


def incoming(number: int, words: str = "hello") -> Incoming:
    """A typed message."""
    return Incoming(number, CHAT, "text", text=words)


def test_an_update_is_stored_once_whoever_brings_it_and_answered_once(db: Database) -> None:
    batch = [(number, incoming(number)) for number in (3, 1, 2)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: store.accept(db, batch, NOW), range(8)))
    key = store.key_of(db, CHAT)
    assert sorted(map(len, found)) == [0] * 7 + [1]
    assert [waiting.incoming.update for waiting in store.waiting(db, key)] == [1, 2, 3]
    assert store.known(db, [1, 2, 9]) == {1, 2}
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda _: store.finish(db, key, incoming(1), said("hi"), NOW), range(8)))
    assert sorted(map(len, kept)) == [0] * 7 + [1]
    assert [waiting.incoming.update for waiting in store.waiting(db, key)] == [2, 3]


def test_messages_under_way_keep_their_order_and_go_one_by_one(db: Database) -> None:
    key = store.key_of(db, CHAT)
    for number in (1, 2):
        store.accept(db, [(number, incoming(number))], NOW)
        store.finish(db, key, incoming(number), [*said(f"{number} a"), *said(f"{number} b")], NOW)
    under_way = store.undelivered(db, key)
    assert [item.out.plain for item in under_way] == ["1 a", "1 b", "2 a", "2 b"]
    assert {item.chat for item in under_way} == {CHAT}
    for item in under_way:
        assert store.unfinished(db) == {key}
        store.delivered(db, item.row)
    assert store.unfinished(db) == set() and store.count_waiting(db) == 0


def test_a_chat_is_remembered_changed_moved_and_forgotten(db: Database) -> None:
    key = store.touch(db, CHAT, NOW, conversation_id="a" * 32).key
    store.tell(db, key, CHAT, 4, said("from the office"), NOW)
    store.tell(db, key, CHAT, 4, said("from the office again"), NOW)
    new = store.move(db, key, -1_007)
    assert store.chat_of(db, key) is None
    found = store.chat_of(db, new)
    assert found is not None and (found.chat, found.conversation) == (-1_007, "a" * 32)
    assert [(item.chat, item.out.plain) for item in store.undelivered(db, new)] == [(-1_007, "from the office")]
    store.forget(db, new)
    assert store.chat_of(db, new) is None and store.unfinished(db) == set()


def test_conversation_ids_cannot_be_joined(db: Database) -> None:
    assert store.new_conversation_id(db, CHAT) != store.new_conversation_id(db, CHAT)
