"""Coverage-guided fuzzing of everything that reads a person's words, with atheris; not part of the test run.

atheris is no dependency of the project: it is put in an environment of its own, which borrows the project's packages.

    python3.11 -m venv /tmp/fuzz && /tmp/fuzz/bin/pip install atheris
    PYTHONPATH=.:.venv/lib/python3.11/site-packages /tmp/fuzz/bin/python -m tests.ops.fuzz_parsers -max_total_time=300

Ends at the first exception, at an answer that breaks its promise, or at a text that takes longer than two seconds
(libFuzzer's options go on the command line). The text that did it is written beside it, as crash-*.
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime

import atheris

with atheris.instrument_imports(include=["bot"]):
    from bot.cases import plain_form
    from bot.cases.constituency import by_guide
    from bot.cases.draft import Draft
    from bot.cases.fields import choices, fields, steering
    from bot.cases.parse_child import parse_child
    from bot.cases.parse_contact import parse_email, parse_phone
    from bot.cases.parse_place import parse_council, parse_postcode
    from bot.cases.parse_words import clean, named, parse_choice, parse_name, parse_text
    from bot.cases.reading import facts_in, read_answer
    from bot.cases.steering import correction, yes_or_no
    from bot.cases.step import FormSetting
    from bot.channels.merging import harmless
    from bot.dialogue.deadline_reading import read
    from bot.dialogue.deadline_state import ClockState
    from bot.dialogue.heard import Heard
    from bot.knowledge.search import find
    from bot.knowledge.signals import signal_by_words
    from bot.nlu.splitting import parts
    from bot.nlu.wording import expanded
    from bot.privacy.redaction import mask
    from bot.settings import Office

TODAY = date(2026, 11, 23)
SECONDS = 2.0
OFFICE = Office("Test MP", "the test office", "Stockport", "0161 496 0000", "office@example.org")
SETTING = FormSetting(
    TODAY, datetime(2026, 11, 23, 12, tzinfo=UTC), "web", "", lambda heard, memory: ({}, memory), {}, OFFICE, by_guide, "key"
)  # type: ignore[arg-type,return-value]  # fmt: skip


def contact(text: str) -> None:
    """What is read is read again as itself."""
    for parse in (parse_email, parse_phone, parse_postcode):
        found = parse(text)
        assert found is None or parse(found) == found, (parse.__name__, found)


def words(text: str) -> None:
    """Limits hold, and no sign that steers a terminal comes through."""
    for most in (1, 40, 300):
        found = parse_text(text, most)
        assert found is None or 0 < len(found) <= most
        assert len(clean(text, most)) <= most
        name = parse_name(text, most, steering()["not_a_name"])
        assert name is None or (len(name) <= most and "\n" not in name)
    assert not any(ord(sign) < 32 and sign != "\n" for sign in clean(text, 4000))
    named(text, 80, steering()["not_a_name"])
    parse_council(text, 80)
    parse_child(text, asked=True)
    parse_choice(text, choices("stages").values())


def answers(text: str) -> None:
    """Each field of the form, and what stands beside the answer."""
    for field in fields().values():
        read_answer(field, Heard(text, "", "", 0.0), Draft(), TODAY, telegram=True)
    facts_in(text, TODAY)
    yes_or_no(Heard(text, "", "", 0.0))
    correction(Heard(text, "", "", 0.0))


def page(text: str) -> None:
    """The plain form: problems or a draft whose review and document can be made."""
    typed = dict(zip(fields(), text.split("|"), strict=False))
    filled = plain_form.read_page({**typed, "consent": "yes", "outside": "yes"}, SETTING)
    plain_form.review(filled.draft, SETTING)
    plain_form.submitted(filled.draft, SETTING)


def clock(text: str) -> None:
    """Dates as a person says them."""
    read(text, ClockState(), TODAY)


def reading(text: str) -> None:
    """What every message goes through."""
    mask(text)
    signal_by_words(text)
    parts(expanded(text))
    find(text[:200], 3)
    assert not harmless(text).lstrip().startswith("/")


TARGETS: tuple[Callable[[str], None], ...] = (contact, words, answers, page, clock, reading)


def one(data: bytes) -> None:
    """One text for one target, chosen by the first byte."""
    if not data:
        return
    target = TARGETS[data[0] % len(TARGETS)]
    text = data[1:].decode("utf-8", "replace")
    begun = time.perf_counter()
    target(text)
    spent = time.perf_counter() - begun
    assert spent < SECONDS, f"{target.__name__} took {spent:.1f} s"


if __name__ == "__main__":
    for target in TARGETS:
        target("the letter of 3 March 2026 refused to assess, SK3 8AB, sam@example.org")
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
