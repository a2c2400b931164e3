"""Blocks as Telegram's messages: every kind, escaped, with buttons that fit."""

import base64
import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.merging import with_short_ids
from bot.channels.telegram.incoming import NoUpdate, number_of, read
from bot.channels.telegram.outgoing import Out
from bot.channels.telegram.rendering import callback, rendered
from bot.limits import TELEGRAM_CALLBACK_BYTES, TELEGRAM_MESSAGE_UNITS
from tests.telegram import markup

SITE = "https://chat.example.org"
HOSTILE = '<b>&amp; "quoted" </a> 😀 *_~`'


def shown(*blocks: dict[str, Any]) -> str:
    """The text of the one message that these blocks become."""
    [out] = rendered(blocks, SITE)
    return markup.read(out.html)[0]


def test_a_list_is_marked_or_numbered() -> None:
    assert shown({"type": "list", "items": ["one", "two"], "ordered": False}) == "• one\n• two"
    assert shown({"type": "list", "items": ["one", "two"], "ordered": True}) == "1. one\n2. two"


def test_links_are_linked_and_telephone_numbers_stand_in_full() -> None:
    items = [
        {"text": "IPSEA", "url": "https://www.ipsea.org.uk"},
        {"text": "Chat", "url": "/chat"},
        {"text": "Ring us", "url": "tel:01632960123"},
        {"text": "Ring 01632 960123", "url": "tel:01632960123"},
        {"text": "Odd", "url": "javascript:alert(1)"},
    ]
    [out] = rendered([{"type": "links", "items": items}], SITE)
    text, links = markup.read(out.html)
    assert links == [("https://www.ipsea.org.uk", "IPSEA"), (f"{SITE}/chat", "Chat")]
    assert text.splitlines()[2:] == ["• Ring us: 01632960123", "• Ring 01632 960123", "• Odd"]
    assert "https://www.ipsea.org.uk" in out.plain and "javascript" not in out.html


def test_sources_are_a_folded_list_with_law_pages_and_days() -> None:
    block = {
        "type": "sources", "entry": "e", "version": "v", "law": ["CFA 2014 s 36(8)"],
        "items": [{"text": "IPSEA (read 3 November 2026)", "url": "https://www.ipsea.org.uk"}],
        "law_as_at": "2026-11-01", "review_by": "2027-05-01",
    }  # fmt: skip
    [out] = rendered([block], SITE)
    assert out.html.startswith("<blockquote expandable>") and out.html.endswith("</blockquote>")
    text = markup.read(out.html)[0]
    for part in ("CFA 2014 s 36(8)", "IPSEA (read 3 November 2026)", "1 November 2026", "1 May 2027"):
        assert part in text


def test_a_timeline_is_text_with_a_word_for_each_state() -> None:
    rows = [
        {"label": "You asked", "date": "2026-10-01", "status": "done", "detail": "", "provision": ""},
        {"label": "Decision", "date": None, "status": "overdue", "detail": "Six weeks", "provision": "reg 4"},
    ]
    text = shown({"type": "timeline", "title": "Your dates", "rows": rows})
    assert "1 October 2026: You asked (done)" in text and "no date yet: Decision (overdue)\n    Six weeks" in text


def test_a_file_is_a_document_between_the_texts_and_buttons_stand_under_the_last_message() -> None:
    content = base64.b64encode(b"BEGIN:VCALENDAR").decode()
    file = {"type": "file", "name": "dates.ics", "mime": "text/calendar", "label": "Your dates", "content": content}
    choices = {"type": "buttons", "prompt": "", "items": [{"text": "Go on", "id": "1-abc"}]}
    outs = rendered([{"type": "text", "text": "Here."}, file, choices], SITE)
    assert [(out.kind, out.plain, len(out.keyboard)) for out in outs] == [
        ("text", "Here.", 0),
        ("document", "Your dates", 1),
    ]
    outs = rendered([file, {"type": "text", "text": "After."}, choices], SITE)
    assert [(out.kind, len(out.keyboard)) for out in outs] == [("document", 0), ("text", 1)]


def test_a_file_that_is_no_longer_there_is_said_so() -> None:
    file = {"type": "file", "name": "a.docx", "mime": "x", "label": "Your letter", "content": ""}
    assert "I do not keep files" in shown(file)


def test_reference_and_code_can_be_copied_with_a_tap() -> None:
    [out] = rendered([{"type": "reference", "reference": "SD-7KQ4-XM2P", "code": "1234 5678"}], SITE)
    assert "<code>SD-7KQ4-XM2P</code>" in out.html and "<code>1234 5678</code>" in out.html


