"""Conversations end: deleted here and in the engine, when the parent asks or its days are over; what the engine owes is asked for again."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.engine_client import EngineClient
from bot.channels.gateway import Gateway, Typed
from bot.limits import CONVERSATION_DAYS
from bot.settings import Settings
from bot.store.engine import Database
from bot.store.tables import OutboxRow
from bot.store.transcript import ConversationGone
from tests.office.conftest import Run
from tests.office.fake_engine import FakeEngine


def test_a_deleted_conversation_is_gone_here_and_in_the_engine(run: Run, engine: FakeEngine, db: Database) -> None:
    async def body(gateway: Gateway) -> str:
        conversation = await gateway.start("web")
        await gateway.turn(conversation, Typed("hello"), "message-1")
        await gateway.erase(conversation)
        with pytest.raises(ConversationGone):
            await gateway.turn(conversation, Typed("hello"), "message-2")
        with pytest.raises(ConversationGone):
            await gateway.history(conversation)
        return conversation

    assert engine.erased == [] and [run(body)] == engine.erased
    with db.read_scope() as session:
        assert session.query(OutboxRow).count() == 0


def test_an_erasure_that_the_engine_missed_waits_in_the_outbox(run: Run, db: Database) -> None:
    async def body(gateway: Gateway) -> None:
        await gateway.erase(await gateway.start("web"))

    run(body)
    with db.read_scope() as session:
        assert [row.kind for row in session.query(OutboxRow)] == ["engine.erase"]


def test_a_conversation_past_its_days_is_deleted_and_a_younger_one_stays(
    db: Database, settings: Settings, engine: FakeEngine
) -> None:
    moment = [datetime(2026, 11, 23, tzinfo=UTC)]

    async def body() -> tuple[str, str]:
        async with EngineClient(settings) as client:
            gateway = Gateway(db, settings, client, lambda: moment[0])
            old = await gateway.start("web")
            await gateway.turn(old, Typed("hello"), "message-1")
            moment[0] += timedelta(days=CONVERSATION_DAYS)
            young = await gateway.start("web")
            await gateway.tidy()
            assert await gateway.exists(old)
            moment[0] += timedelta(seconds=1)
            await gateway.tidy()
            assert not await gateway.exists(old)
            assert await gateway.exists(young)
            return old, young

    assert engine.erased == [asyncio.run(body())[0]]


def test_the_office_may_set_how_long_a_conversation_stays(db: Database, settings: Settings, engine: FakeEngine) -> None:
    moment = [datetime(2026, 11, 23, tzinfo=UTC)]

    async def body() -> list[bool]:
        async with EngineClient(settings) as client:
            gateway = Gateway(db, replace(settings, conversation_days=7), client, lambda: moment[0])
            conversation = await gateway.start("web")
            there = []
            for seconds in (0, 1):
                moment[0] = datetime(2026, 11, 30, tzinfo=UTC) + timedelta(seconds=seconds)
                await gateway.tidy()
                there.append(await gateway.exists(conversation))
            return there

    assert asyncio.run(body()) == [True, False]


def test_an_erasure_that_the_engine_owes_is_asked_for_again_until_it_is_done(
    run: Run, db: Database, settings: Settings, engine: FakeEngine
) -> None:
    engine.stop()

    async def body(gateway: Gateway) -> str:
        conversation = await gateway.start("web")
        await gateway.erase(conversation)
        await gateway.tidy()
        engine.start()
        await gateway.tidy()
        await gateway.tidy()
        return conversation

    conversation = run(body)
    assert engine.erased == [conversation]
    with db.read_scope() as session:
        assert session.query(OutboxRow).count() == 0
