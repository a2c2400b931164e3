"""What is kept of a chat, where, and that it can be deleted."""

import asyncio
import logging
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.blocks import text
from bot.channels.telegram import store
from bot.knowledge.words import say
from bot.store.engine import Database
from bot.store.tables import Conversation, TelegramChat, TelegramOut, TelegramUpdate, Turn
from tests.office.fake_engine import Body, FakeEngine
from tests.telegram.desk import Desk, read
from tests.telegram.fake_api import TOKEN, Fault

CHAT = 7_001_234_567
MARKER = "marker-of-this-test"


def files(desk: Desk) -> bytes:
    """Every byte of the database, its journal included."""
    return b"".join(path.read_bytes() for path in Path(desk.settings.data).glob("office.db*"))


def test_neither_the_chats_number_nor_a_word_of_it_stands_in_the_database(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        async with desk.running():
            desk.api.fault = lambda method, body: Fault("drop") if method == "sendmessage" else None
            desk.api.says(CHAT, f"my story {MARKER}")
            await desk.api.until(lambda: desk.service.paused)
            kept = files(desk)  # while the update has been answered and its message is under way
            assert MARKER.encode() not in kept and str(CHAT).encode() not in kept
            assert CHAT.to_bytes(5, "big") not in kept
            desk.api.fault = lambda method, body: None
            await desk.service.queues.idle()
        assert str(CHAT).encode() not in files(desk)

    asyncio.run(body())


def test_the_engine_sees_an_hmac_and_neither_number_nor_name(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        async with desk.running():
            await desk.says(CHAT, "hello")

    asyncio.run(body())
    [seen] = engine.seen
    assert str(CHAT) not in str(seen) and "Test Parent" not in str(seen) and "test_parent" not in str(seen)
    assert len(seen["conversation"]) == 32 and int(seen["conversation"], 16)


def test_what_was_answered_and_delivered_leaves_only_its_number(desk: Desk, engine: FakeEngine, db: Database) -> None:
    async def body() -> None:
        async with desk.running():
            await desk.says(CHAT, "hello")

    asyncio.run(body())
    with db.read_scope() as session:
        updates = session.scalars(select(TelegramUpdate)).all()
        assert [(update.chat_key, update.sealed_body) for update in updates] == [("", None)]
        assert session.scalars(select(TelegramOut)).all() == []


def test_delete_asks_first_and_then_erases_all_that_can_be_erased(desk: Desk, engine: FakeEngine, db: Database) -> None:
    async def body() -> None:
        async with desk.running():
            await desk.says(CHAT, "hello")
            [asked] = await desk.says(CHAT, "/delete")
            assert engine.erased == []
            [kept] = await desk.presses(asked, "No")
            assert kept.text == say("telegram", "delete_kept")
            [asked] = await desk.says(CHAT, "/delete")
            [done] = await desk.presses(asked, "Yes")
            assert done.text == say("telegram", "delete_done") and asked.keyboard == {}
            assert engine.erased == [engine.seen[0]["conversation"]]
            with db.read_scope() as session:
                for table in (Conversation, Turn, TelegramChat, TelegramOut):
                    assert session.scalars(select(table)).all() == []
                assert {row.chat_key for row in session.scalars(select(TelegramUpdate))} == {""}
            assert read(await desk.says(CHAT, "hello again")).startswith("You said: hello again")
            assert engine.seen[-1]["conversation"] != engine.seen[0]["conversation"]

    asyncio.run(body())


def test_a_conversation_that_has_expired_begins_anew_without_a_word(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        async with desk.running():
            await desk.says(CHAT, "hello")
            await desk.gateway.erase(engine.seen[0]["conversation"])
            assert read(await desk.says(CHAT, "hello again")) == "You said: hello again"

    asyncio.run(body())


def test_a_bare_chat_number_is_sealed_for_its_own_row(db: Database) -> None:
    from datetime import UTC, datetime

    found = store.touch(db, CHAT, datetime.now(UTC))
    assert store.chat_of(db, found.key) == found and found.chat == CHAT
    with db.read_scope() as session:
        row = session.scalars(select(TelegramChat)).one()
        assert str(CHAT) not in row.key + row.sealed_chat


def test_logs_hold_no_word_no_number_and_no_token(
    desk: Desk, engine: FakeEngine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    engine.say = lambda body: "nonsense"
    faults = iter([Fault("drop"), Fault("429"), Fault("500")])

    async def body() -> None:
        async with desk.running():
            desk.api.fault = lambda method, body: next(faults, None) if method == "sendmessage" else None
            await desk.says(CHAT, MARKER)

    asyncio.run(body())
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("bot"))
    assert ours and MARKER not in ours and str(CHAT) not in ours and TOKEN not in ours


def test_a_file_is_kept_sealed_until_it_is_delivered_and_then_gone(
    desk: Desk, engine: FakeEngine, db: Database
) -> None:
    def letter(body: Body) -> list[Body]:
        file = {"type": "file", "name": "a.ics", "mime": "text/calendar", "label": "Dates", "content": "bWFya2Vy"}
        return [{"blocks": [text("Here"), file], "outcome": "deadline", "entries": [], "confidence": None}]

    async def body() -> None:
        async with desk.running():
            await desk.says(CHAT, "/start")
            desk.api.fault = lambda method, body: Fault("drop") if method == "senddocument" else None
            desk.api.says(CHAT, "dates")
            await desk.api.until(lambda: desk.service.paused)
            assert b"bWFya2Vy" not in files(desk)
        desk.api.fault = lambda method, body: None
        async with desk.running():
            await desk.api.until(lambda: desk.api.to(CHAT)[-1].content == b"marker")
            await desk.service.queues.idle()

    engine.say = letter
    asyncio.run(body())
    with db.read_scope() as session:
        assert session.scalars(select(TelegramOut)).all() == []