def test_a_review_and_a_letter_show_everything() -> None:
    items = [{"field": "phone", "label": "Phone", "value": "01632 960123", "basis": "said"}]
    assert "Phone: 01632 960123" in shown({"type": "review", "title": "This goes", "items": items})
    letter = {"type": "letter", "letter": "x", "title": "Request", "paragraphs": ["Dear Sir,", "Yours"], "missing": []}
    assert shown(letter) == "Request\n\nDear Sir,\n\nYours"


def test_buttons_alone_get_a_line_to_carry_them() -> None:
    [out] = rendered([{"type": "buttons", "prompt": "", "items": [{"text": "Go on", "id": "1-abc"}]}], SITE)
    assert markup.read(out.html)[0].strip() and out.keyboard == (("Go on", "b:1-abc"),)


def test_every_button_payload_fits() -> None:
    blocks = [{"type": "buttons", "prompt": "", "items": [{"text": "x", "payload": "/y" * 400}]}]
    [changed], _ = with_short_ids(blocks, 999_999)
    assert len(callback(changed["items"][0]["id"]).encode()) <= TELEGRAM_CALLBACK_BYTES
    with pytest.raises(ValueError, match="64 bytes"):
        callback("é" * 32)


BLOCKS = st.one_of(
    st.builds(lambda t: {"type": "text", "text": t}, st.text(max_size=6000)),
    st.builds(lambda t: {"type": "heading", "text": t}, st.text(max_size=80)),
    st.builds(lambda t: {"type": "list", "items": t, "ordered": True}, st.lists(st.text(max_size=300), max_size=20)),
    st.builds(lambda t: {"type": "more", "summary": t, "paragraphs": [t]}, st.text(max_size=20)),
    st.builds(
        lambda t, ids: {"type": "buttons", "prompt": t, "items": [{"text": f"x{i}", "id": f"{i}-a"} for i in ids]},
        st.text(max_size=60), st.lists(st.integers(0, 99), max_size=5),
    ),
    st.builds(lambda t: {"type": "nobody knows", "text": t}, st.text(max_size=20)),
)  # fmt: skip


@given(st.lists(BLOCKS, max_size=6))
@settings(max_examples=200, deadline=None)
def test_whatever_the_blocks_hold_telegram_takes_each_message(blocks: list[dict[str, Any]]) -> None:
    for out in rendered(blocks, SITE):
        text, _ = markup.read(out.html)
        assert text.strip() and markup.length(text) <= TELEGRAM_MESSAGE_UNITS


def test_hostile_text_stays_text_in_every_kind_of_block() -> None:
    item = {"text": HOSTILE, "url": "https://example.org"}
    for block in (
        {"type": "text", "text": HOSTILE},
        {"type": "heading", "text": HOSTILE},
        {"type": "list", "items": [HOSTILE], "ordered": False},
        {"type": "links", "items": [item]},
        {"type": "letter", "letter": "x", "title": HOSTILE, "paragraphs": [HOSTILE], "missing": []},
        {
            "type": "review",
            "title": HOSTILE,
            "items": [{"field": "x", "label": HOSTILE, "value": HOSTILE, "basis": "said"}],
        },
        {"type": "buttons", "prompt": HOSTILE, "items": [{"text": HOSTILE, "id": "1"}]},
    ):
        assert HOSTILE in shown(block)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=20), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    st.sampled_from(["message", "callback_query", "edited_message", "my_chat_member", "chat", "id", "type", "text", "from", "date",
                     "message_id", "contact", "data", "new_chat_member", "status", "forward_origin", "photo", "caption"]),
    inner, max_size=6), max_leaves=30))  # fmt: skip
@settings(max_examples=500, deadline=None)
def test_no_update_whatever_it_holds_breaks_the_reading(found: Any) -> None:
    if isinstance(found, dict):
        read({**found, "update_id": 7})
    with contextlib.suppress(NoUpdate):
        number_of(found)


def test_what_is_kept_of_an_update_holds_no_name() -> None:
    person = {"id": 5, "is_bot": False, "first_name": "Test Parent", "username": "test_parent"}
    message = {
        "message_id": 2,
        "date": 3,
        "chat": {"id": 5, "type": "private", "first_name": "Test Parent"},
        "from": person,
    }
    incoming = read({"update_id": 1, "message": {**message, "text": "hello"}})
    assert incoming is not None
    assert incoming.to_dict() == {"update": 1, "chat": 5, "kind": "text", "at": 3, "text": "hello", "message": 2}


def test_what_is_stored_of_a_message_is_what_was_to_be_sent() -> None:
    out = Out("text", html="<b>x</b>", plain="x", keyboard=(("Go on", "b:1"),))
    assert Out.from_dict(out.to_dict()) == out
