"""Masking of personal details, and blocks as plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.merging import harmless
from bot.channels.render import plain
from bot.privacy.redaction import mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("ring 07700 900123 please", "ring [phone number] please"),
        ("ring 07700900123", "ring [phone number]"),
        ("(01632) 960 123 or 01632-960-123.", "[phone number] or [phone number]."),
        ("+44 7700 900123 / 0044 (0)7700 900123", "[phone number] / [phone number]"),
        ("abroad +33 1 23 45 67 89", "abroad [phone number]"),
        ("mail test.parent+send@mail.example.org today", "mail [e-mail] today"),
        ("NHS 943 476 5919 and 9434765919", "NHS [NHS number] and [NHS number]"),
        ("NI AA 12 34 56 C, aa123456c", "NI [NI number], [NI number]"),
        ("we live at SK1 3XE or sk13xe", "we live at [postcode] or [postcode]"),
    ],
)
def test_personal_details_are_masked(text: str, masked: str) -> None:
    assert mask(text) == masked
    assert mask(masked) == masked


@pytest.mark.parametrize(
    "text",
    [
        "the letter is dated 03-03-2026 and 04.04.2026",
        "from 03/03/2026 to 04/04/2026 it took 20 weeks",
        "the plan of 2026-11-23 costs £6,000 or £12345678901",
        "section 42, year 6, SEND35A, 15 days, section 19(3)",
        "case SD-7KQ4-XM2P and 1234567890 items",
        "my son is 7, born in 2019; DS1 in Y6, EHCP v2",
    ],
)
def test_what_is_not_personal_stays(text: str) -> None:
    assert mask(text) == text


@given(st.text(max_size=300))
def test_masking_any_text_twice_changes_nothing_more(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@given(st.text(max_size=60), st.sampled_from(["/", " /", "\n\u00a0/", "//"]))
def test_no_typed_text_starts_with_a_slash_when_it_reaches_the_engine(text: str, start: str) -> None:
    assert not harmless(start + text).strip().startswith("/")


def test_every_kind_of_block_reads_as_plain_text() -> None:
    row = {"label": "Decision", "date": "2026-12-07", "status": "due", "detail": "Six weeks.", "provision": "reg 5"}
    blocks = [
        {"type": "heading", "text": "You can appeal"},
        {"type": "text", "text": "Yes."},
        {"type": "list", "items": ["Write", "Send"], "ordered": True},
        {"type": "list", "items": ["One"], "ordered": False},
        {"type": "links", "items": [{"text": "Ring 01632 960123", "url": "tel:01632960123"},
                                    {"text": "Advice", "url": "https://example.org/a"}]},
        {"type": "more", "summary": "More", "paragraphs": ["folded away"]},
        {"type": "sources", "entry": "e", "version": "1", "law": ["Section 36"],
         "items": [{"text": "The Act", "url": "https://example.org/act"}], "law_as_at": "2026-06-15", "review_by": ""},
        {"type": "buttons", "prompt": "Did you mean:", "items": [{"text": "This", "payload": "/x"}, {"text": "That"}]},
        {"type": "timeline", "title": "Your dates", "rows": [row, {**row, "date": None, "detail": ""}]},
        {"type": "file", "name": "dates.ics", "mime": "text/calendar", "label": "Add to calendar", "content": ""},
        {"type": "letter", "letter": "l", "title": "The letter", "paragraphs": ["Dear council"], "missing": []},
        {"type": "review", "title": "Check this", "items": [{"field": "f", "label": "Stage", "value": "appeal",
                                                              "basis": "said"}]},
        {"type": "reference", "reference": "SD-7KQ4-XM2P", "code": "ABCD"},
        {"type": "of-the-future"},
    ]  # fmt: skip
    assert plain(blocks).split("\n\n") == [
        "You can appeal",
        "Yes.",
        "1. Write\n2. Send",
        "- One",
        "Ring 01632 960123\nAdvice: https://example.org/a",
        "Law: Section 36.\nSource: The Act: https://example.org/act\nLaw as at 15 June 2026.",
        "Did you mean:\n1. This\n2. That",
        "Your dates\n- 7 December 2026: Decision (due). Six weeks.\n- no date yet: Decision (due).",
        "Add to calendar (dates.ics)",
        "The letter",
        "Dear council",
        "Check this\n- Stage: appeal",
        "Your reference: SD-7KQ4-XM2P\nYour code: ABCD",
    ]
