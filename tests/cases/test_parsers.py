"""What a parent types, read into values: names, contacts, places, ages, choices."""

import pytest

from bot.cases.fields import choices, steering
from bot.cases.parse_child import parse_child
from bot.cases.parse_contact import parse_email, parse_phone, shown_phone
from bot.cases.parse_place import half_postcode, parse_council, parse_postcode
from bot.cases.parse_words import clean, nonsense, parse_choice, parse_name, parse_text, payload_like

NO_NAMES = steering()["not_a_name"]


@pytest.mark.parametrize(
    ("said", "name"),
    [("Sam Test", "Sam Test"), ("my name is sam test", "sam test"), ("I'm Sam", "Sam"), ("it's Mary-Jane O’Test.", "Mary-Jane O’Test"),
     ("Ünal Öztest", "Ünal Öztest"), ("李小龙", "李小龙"), ("Dr. Test", "Dr. Test"), ("Sam Test, mum of Alex", "Sam Test")],
)  # fmt: skip
def test_a_name_is_read_without_what_leads_in(said: str, name: str) -> None:
    assert parse_name(said, 80, NO_NAMES) == name


@pytest.mark.parametrize(
    "said",
    ["yes", "no", "why", "", "   ", "12345", "<script>alert(1)</script>", "{{7*7}}", "/send", "⁄handoff", "asdfghjk", "zzzzzz",
     "sam@example.org", "`rm -rf`", "I do not want to tell you my name at all today", "\u202eevil"[:1]],
)  # fmt: skip
def test_what_is_no_name_is_not_taken_for_one(said: str) -> None:
    assert parse_name(said, 80, NO_NAMES) is None


@pytest.mark.parametrize(
    ("said", "phone"),
    [("07700 900123", "+447700900123"), ("ring 01632 960123 after 3", "+441632960123"), ("+44 (0)7700 900123", "+447700900123"),
     ("0044 7700 900123", "+447700900123"), ("(0161) 480-0833", "+441614800833"), ("+33 1 23 45 67 89", "+33123456789")],
)  # fmt: skip
def test_a_number_is_stored_in_one_form(said: str, phone: str) -> None:
    assert parse_phone(said) == phone


@pytest.mark.parametrize(
    "said", ["03/04/2026", "12 03 2026", "£07700900123", "123", "0800", "year 5", "SD-7KQ4-XM2P 12345678"]
)
def test_dates_sums_and_codes_are_no_phone_numbers(said: str) -> None:
    assert parse_phone(said) is None


def test_a_number_is_shown_as_people_here_read_it() -> None:
    assert shown_phone("+447700900123") == "07700 900123"
    assert shown_phone("+33123456789") == "+33 1 23 45 67 89"
    assert shown_phone("nonsense") == "nonsense"


@pytest.mark.parametrize(
    ("said", "email"),
    [
        ("Sam@Example.ORG.", "Sam@example.org"),
        ("mail me: sam+x@example.org, thanks", "sam+x@example.org"),
        ("<sam@example.org>", "sam@example.org"),
    ],
)
def test_an_address_is_read_and_its_domain_put_in_small_letters(said: str, email: str) -> None:
    assert parse_email(said) == email


@pytest.mark.parametrize(
    "said",
    [
        "sam@",
        "@example.org",
        "sam@localhost",
        "sam at example.org",
        "a@b..org",
        "x" * 70 + "@example.org@",
        "sam@exa mple.org",
    ],
)
def test_what_is_no_address_is_refused(said: str) -> None:
    assert parse_email(said) is None


@pytest.mark.parametrize(
    ("said", "postcode"),
    [("sk38ab", "SK3 8AB"), ("I'm at SK3  8AB now", "SK3 8AB"), ("SW1A 1AA", "SW1A 1AA"), ("M1 1AE", "M1 1AE")],
)
def test_a_postcode_is_read_in_any_spelling(said: str, postcode: str) -> None:
    assert parse_postcode(said) == postcode


