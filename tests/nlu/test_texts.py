"""The texts of a message that are understood: whole, parts, and it behind what was typed before."""

from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.splitting import parts
from bot.nlu.texts import texts_of
from bot.nlu.wording import plain


def test_a_short_message_is_read_behind_what_was_typed_before() -> None:
    found = texts_of(Message({TEXT: "and who pays", "metadata": {"previous": "is mediation a must"}}))
    assert found.context == "is mediation a must and who pays"
    assert (found.whole, found.context) == ("and who pays", "is mediation a must and who pays")


def test_a_long_message_carries_its_own_topic() -> None:
    long = "the council said no to the assessment and we would like to know what we can do about it now please"
    assert texts_of(Message({TEXT: long, "metadata": {"previous": "hello"}})).context is None


def test_two_requests_joined_by_and_are_two_parts_in_a_short_message_only() -> None:
    assert parts("I want to appeal the taxi decision and make a complaint about the delay") == [
        "I want to appeal the taxi decision",
        "make a complaint about the delay",
    ]
    assert parts("speech and language") == []
    assert parts("he has been at home since March " * 5 + "and nobody has rung us back at all") == []


def test_plain_spelling_has_straight_quotes_single_spaces_and_no_control_characters() -> None:
    assert plain(" he\u2019s\u00a0in  year\t5 ") == "he's in year 5"
    assert plain("a\x00b\u200bc\nd\ue000e") == "a b c\nd e"
    assert plain("caf\u00e9 \u2014 \u00a35") == "caf\u00e9 - \u00a35"
