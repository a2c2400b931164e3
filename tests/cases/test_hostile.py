"""Whatever is typed: a sensible reply, no exception, and no field that holds what it must not."""

import json
import os
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from bot.cases.draft import Draft
from bot.cases.fields import choices, fields
from bot.cases.parse_words import is_name, payload_like
from bot.cases.summary import document
from bot.law.clocks import triggers
from bot.outcomes import Outcome
from tests.cases.talking import Talk
from tests.cases.test_document import SCHEMA
from tests.cases.test_form import until

MANY = int(os.environ.get("HOSTILE_ANSWERS", "2000"))
HOSTILE = (
    "/restart", '/send{"field": "name"}', "\u2044inform", "'; DROP TABLE cases; --", "{{7*7}}", "${jndi:ldap://x}", "<img src=x onerror=alert(1)>",
    "=cmd|' /C calc'!A0", "\x00\x01\x02", "a" * 10_000, "\u202e\u2066evil", "a@b.c\r\nBcc: x@example.org", "%s%s%n", "\ud800", "🧨" * 500,
    "../../etc/passwd", "SK3 8AB" * 500, "0" * 3000, "\n" * 3000, "((((((((((a+)+)+)+)+)+)+)+)+)+$", "null", "NaN", "-1", "year 999999999999", "1/0",
    "3 March 2026 " * 200, "skip\u200b", "٣", "Ⅷ", "my name is", "no, ", "change ", "my number is ", "sd-0000-0000 00000000", "@" * 2000, "+44" * 900,
)  # fmt: skip
ORDINARY = (
    "yes",
    "no",
    "skip",
    "back",
    "Sam Test",
    "sam@example.org",
    "SK3 8AB",
    "SW1A 1AA",
    "year 5",
    "2",
    "send",
    "why?",
    "I do not know",
    "review meeting was 12 May 2026",
)
INTENTS = (
    "",
    "ask",
    "affirm",
    "deny",
    "stop",
    "skip",
    "go_back",
    "handoff",
    "deadline",
    "out_of_scope",
    "chitchat",
    "correction",
    "change",
    "send",
    "urgent",
    "case_status",
    "case_add",
    "my_data_erase",
)
MESSAGES = st.one_of(
    st.text(max_size=200),
    st.text(alphabet=st.characters(), max_size=60),
    st.sampled_from(HOSTILE),
    st.sampled_from(ORDINARY),
)
SAID = st.tuples(MESSAGES, st.sampled_from(INTENTS), st.floats(0, 1))
ASKED = [field.id for field in fields().values() if field.asked]


def assert_sound(draft: Draft) -> None:
    """No field holds what it must not."""
    values = draft.values
    assert set(values) <= {*fields(), "chat"}
    for name, value in values.items():
        field = fields().get(name)
        if field is None:
            assert value is True
        elif field.kind == "name":
            assert is_name(value, field.max, frozenset())
        elif field.kind == "choice":
            assert value in choices(field.choices)
        elif field.kind in ("text", "council"):
            assert 0 < len(value) <= field.max
            assert not payload_like(value)
            assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]", value)
        elif field.kind == "dates":
            assert all(name.removesuffix("_received") in triggers() or name in triggers() for name in value)
    assert re.fullmatch(r"\+[1-9]\d{5,14}", values.get("phone", "+44123456"))
    assert re.fullmatch(r"[A-Z]{1,2}\d[0-9A-Z]? \d[A-Z]{2}", values.get("postcode", "SK3 8AB"))
    assert re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", values.get("email", "a@b.c"))
    child = values.get("child", {"age": 5})
    assert set(child) <= {"age", "year"}
    assert 0 <= child.get("age", 0) <= 25
    assert -1 <= child.get("year", 0) <= 14


def assert_sensible(talk: Talk) -> None:
    """There is a reply with an outcome, it is JSON, and the state can be stored."""
    reply = talk.last.reply
    assert reply["blocks"] or talk.last.visit or talk.last.hand_to
    assert reply["outcome"] in set(Outcome)
    json.dumps(reply).encode()
    json.dumps(talk.memory.to_slots()).encode()
    assert len(json.dumps(talk.memory.case_draft)) < 60_000
    assert_sound(talk.draft)


@settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=st.sampled_from(ASKED), said=SAID)
def test_no_answer_breaks_the_field_it_is_given_to(asked: str, said: tuple[str, str, float]) -> None:
    talk = started(asked)
    talk.say(*said)
    assert_sensible(talk)


@settings(max_examples=max(MANY // 20, 20), deadline=None, suppress_health_check=list(HealthCheck))
@given(messages=st.lists(SAID, max_size=25))
def test_no_conversation_of_hostile_messages_breaks_the_form(messages: list[tuple[str, str, float]]) -> None:
    talk = Talk().agree()
    for said in messages:
        talk.say(*said)
        assert_sensible(talk)
        if not talk.last.active:
            talk.agree()
    for made in talk.submitted:
        whole = document(made.summary, made.contact)
        assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(whole)] == []


@settings(max_examples=max(MANY // 10, 50), deadline=None, suppress_health_check=list(HealthCheck))
@given(payload=st.dictionaries(st.sampled_from(["field", "value", "entry"]), st.one_of(st.text(max_size=40), st.sampled_from([*fields(), "new", "chat", "age-5", "year-99"]))),
       intent=st.sampled_from(["choose", "change", "send", "affirm", "deny", "skip", "go_back", "stop", "why_ask", "handoff", "case_add", "case_status", "letter"]), asked=st.sampled_from(ASKED))  # fmt: skip
def test_no_button_breaks_the_form(payload: dict[str, str], intent: str, asked: str) -> None:
    talk = started(asked)
    talk.press(f"/{intent}{json.dumps(payload)}")
    assert_sensible(talk)


_STARTED: dict[str, Talk] = {}


def started(asked: str) -> Talk:
    """A conversation in which a field is asked for."""
    if asked not in _STARTED:
        _STARTED[asked] = until(Talk().agree(), asked)
    known = _STARTED[asked]
    copy = Talk(known.setting, type(known.memory).from_slots(json.loads(json.dumps(known.memory.to_slots()))))
    copy.steps = list(known.steps)
    return copy
