"""Delivery: Telegram's limits and refusals, and chats that do not wait for each other."""

import asyncio
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from bot.channels.telegram import store
from bot.channels.telegram.limiter import ChatLimiter
from bot.channels.telegram.rendering import said
from bot.knowledge.words import say
from bot.store.engine import Database
from tests.office.fake_engine import FakeEngine
from tests.telegram.desk import Desk, read, reply
from tests.telegram.fake_api import Fault, Json

CHAT, OTHER = 700123, 700456


def test_retry_after_delays_only_that_chat(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        async with desk.running():
            await desk.says(CHAT, "/start")
            await desk.says(OTHER, "/start")
            waiting, go_on = asyncio.Event(), asyncio.Event()
            real = desk.service._pause

            async def pause(seconds: float) -> None:
                assert seconds == 37
                waiting.set()
                await go_on.wait()
                await real(seconds)

            desk.service._delivery._pause = pause
            limited = {"on": True}

            def fault(method: str, body: Json) -> Fault | None:
                busy = limited["on"] and method == "sendmessage" and body["chat_id"] == CHAT
                return Fault("429", 37) if busy else None

            desk.api.fault = fault
            desk.api.says(CHAT, "one")
            await desk.api.until(waiting.is_set)
            desk.api.says(OTHER, "two")
            await desk.api.until(lambda: len(desk.api.to(OTHER)) == 2)
            assert len(desk.api.to(CHAT)) == 1
            limited["on"] = False
            go_on.set()
            await desk.api.until(lambda: len(desk.api.to(CHAT)) == 2)

    asyncio.run(body())


class TimelessLoop(asyncio.SelectorEventLoop):
    """A loop whose clock jumps to the next thing to do, so that waiting takes no time."""

    def __init__(self) -> None:
        super().__init__()
        self._at = 0.0
        select = self._selector.select

        def jump(timeout: float | None = None) -> Any:
            self._at += timeout or 0
            return select(0)

        self._selector.select = jump

    def time(self) -> float:
        self._at += 1e-7  # a clock that stood still would leave rounding errors to be waited for for ever
        return self._at


def test_a_chat_gets_one_message_a_second_and_all_together_about_thirty() -> None:
    sent: dict[int, list[float]] = defaultdict(list)

    async def body() -> None:
        limiter = ChatLimiter()

        async def call(chat: int) -> bool:
            sent[chat].append(asyncio.get_running_loop().time())
            return True

        async def send(chat: int, endpoint: str = "sendMessage") -> None:
            await limiter.process_request(call, (chat,), {}, endpoint, {"chat_id": chat}, None)

        await asyncio.gather(*(send(chat) for chat in range(60) for _ in range(4)))

    loop = TimelessLoop()
    loop.run_until_complete(body())
    loop.close()
    for moments in sent.values():
        assert all(later - earlier >= 0.999 for earlier, later in pairwise(moments))
    every = sorted(moment for moments in sent.values() for moment in moments)
    assert len(every) == 240 and every[-1] >= (240 - 30) / 30 - 0.1


def test_what_is_no_message_waits_for_no_limit() -> None:
    async def body() -> float:
        limiter = ChatLimiter(a_chat=1)

        async def call() -> bool:
            return True

        for endpoint in ("sendChatAction", "answerCallbackQuery", "editMessageReplyMarkup") * 5:
            await limiter.process_request(call, (), {}, endpoint, {"chat_id": 1}, None)
        return asyncio.get_running_loop().time()

    loop = TimelessLoop()
    assert loop.run_until_complete(body()) < 0.01
    loop.close()


def test_a_message_whose_entities_are_refused_goes_as_plain_text(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        async with desk.running():
            await desk.says(CHAT, "/start")
            desk.api.refuse = lambda method, body: "can't parse entities" if body.get("parse_mode") else None
            found = await desk.says(CHAT, "a <b> & c")
            assert read(found) == "You said: a <b> & c" and next(iter(found[-1].keyboard)) == "Go on"

    asyncio.run(body())


def test_a_message_that_is_refused_altogether_holds_up_nothing_after_it(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        async with desk.running():
            await desk.says(CHAT, "/start")
            desk.api.refuse = lambda method, body: "nonsense" if "first" in body["text"] else None
            assert await desk.says(CHAT, "first") == []
            assert read(await desk.says(CHAT, "second")) == "You said: second"

    asyncio.run(body())


def test_a_file_that_is_refused_is_said_so(desk: Desk, engine: FakeEngine) -> None:
    file = {"type": "file", "name": "a.ics", "mime": "text/calendar", "label": "Dates", "content": "QQ=="}
    engine.say = lambda body: [{"blocks": [file], "outcome": "deadline", "entries": [], "confidence": None}]

    async def body() -> None:
        async with desk.running():
            await desk.says(CHAT, "/start")
            desk.api.refuse = lambda method, body: "wrong file" if method == "senddocument" else None
            assert read(await desk.says(CHAT, "dates")) == say("telegram", "file_refused")

    asyncio.run(body())


def test_a_long_answer_comes_in_parts_that_make_the_whole(desk: Desk, engine: FakeEngine) -> None:
    paragraphs = [f"{number}. " + "Plain words about plans. 😀 " * 40 for number in range(12)]
    engine.say = lambda body: reply(*paragraphs)

    async def body() -> None:
        async with desk.running():
            await desk.says(CHAT, "/start")
            found = await desk.says(CHAT, "all of it")
            assert len(found) > 2
            assert read(found).split() == " ".join(paragraphs).split()

    asyncio.run(body())


def test_with_the_engine_down_a_parent_reads_the_telephone_number(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        async with desk.running():
            await desk.says(CHAT, "/start")
            engine.stop()
            assert desk.settings.office.phone in read(await desk.says(CHAT, "anybody?"))
            engine.start()
            assert read(await desk.says(CHAT, "and now?")) == "You said: and now?"

    asyncio.run(body())


def test_a_closed_chat_drops_what_is_under_way(db: Database) -> None:
    now = datetime.now(UTC)
    key = store.touch(db, CHAT, now).key
    store.tell(db, key, CHAT, 3, said("hello"), now)
    store.tell(db, key, CHAT, 3, said("hello again"), now)
    assert len(store.undelivered(db, key)) == 1
    store.close(db, key, "blocked")
    assert store.undelivered(db, key) == []


def test_old_chats_and_update_numbers_are_deleted_and_unanswered_updates_are_not(db: Database) -> None:
    from bot.channels.telegram.incoming import Incoming

    now = datetime.now(UTC)
    long_ago = now - timedelta(days=40)
    store.touch(db, CHAT, long_ago)
    store.accept(db, [(1, None), (2, Incoming(2, CHAT, "text", text="hi"))], long_ago)
    store.purge(db, now - timedelta(days=30), now - timedelta(days=7))
    key = store.key_of(db, CHAT)
    assert store.chat_of(db, key) is None
    assert [waiting.incoming.update for waiting in store.waiting(db, key)] == [2]
    assert store.accept(db, [(2, Incoming(2, CHAT, "text", text="hi"))], now) == set()


def test_the_first_update_that_there_can_be_is_answered(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        async with desk.running():
            message = {
                "message_id": 0,
                "date": int(time.time()),
                "chat": {"id": CHAT, "type": "private"},
                "text": "nought",
            }
            await desk.service.take([{"update_id": 0, "message": message}])
            await desk.service.queues.idle()
            assert desk.api.to(CHAT)[0].text == "You said: nought"

    asyncio.run(body())


def test_an_update_that_breaks_us_ends_with_an_apology_and_not_in_a_loop(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        async with desk.running():
            await desk.says(CHAT, "/start")
            real = desk.service._answering._gateway.turn

            async def broken(conversation: str, words: Any, *args: Any) -> Any:
                if getattr(words, "text", "") == "break":
                    raise RuntimeError("a bug")
                return await real(conversation, words, *args)

            desk.service._answering._gateway.turn = broken  # type: ignore[method-assign]
            found = await desk.says(CHAT, "break")
            assert read(found) == say("telegram", "could_not", phone=desk.settings.office.phone)
            assert read(await desk.says(CHAT, "after")) == "You said: after"

    asyncio.run(body())


def test_a_message_whose_receipt_was_lost_is_sent_again_rather_than_never(desk: Desk, engine: FakeEngine) -> None:
    """The one case in which a parent may read an answer twice: nobody can tell whether Telegram had taken it."""

    async def body() -> None:
        async with desk.running():
            await desk.says(CHAT, "/start")
            lost = iter([Fault("lost")])
            desk.api.fault = lambda method, body: next(lost, None) if method == "sendmessage" else None
            found = await desk.says(CHAT, "did you get this")
            assert [sent.text for sent in found] == ["You said: did you get this"] * 2

    asyncio.run(body())
    assert len(engine.seen) == 1
