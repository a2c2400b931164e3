"""Was this useful? Two buttons under an answer, tied to its entry and version, in both modes."""

import asyncio
from datetime import date

import pytest

from bot.channels.telegram.rendering import RATED
from bot.knowledge.words import say
from bot.limits import TELEGRAM_CALLBACK_BYTES
from bot.store import learning
from bot.store.engine import Database
from bot.store.learning import Useful
from tests.office.fake_engine import FakeEngine
from tests.telegram.desk import Desk, read, reply
from tests.telegram.fake_api import Sent

CHAT, OTHER = 700123, 700456
YES, NO = say("telegram", "useful_yes"), say("telegram", "useful_no")


def kept(db: Database) -> list[Useful]:
    return learning.feedback(db, date(2026, 1, 1))


@pytest.mark.parametrize("mode", ["polling", "webhook"])
@pytest.mark.parametrize(
    ("label", "thanks", "counts"), [(YES, "useful_thanks", (1, 0)), (NO, "useful_thanks_no", (0, 1))]
)
def test_a_rating_is_kept_once_thanked_for_and_leaves_the_other_buttons(
    desk: Desk, engine: FakeEngine, db: Database, mode: str, label: str, thanks: str, counts: tuple[int, int]
) -> None:
    async def body() -> None:
        desk.mode = mode
        async with desk.running():
            await desk.says(CHAT, "/start")
            [answer] = await desk.says(CHAT, "mediation?")
            assert list(answer.keyboard) == ["Go on", YES, NO]
            before = dict(answer.keyboard)
            assert read(await desk.presses(answer, label)) == say("telegram", thanks)
            assert list(answer.keyboard) == ["Go on"]
            answer.keyboard = before  # a phone that still shows them
            await desk.presses(answer, NO)
            assert read(await desk.presses(answer, "Go on")) == "You said: Go on"

    asyncio.run(body())
    assert kept(db) == [Useful("mediation", "12345678", *counts)]
    assert [seen["text"] for seen in engine.seen] == ["mediation?", "Go on"]  # the engine hears nothing of it


def test_a_reply_without_an_entry_is_not_asked_about(desk: Desk, engine: FakeEngine) -> None:
    engine.say = lambda body: reply("Hello.", outcome="smalltalk")

    async def body() -> None:
        async with desk.running():
            await desk.says(CHAT, "/start")
            assert [sent.keyboard for sent in await desk.says(CHAT, "hi")] == [{}]

    asyncio.run(body())


def test_another_chats_answer_a_deleted_one_and_a_forged_one_count_for_nothing(
    desk: Desk, engine: FakeEngine, db: Database
) -> None:
    async def body() -> None:
        async with desk.running():
            await desk.says(CHAT, "/start")
            [answer] = await desk.says(CHAT, "mediation?")
            await desk.says(OTHER, "hello")
            for data in (answer.keyboard[YES], f"{RATED}y:" + "0" * 32, RATED, f"{RATED}y"):
                forged = Sent(OTHER, 1, "", keyboard={YES: data})
                assert read(await desk.presses(forged, YES)) == say("telegram", "button_gone")
            [asked] = await desk.says(CHAT, "/delete")
            await desk.presses(asked, "Yes")
            assert read(await desk.presses(answer, YES)) == say("telegram", "button_gone")

    asyncio.run(body())
    assert kept(db) == []


def test_what_a_rating_button_carries_is_short_enough_for_telegram_and_names_no_entry(
    desk: Desk, engine: FakeEngine
) -> None:
    async def body() -> None:
        async with desk.running():
            await desk.says(CHAT, "/start")
            [answer] = await desk.says(CHAT, "mediation?")
            for data in answer.keyboard.values():
                assert len(data.encode()) <= TELEGRAM_CALLBACK_BYTES and "mediation" not in data

    asyncio.run(body())
