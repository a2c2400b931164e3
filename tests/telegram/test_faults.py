"""Repeats, lost lines, restarts, long waits: each update is answered once and in order, and nothing holds up the rest."""

import asyncio
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from bot.channels.telegram import store
from bot.knowledge.words import say
from bot.limits import MAX_TURNS_A_MINUTE
from bot.store.tables import TelegramOut, TelegramUpdate
from tests.office.fake_engine import FakeEngine
from tests.telegram.desk import Desk, read, reply
from tests.telegram.fake_api import Fault, Json

CHAT = 700123


@pytest.mark.parametrize("mode", ["polling", "webhook"])
def test_the_same_update_twice_gets_one_reply(desk: Desk, engine: FakeEngine, mode: str) -> None:
    async def body() -> None:
        desk.mode = mode
        async with desk.running():
            update = desk.api.says(CHAT, "once")
            await desk.arrives()
            for _ in range(3):
                desk.api.update(**{**update, "update_id": update["update_id"]})
                if mode == "webhook":
                    assert await desk.api.bring() == [200]
                else:
                    await desk.service.take([update])
            await desk.service.queues.idle()
            assert [sent.text for sent in desk.api.to(CHAT)].count("You said: once") == 1

    asyncio.run(body())
    assert len(engine.seen) == 1