@pytest.mark.parametrize("said", ["SK3", "SK", "year 5 in school", "QK3 8AB", "SK3 8CI"])
def test_what_is_no_full_postcode_is_refused(said: str) -> None:
    assert parse_postcode(said) is None


def test_half_a_postcode_is_noticed() -> None:
    assert half_postcode("SK3")
    assert not half_postcode("somewhere")


@pytest.mark.parametrize(
    ("said", "value"),
    [("year 5", {"year": 5}), ("yr11", {"year": 11}), ("Y9", {"year": 9}), ("reception", {"year": 0}), ("nursery", {"year": -1}),
     ("sixth form", {"year": 12}), ("year five", {"year": 5}), ("9 years old", {"age": 9}), ("she's nine", {"age": 9}), ("aged 16", {"age": 16}),
     ("he is 7 and in year 2", {"year": 2, "age": 7}), ("18 months old", {"age": 1}), ("19", {"age": 19}), ("9 years", {"age": 9})],
)  # fmt: skip
def test_school_years_and_ages_are_told_apart(said: str, value: dict[str, int]) -> None:
    assert parse_child(said, asked=True).value == value


@pytest.mark.parametrize(("said", "doubt"), [("5", "either"), ("30", "too_old"), ("he is 42", "too_old")])
def test_what_may_be_either_or_cannot_be_is_doubted(said: str, doubt: str) -> None:
    assert parse_child(said, asked=True).doubt == doubt


@pytest.mark.parametrize(
    "said", ["5", "we waited 6 weeks", "20 weeks", "15 days", "section 19", "she is at 2 schools", "waiting 2 years"]
)
def test_other_numbers_are_no_age_when_none_was_asked_for(said: str) -> None:
    assert parse_child(said, asked=False).value is None


@pytest.mark.parametrize(
    ("said", "council"),
    [
        ("stockport", "Stockport Council"),
        ("it's Stockport MBC", "Stockport MBC"),
        ("cheshire east", "Cheshire East Council"),
    ],
)
def test_a_council_is_named_in_full(said: str, council: str) -> None:
    assert parse_council(said, 80) == council


@pytest.mark.parametrize("said", ["what?", "{{config}}", "", "one two three four five six seven eight"])
def test_what_is_no_council_is_refused(said: str) -> None:
    assert parse_council(said, 80) is None


@pytest.mark.parametrize(
    ("said", "choice"),
    [("1", "before-request"), ("number 3", "refused-assessment"), ("the last one", "not-sure"), ("We have a draft plan", "draft-plan"),
     ("they refused to assess him", "refused-assessment"), ("it is at tribunal", "appeal"), ("99", None), ("hello there", None)],
)  # fmt: skip
def test_a_choice_is_made_by_number_title_or_words(said: str, choice: str | None) -> None:
    assert parse_choice(said, choices("stages").values()) == choice


@pytest.mark.parametrize("said", ["", "..", "123", "zzzzz", "asdfgh", "qwrtpsdf", "!!!", '⁄inform{"a": 1}', "/restart"])
def test_nonsense_and_commands_are_no_free_text(said: str) -> None:
    assert parse_text(said, 100) is None


@pytest.mark.parametrize("said", ["No plan yet", "rang them", "Nothing works", "He cries.", "学校不同意", "لا رد"])
def test_short_and_foreign_words_are(said: str) -> None:
    assert parse_text(said, 100) == said


def test_text_is_cleaned_of_signs_that_hide_or_turn_it() -> None:
    assert clean("a\u202eb\x00c\ud800d\u200be  f\r\n\r\n\r\n\r\ng", 100) == "abcde f\n\ng"
    assert len(clean("x" * 10_000, 50)) == 50


def test_machine_commands_are_seen_with_either_slash() -> None:
    assert payload_like('/send{"x": 1}')
    assert payload_like("\u2044stop")
    assert not payload_like("and/or both")
    assert nonsense("??")
