"""Without the engine the office still answers: danger first, then the apology, then the pages that fit best."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.blocks import Reply, text
from bot.channels.apology import apology
from bot.channels.engine_client import EngineClient
from bot.channels.gateway import Gateway, Pressed, Typed
from bot.knowledge.entries import entries
from bot.limits import CONVERSATION_DAYS, GAP_DAYS
from bot.settings import Settings
from bot.store.engine import Database
from bot.store.learning import KeptGap, Useful, feedback, gaps, keep_gap
from bot.store.tables import Feedback, Gap
from bot.store.transcript import StoredTurn
from tests.office.fake_engine import FakeEngine

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOW.date()


def run(db: Database, settings: Settings, body: Callable[[Gateway], Awaitable[Any]]) -> Any:
    async def whole() -> Any:
        async with EngineClient(settings) as client:
            return await body(Gateway(db, settings, client, lambda: NOW))

    return asyncio.run(whole())


def one_turn(db: Database, settings: Settings, said: str, channel: Any = "web") -> StoredTurn:
    async def body(gateway: Gateway) -> StoredTurn:
        return await gateway.turn(await gateway.start(channel), Typed(said), "message-1", channel)

    found: StoredTurn = run(db, settings, body)
    return found


def offered(blocks: Any) -> list[str]:
    return [
        item["url"]
        for block in blocks
        if block["type"] == "links"
        for item in block["items"]
        if "/answers/" in item["url"]
    ]


def texts(blocks: Any) -> str:
    return "\n".join(block["text"] for block in blocks if block["type"] == "text")


def test_a_question_gets_up_to_three_pages_after_the_apology(db: Database, settings: Settings) -> None:
    turn = one_turn(db, settings, "do i have to go to mediation before i appeal")
    assert turn.outcome == "failed"
    assert "/answers/mediation" in offered(turn.blocks) and len(offered(turn.blocks)) <= 3
    assert "While I am down, these pages may help" in texts(turn.blocks)
    assert settings.office.phone in texts(turn.blocks)


def test_elsewhere_than_on_the_site_the_pages_have_their_whole_address(db: Database, settings: Settings) -> None:
    turn = one_turn(db, settings, "do i have to go to mediation before i appeal", "telegram")
    assert all(url.startswith(f"{settings.public_url}/answers/") for url in offered(turn.blocks)) and offered(
        turn.blocks
    )


@pytest.mark.parametrize("said", ["hello", "asdf", "when are the bins collected"])
def test_no_page_is_offered_for_what_is_not_a_question_of_the_field(
    db: Database, settings: Settings, said: str
) -> None:
    turn = one_turn(db, settings, said)
    assert turn.outcome == "failed" and offered(turn.blocks) == []


def test_danger_comes_before_the_apology(db: Database, settings: Settings) -> None:
    turn = one_turn(db, settings, "no school place for a year and he says he wants to kill himself")
    assert turn.outcome == "urgent"
    assert "Samaritans" in turn.blocks[0]["text"] and "cannot answer just now" in texts(turn.blocks)


def test_entries_held_are_not_offered(settings: Settings) -> None:
    asked = "do i have to go to mediation before i appeal"
    last = max(entry.review_by for entry in entries().values())
    assert offered(apology(settings.office, asked, TODAY)["blocks"])
    assert offered(apology(settings.office, asked, last.replace(year=last.year + 1))["blocks"]) == []


def test_a_button_is_not_searched_for(db: Database, settings: Settings, engine: FakeEngine) -> None:
    async def body(gateway: Gateway) -> StoredTurn:
        conversation = await gateway.start("web")
        first = await gateway.turn(conversation, Typed("hello"), "message-1")
        button = next(block["items"][0]["id"] for block in first.blocks if block["type"] == "buttons")
        engine.stop()
        return await gateway.turn(conversation, Pressed(button), "message-2")

    assert offered(run(db, settings, body).blocks) == []


def reply(outcome: str, entries: list[str] | None = None, confidence: float | None = None, **detail: Any) -> Reply:
    return {
        "blocks": [text("x")],
        "outcome": outcome,
        "entries": entries or [],
        "confidence": confidence,
        "detail": detail,
    }


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (reply("out_of_scope", unanswered=True), ("unanswered", "mediation")),
        (reply("asked_back", ["dla@12345678", "eotas@12345678"], 0.2), ("asked_back", "dla")),
        (reply("answered", ["dla@12345678"], 0.4), ("unsure", "dla")),
        (reply("answered", ["dla@12345678"], 0.9), None),
        (reply("answered", ["dla@12345678"]), None),
        (reply("out_of_scope"), None),
        (reply("asked_back"), None),
        (reply("asked_back", private="name"), None),
        (reply("urgent"), None),
    ],
)
def test_questions_without_a_sure_answer_are_kept_and_no_others(
    db: Database, settings: Settings, engine: FakeEngine, given: Reply, kept: tuple[str, str] | None
) -> None:
    engine.say = lambda body: [given]
    one_turn(db, settings, "do i have to go to mediation first, my son Zebedee, ring 07700 900123")
    found = [(gap.reason, gap.nearest, gap.text) for group in gaps(db, TODAY).values() for gap in group]
    assert found == (
        [(*kept, "do i have to go to mediation first, my son [name], ring [phone number]")] if kept else []
    )


def test_the_answer_to_a_personal_question_is_never_kept(db: Database, settings: Settings, engine: FakeEngine) -> None:
    async def body(gateway: Gateway) -> None:
        conversation = await gateway.start("web")
        engine.say = lambda body: [reply("asked_back", private="name")]
        await gateway.turn(conversation, Typed("pass it to the office"), "message-1")
        engine.say = lambda body: [reply("out_of_scope", unanswered=True)]
        await gateway.turn(conversation, Typed("it is test parent of example lane"), "message-2")

    run(db, settings, body)
    assert gaps(db, TODAY) == {}


def test_was_this_useful_is_kept_with_entry_and_version(db: Database, settings: Settings, engine: FakeEngine) -> None:
    for useful, entry in [(True, "dla@12345678"), (False, "dla@12345678"), (False, None), (True, "no mark")]:
        engine.say = lambda body, useful=useful, entry=entry: [reply("smalltalk", useful=useful, entry=entry)]
        one_turn(db, settings, "thanks that helped")
    assert feedback(db, TODAY) == [Useful("dla", "12345678", 1, 1)]


def test_a_turn_outlives_a_failure_to_keep_what_it_taught(db: Database, settings: Settings, engine: FakeEngine) -> None:
    engine.say = lambda body: [
        reply("out_of_scope", unanswered=True),
        reply("smalltalk", useful=True, entry="dla@12345678"),
    ]
    for table in (Gap, Feedback):
        table.__table__.drop(db.engine)  # type: ignore[attr-defined]
    assert one_turn(db, settings, "mediation").outcome == "out_of_scope"


def test_tidying_forgets_old_questions(db: Database, settings: Settings) -> None:
    assert GAP_DAYS > CONVERSATION_DAYS
    old = TODAY.replace(year=2025)
    keep_gap(db, KeptGap(old, "web", "unanswered", None, "x"))
    run(db, settings, lambda gateway: gateway.tidy())
    assert gaps(db, old) == {}