def test_late_and_out_of_order_updates_are_answered_in_telegrams_order(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        async with desk.running():
            await desk.says(CHAT, "/start")
            hold = asyncio.Event()
            answer = desk.service._answering.answer

            async def held(*args: Any) -> Any:
                await hold.wait()
                return await answer(*args)

            desk.service._answering.answer = held  # type: ignore[method-assign]
            updates = [desk.api.says(CHAT, str(number)) for number in range(1, 6)]
            await desk.arrives_held(updates, hold)
            assert [sent.text[-1] for sent in desk.api.to(CHAT)[1:]] == ["1", "5", "2", "3", "4"]

    desk_arrives(desk)
    asyncio.run(body())


def desk_arrives(desk: Desk) -> None:
    """The first update alone, then the rest in a wrong order while it is being answered."""

    async def arrives_held(updates: list[Json], hold: asyncio.Event) -> None:
        desk.api._updates.clear()
        await desk.service.take([updates[0]])
        await asyncio.sleep(0)
        await desk.service.take([updates[4]])
        hold.set()
        await desk.service.queues.idle()
        await desk.service.take([updates[3], updates[1], updates[2]])
        await desk.service.queues.idle()

    desk.arrives_held = arrives_held  # type: ignore[attr-defined]


def test_after_a_long_wait_the_newest_is_answered_first_with_one_apology(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        async with desk.running():
            await desk.says(CHAT, "/start")
        engine.say = lambda body: reply(body["text"])
        old = int(time.time()) - 3 * 3600
        for number in (1, 2, 3):
            desk.api.says(CHAT, f"old {number}", date=old + number)
        desk.api.says(CHAT, "new")
        async with desk.running():
            await desk.arrives()
        texts = [sent.text for sent in desk.api.to(CHAT)[1:]]
        assert texts == [say("telegram", "sorry_late"), "old 3", "old 2", "old 1", "new"]

    asyncio.run(body())


def test_answers_to_a_question_of_the_assistant_keep_their_order_after_a_long_wait(
    desk: Desk, engine: FakeEngine
) -> None:
    async def body() -> None:
        engine.say = lambda body: reply(f"{body['text']}?", outcome="asked_back")
        async with desk.running():
            await desk.says(CHAT, "help me")
        for number in (1, 2, 3):
            desk.api.says(CHAT, f"answer {number}", date=int(time.time()) - 3600)
        async with desk.running():
            await desk.arrives()
        assert [seen["text"] for seen in engine.seen[1:]] == ["answer 1", "answer 2", "answer 3"]

    asyncio.run(body())


def test_a_message_under_way_when_the_office_stopped_is_sent_by_the_next_one(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        async with desk.running():
            await desk.says(CHAT, "/start")
            desk.api.fault = lambda method, body: Fault("drop") if method == "sendmessage" else None
            desk.api.says(CHAT, "keep this")
            await desk.api.until(lambda: engine.seen and desk.service.paused)
        desk.api.fault = lambda method, body: None
        async with desk.running():
            await desk.api.until(lambda: len(desk.api.to(CHAT)) == 2)
        assert desk.api.to(CHAT)[-1].text == "You said: keep this"

    asyncio.run(body())
    assert len(engine.seen) == 1


def test_a_reply_that_was_stored_but_not_yet_kept_for_delivery_is_not_asked_for_again(
    desk: Desk, engine: FakeEngine
) -> None:
    async def body() -> None:
        async with desk.running():
            await desk.says(CHAT, "/start")
            finish = store.finish
            try:
                store.finish = _broken  # type: ignore[assignment]
                desk.api.says(CHAT, "once")
                await desk.api.until(lambda: desk.service.paused)
            finally:
                store.finish = finish
            await desk.api.until(lambda: len(desk.api.to(CHAT)) == 2)

    asyncio.run(body())
    assert len(engine.seen) == 1


def _broken(*args: Any) -> Any:
    raise OSError("disk full")


def test_500_updates_with_repeats_refusals_broken_lines_and_two_restarts_are_each_answered_once_and_in_order(
    desk: Desk, engine: FakeEngine
) -> None:
    """Polled: 20 % repeated, 10 % of the calls refused with 429, 5 % broken off; restarts in the middle of it."""
    chance = random.Random(8)
    engine.say = lambda body: reply(body["text"])

    async def body() -> None:
        said, todo = written(desk, chance)
        repeats = chance.sample(todo, 100)
        desk.api._updates = sorted([*todo, *repeats], key=lambda update: update["update_id"])
        desk.api.fault = bad_line(chance)
        for part in (150, 330):
            async with desk.running():
                await desk.api.until(lambda part=part: len(desk.api.sent) >= part, 120)
        async with desk.running():
            await desk.api.until(lambda: len(engine.seen) >= 500 and store.count_waiting(desk.db) == 0, 120)
            await desk.service.take(repeats)
            await desk.service.queues.idle()
        each_once_and_in_order(desk, engine, said)

    asyncio.run(body())


def test_the_same_500_brought_to_the_webhook_are_each_answered_once_and_in_order(
    desk: Desk, engine: FakeEngine
) -> None:
    """Telegram brings an update again until it hears 200: here 5 % never arrive, of 5 % the 200 is lost, 20 % come twice."""
    desk.mode, chance = "webhook", random.Random(9)
    engine.say = lambda body: reply(body["text"])

    async def body() -> None:
        said, todo = written(desk, chance)
        twice = {update["update_id"] for update in chance.sample(todo, 100)}
        for part in (todo[:150], todo[150:330], todo[330:]):
            last = part[-1] is todo[-1]
            async with desk.running():
                desk.api.fault = bad_line(chance)
                await brought(desk, part[:-10], chance, twice)
                desk.api.fault = desk.api.fault if last else nothing_gets_through
                await brought(desk, part[-10:], chance, twice)
                if last:
                    await desk.service.queues.idle()
            assert bool(store.unfinished(desk.db)) is not last  # the office stopped with work in its hands
            with pytest.raises(httpx.TransportError):  # and nobody is there until it starts again
                await desk.api.bring([part[-1]])
        each_once_and_in_order(desk, engine, said)

    asyncio.run(body())


async def brought(desk: Desk, updates: list[Json], chance: random.Random, twice: set[int]) -> None:
    """As Telegram brings updates: those of a chat one after the other, different chats at the same time."""
    by_chat: dict[int, list[Json]] = defaultdict(list)
    for update in updates:
        by_chat[update["message"]["chat"]["id"]].append(update)

    async def of_one_chat(found: list[Json]) -> None:
        for update in found:
            while (roll := chance.random()) < 0.10:
                if roll < 0.05:
                    assert await desk.api.bring([update]) == [200]  # it arrived, but Telegram did not hear so
            assert set(await desk.api.bring([update] * (1 + (update["update_id"] in twice)))) == {200}

    await asyncio.gather(*(of_one_chat(found) for found in by_chat.values()))


def written(desk: Desk, chance: random.Random) -> tuple[dict[int, list[str]], list[Json]]:
    """500 messages of sixty people, few enough each that none counts as a flood: the words by chat, and the updates."""
    said: dict[int, list[str]] = defaultdict(list)
    todo: list[Json] = []
    for number in range(500):
        chat = chance.choice(range(1, 61))
        said[chat].append(f"message {number}")
        todo.append(desk.api.says(chat, said[chat][-1]))
    desk.api._updates = []
    return said, todo


def bad_line(chance: random.Random) -> Callable[[str, Json], Fault | None]:
    """Of the calls that fetch and send, 10 % are refused with 429 and 5 % broken off."""

    def fault(method: str, body: Json) -> Fault | None:
        roll = chance.random()
        if method not in ("sendmessage", "getupdates") or roll > 0.15:
            return None
        return Fault("429", 1) if roll < 0.10 else Fault("drop")

    return fault


def nothing_gets_through(method: str, body: Json) -> Fault | None:
    """The bot's messages do not reach Telegram."""
    return Fault("drop") if method == "sendmessage" else None


def each_once_and_in_order(desk: Desk, engine: FakeEngine, said: dict[int, list[str]]) -> None:
    """Every chat reads the answers to its messages, each once, in the order they were written; so does the engine."""
    for chat, words in said.items():
        assert [sent.text for sent in desk.api.to(chat) if sent.text.startswith("message")] == words
    assert Counter(seen["message_id"] for seen in engine.seen).most_common(1)[0][1] == 1
    assert len(engine.seen) == 500 and desk.service.paused


def test_repeats_of_one_update_do_not_count_as_a_flood(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        async with desk.running():
            update = desk.api.says(CHAT, "once")
            await desk.arrives()
            for _ in range(2 * MAX_TURNS_A_MINUTE):
                await desk.service.take([update])
            assert read(await desk.says(CHAT, "and another")) == "You said: and another"

    asyncio.run(body())


def test_what_no_key_opens_any_more_is_dropped_and_holds_up_nothing(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        async with desk.running():
            await desk.says(CHAT, "/start")
        desk.api.says(CHAT, "written under a key that is gone")
        with desk.db.session_scope() as session:
            key = store.key_of(desk.db, CHAT)
            session.add(TelegramUpdate(update_id=1, chat_key=key, sealed_body="x", received_at=datetime.now(UTC)))
            session.add(TelegramOut(chat_key=key, sealed_body="x", created_at=datetime.now(UTC)))
        async with desk.running():
            await desk.arrives()
        assert desk.api.to(CHAT)[-1].text == "You said: written under a key that is gone"
        assert store.unfinished(desk.db) == set()

    asyncio.run(body())
