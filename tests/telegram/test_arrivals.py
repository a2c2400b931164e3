"""One test for each kind of thing that can arrive; everything gets a decent reply."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.blocks import text
from bot.channels.telegram.incoming import UNREAD
from bot.knowledge.words import say, words
from bot.limits import MAX_TURNS_A_MINUTE
from tests.office.fake_engine import Body, FakeEngine
from tests.telegram.desk import Desk, read, run

CHAT = 700123
FILE = {"file_id": "f", "file_unique_id": "u"}
KINDS: dict[str, Any] = {
    "animation": {**FILE, "width": 1, "height": 1, "duration": 1},
    "audio": {**FILE, "duration": 1},
    "checklist": {"title": "To do", "tasks": []},
    "dice": {"emoji": "🎲", "value": 6},
    "document": {**FILE, "file_name": "letter.pdf"},
    "game": {"title": "Game", "description": "", "photo": []},
    "invoice": {"title": "Pay", "description": "", "start_parameter": "", "currency": "GBP", "total_amount": 1},
    "location": {"latitude": 53.4, "longitude": -2.15},
    "paid_media": {"star_count": 1, "paid_media": []},
    "photo": [{**FILE, "width": 1, "height": 1}],
    "poll": {"id": "1", "question": "Is it?", "options": [], "type": "regular"},
    "sticker": {**FILE, "type": "regular", "width": 1, "height": 1},
    "story": {"chat": {"id": 5, "type": "private"}, "id": 1},
    "venue": {"title": "School", "address": "Road", "location": {"latitude": 53.4, "longitude": -2.15}},
    "video": {**FILE, "width": 1, "height": 1, "duration": 1},
    "video_note": {**FILE, "length": 1, "duration": 1},
    "voice": {**FILE, "duration": 3},
    "something_new": {"that": "nobody knows yet"},
}

Body_ = Callable[[], Awaitable[None]]


def test_every_kind_of_content_that_we_name_is_tried_here() -> None:
    assert set(UNREAD) <= set(KINDS)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_cannot_be_read_gets_one_polite_line_and_is_not_passed_on(
    desk: Desk, engine: FakeEngine, kind: str
) -> None:
    async def body() -> None:
        found = await desk.sends(CHAT, **{kind: KINDS[kind]})
        assert [sent.text for sent in found] == [say("telegram", f"unread_{kind if kind in UNREAD else 'unknown'}")]

    run(desk, body)
    assert engine.seen == []


@pytest.mark.parametrize("kind", ["photo", "document", "video", "voice"])
def test_words_under_a_picture_are_answered(desk: Desk, engine: FakeEngine, kind: str) -> None:
    async def body() -> None:
        found = await desk.sends(CHAT, caption="is this letter right?", **{kind: KINDS[kind]})
        assert [sent.text for sent in found] == [say("telegram", "with_caption"), "You said: is this letter right?"]

    run(desk, body)


def test_a_first_message_without_start_is_answered_and_told_about_privacy(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        found = await desk.says(CHAT, "hello")
        assert [sent.text for sent in found] == ["You said: hello", say("telegram", "first_time")]
        assert len(await desk.says(CHAT, "hello again")) == 1

    run(desk, body)


def test_an_edited_message_is_noted_and_not_run_again(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        await desk.says(CHAT, "they said no")
        message = {
            "message_id": 2,
            "date": int(time.time()),
            "chat": {"id": CHAT, "type": "private"},
            "text": "they said yes",
        }
        found = await desk.updates(CHAT, edited_message=message)
        assert [sent.text for sent in found] == [say("telegram", "edited")]

    run(desk, body)
    assert [seen["text"] for seen in engine.seen] == ["they said no"]


def test_a_moving_location_is_not_answered_at_every_step(desk: Desk) -> None:
    async def body() -> None:
        message = {"message_id": 2, "date": int(time.time()), "chat": {"id": CHAT, "type": "private"}}
        assert await desk.updates(CHAT, edited_message={**message, "location": KINDS["location"]}) == []

    run(desk, body)


def test_a_forwarded_post_is_asked_for_in_own_words(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        origin = {"type": "hidden_user", "sender_user_name": "Somebody", "date": 1}
        found = await desk.sends(CHAT, text="ALL plans end in March!!", forward_origin=origin)
        assert [sent.text for sent in found] == [say("telegram", "forwarded")]

    run(desk, body)
    assert engine.seen == []


CONTACT = {"phone_number": "447700900123", "first_name": "Test Parent", "user_id": CHAT}


def test_a_contact_outside_the_form_is_not_taken(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        await desk.says(CHAT, "hello")
        assert [sent.text for sent in await desk.sends(CHAT, contact=CONTACT)] == [say("telegram", "contact")]

    run(desk, body)
    assert len(engine.seen) == 1


def asking(body: Body) -> list[Body]:
    """An engine that is in the form and asks for a detail."""
    detail = {"private": True}
    return [
        {
            "blocks": [text("How can we reach you?")],
            "outcome": "asked_back",
            "entries": [],
            "confidence": None,
            "detail": detail,
        }
    ]


def test_the_parents_own_contact_is_their_number_inside_the_form(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        await desk.says(CHAT, "help me")
        await desk.sends(CHAT, contact=CONTACT)

    engine.say = asking
    run(desk, body)
    assert engine.seen[-1]["text"] == "+447700900123"


def test_somebody_elses_contact_is_not_taken_even_inside_the_form(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        await desk.says(CHAT, "help me")
        found = await desk.sends(CHAT, contact={**CONTACT, "user_id": 99})
        assert [sent.text for sent in found] == [say("telegram", "contact_not_own")]

    engine.say = asking
    run(desk, body)
    assert len(engine.seen) == 1


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
def test_groups_and_channels_are_left_with_one_line(desk: Desk, engine: FakeEngine, kind: str) -> None:
    async def body() -> None:
        chat = -100700
        change = {"chat": {"id": chat, "type": kind}, "date": int(time.time()), "new_chat_member": {"status": "member"}}
        assert [sent.text for sent in await desk.updates(chat, my_chat_member=change)] == [say("telegram", "group")]
        name = "channel_post" if kind == "channel" else "message"
        message = {"message_id": 5, "date": int(time.time()), "chat": {"id": chat, "type": kind}, "text": "@bot hi"}
        assert await desk.updates(chat, **{name: message}) == []
        gone = {**change, "new_chat_member": {"status": "left"}}
        assert await desk.updates(chat, my_chat_member=gone) == []
        assert desk.api.left == [chat]
        assert len(await desk.updates(chat, my_chat_member=change)) == 1

    run(desk, body)
    assert engine.seen == []


def test_a_group_that_becomes_a_supergroup_is_left_under_its_new_number(desk: Desk) -> None:
    async def body() -> None:
        desk.api.migrated[-5] = -1005
        message = {"message_id": 5, "date": int(time.time()), "chat": {"id": -5, "type": "group"}, "text": "hi"}
        await desk.updates(-5, message=message)
        await desk.service.queues.idle()
        assert [sent.text for sent in desk.api.to(-1005)] == [say("telegram", "group")]
        assert desk.api.left == [-1005]
        moved = {**message, "migrate_to_chat_id": -1005}
        assert await desk.updates(-5, message=moved) == []

    run(desk, body)


def test_somebody_who_blocked_us_is_written_to_once_and_can_come_back(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        await desk.says(CHAT, "hello")
        desk.api.blocked.add(CHAT)
        await desk.says(CHAT, "are you there")
        tried = desk.api.methods().count("sendmessage")
        change = {
            "chat": {"id": CHAT, "type": "private"},
            "date": int(time.time()),
            "new_chat_member": {"status": "kicked"},
        }
        await desk.updates(CHAT, my_chat_member=change)
        assert desk.api.methods().count("sendmessage") == tried
        desk.api.blocked.clear()
        await desk.updates(CHAT, my_chat_member={**change, "new_chat_member": {"status": "member"}})
        assert read(await desk.says(CHAT, "back again")) == "You said: back again"

    run(desk, body)


@pytest.mark.parametrize("content", [{"pinned_message": {}}, {"message_auto_delete_timer_changed": {}}])
def test_what_telegram_itself_notes_is_not_answered(desk: Desk, content: dict[str, Any]) -> None:
    async def body() -> None:
        assert await desk.sends(CHAT, **content) == []

    run(desk, body)


def test_updates_of_no_known_kind_are_stored_once_and_change_nothing(desk: Desk) -> None:
    async def body() -> None:
        await desk.updates(CHAT, some_new_kind={"chat": {"id": CHAT}})
        assert read(await desk.says(CHAT, "still there?")).startswith("You said")

    run(desk, body)


def test_a_flood_gets_one_line_that_still_names_999(desk: Desk, engine: FakeEngine) -> None:
    async def body() -> None:
        for number in range(MAX_TURNS_A_MINUTE + 15):
            desk.api.says(CHAT, f"message {number}")
        await desk.arrives()
        texts = [sent.text for sent in desk.api.to(CHAT)]
        assert len([found for found in texts if say("telegram", "too_many") in found and "999" in found]) == 1

    run(desk, body)
    assert MAX_TURNS_A_MINUTE <= len(engine.seen) <= MAX_TURNS_A_MINUTE + 2


def test_typing_is_shown_while_the_engine_thinks(desk: Desk, engine: FakeEngine) -> None:
    def slow(body: Body) -> list[Body]:
        end = time.monotonic() + 20
        while "sendchataction" not in desk.api.methods() and time.monotonic() < end:
            time.sleep(0.01)
        return [{"blocks": [text("there")], "outcome": "answered", "entries": [], "confidence": None}]

    async def body() -> None:
        await desk.says(CHAT, "hard question")
        assert "sendchataction" in desk.api.methods()

    engine.say = slow
    run(desk, body)


def test_every_text_of_the_channel_is_used_and_every_used_text_exists() -> None:
    found = words("telegram")
    for kind in (*UNREAD, "unknown"):
        assert f"unread_{kind}" in found
    assert all(len(found[name]) <= 256 for name in found if name.startswith("menu_"))
