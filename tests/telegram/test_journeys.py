"""Whole journeys with the trained model, the real actions and the real office, over the Bot API of our own, in both modes."""

import asyncio
import io
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from icalendar import Calendar

from bot.cases import replies
from bot.cases.store import read_case
from bot.cases.work import Doer
from bot.knowledge.words import say
from bot.privacy.keys import create_missing
from bot.settings import Settings
from bot.store.engine import Database
from bot.web.accounts import add_user
from tests.telegram.desk import Desk, read
from tests.telegram.fake_api import FakeApi, Sent

TODAY = "2026-11-23"
VAGUE = (
    "who decides",
    "can the council just do that",
    "do I need to go",
    "do they have to write it down",
    "what about meetings",
)
# What is asked, by a part of the question, and what this parent answers.
ANSWERS = {
    "What is your name": "Sam Test",
    "How can the office reach you": "answer me in this chat please",
    "full postcode": "SK3 8AB",
    "Who are you to the child": "I'm his mum",
    "How old is the child": "year 5",
    "What has happened": "The council refused to assess my son on 2 November 2026 and school cannot cope any more.",
    "What would you like to happen": "I want the council to assess him properly.",
    "What have you tried": "I rang the SEN team twice and wrote an e-mail.",
    "How soon does this need": "soon",
    "Which council": "Stockport",
    "Where have things got to": "they refused to assess",
    "Which of these is nearest": "1",
    "Is it right": "yes",
}


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """The one event loop that the engine lives in."""
    made = asyncio.new_event_loop()
    yield made
    made.close()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, Database]]:
    """A whole installation, which the actions find through the environment."""
    from actions import case_form

    folder: Path = tmp_path_factory.mktemp("telegram-office")
    patch = pytest.MonkeyPatch()
    patch.setenv("SEND_DESK_DATA", str(folder))
    create_missing(folder)
    case_form.settings.cache_clear()
    case_form.database.cache_clear()
    settings = Settings.from_environment()
    database = Database.from_settings(settings)
    database.migrate()
    yield settings, database
    database.close()
    patch.undo()
    case_form.settings.cache_clear()
    case_form.database.cache_clear()


@pytest.fixture(scope="module")
def engine(loop: asyncio.AbstractEventLoop, office: Any) -> Any:
    """The trained model with the real actions, in this process."""
    from bot.engine.inprocess import LocalEngine
    from bot.engine.local_client import LocalClient
    from bot.engine.model import model_path

    if not model_path().exists():
        pytest.skip("There is no trained model of these files; run: make train")
    return LocalClient(loop.run_until_complete(LocalEngine.load(model_path())), TODAY)


@pytest.fixture
def chat() -> int:
    """A chat of its own for each journey, so that none goes on where a failed one broke off."""
    return random.randrange(10**6, 10**9)


@pytest.fixture(params=["polling", "webhook"])
def desk(request: pytest.FixtureRequest, office: tuple[Settings, Database], engine: Any) -> Iterator[Desk]:
    """The office in either mode."""
    api = FakeApi().start()
    api._next_update = 1_000_000 + int(datetime.now(UTC).timestamp() * 1000) % 1_000_000_000
    yield Desk(api, *office, mode=request.param, engine=engine, a_minute=1000)
    api.stop()


def play(loop: asyncio.AbstractEventLoop, desk: Desk, chat: int, journey: Any) -> None:
    """One journey, from the start of the office to its stop."""

    async def whole() -> None:
        async with desk.running():
            await desk.says(chat, "/start")
            await journey()
            [asked] = await desk.says(chat, "/delete")
            await desk.presses(asked, "Yes")

    loop.run_until_complete(whole())


def test_a_question_gets_its_answer_with_its_law(loop: asyncio.AbstractEventLoop, desk: Desk, chat: int) -> None:
    async def journey() -> None:
        found = await desk.says(chat, "How long do I have to appeal to the Tribunal?")
        assert "two months" in read(found).lower() and say("telegram", "sources") in read(found)
        assert any(url.startswith("https://") for sent in found for url, _ in sent.links)
        offering = next(sent for sent in found if sent.keyboard)
        assert read(await desk.presses(offering, "Tell me more"))
        assert offering.keyboard == {}

    play(loop, desk, chat, journey)


def test_a_vague_question_is_offered_titles_and_the_chosen_one_is_answered(
    loop: asyncio.AbstractEventLoop, desk: Desk, chat: int
) -> None:
    async def journey() -> None:
        for words in VAGUE:
            found = await desk.says(chat, words)
            offering = next((sent for sent in found if any("None of these" in label for label in sent.keyboard)), None)
            if offering:
                answer = await desk.presses(offering, next(iter(offering.keyboard)))
                assert say("telegram", "sources") in read(answer)
                return
        raise AssertionError("None of the vague questions was asked back.")

    play(loop, desk, chat, journey)


def test_a_date_gives_the_last_day_with_a_calendar_file(loop: asyncio.AbstractEventLoop, desk: Desk, chat: int) -> None:
    async def journey() -> None:
        found = await desk.says(chat, "the refusal letter is dated 2 November 2026, when is my last day to appeal?")
        assert "4 January 2027" in read(found)
        [file] = [sent for sent in found if sent.name.endswith(".ics")]
        assert Calendar.from_ical(file.content).walk("VEVENT")
        shown = await desk.presses(next(sent for sent in found if sent.keyboard), "timeline")
        assert say("telegram", "status_done") in read(shown) or say("telegram", "status_due") in read(shown)

    play(loop, desk, chat, journey)


def test_a_letter_is_written_and_comes_as_a_document(loop: asyncio.AbstractEventLoop, desk: Desk, chat: int) -> None:
    async def journey() -> None:
        found = await desk.says(chat, "write a letter to ask for an EHC needs assessment")
        for _ in range(14):
            files = [sent for sent in found if sent.name.endswith(".docx")]
            if files:
                assert Document(io.BytesIO(files[0].content)).paragraphs
                await desk.says(chat, "/stop")
                return
            found = await desk.says(chat, "skip")
        raise AssertionError(f"No letter came. The last that was said: {read(found)}")

    play(loop, desk, chat, journey)


async def make_case(desk: Desk, chat: int) -> list[Sent]:
    """From the wish for a person to the sent case; what came back after sending."""
    await desk.says(chat, "/person")
    found = await desk.says(chat, "yes, I agree")
    for _ in range(25):
        words = read(found)
        if say("case", "review_question") in words:
            return await desk.presses(next(sent for sent in found if sent.keyboard), say("case", "send_button"))
        answer = next((answer for part, answer in ANSWERS.items() if part in words), "skip")
        found = await desk.says(chat, answer)
    raise AssertionError(f"The review never came. The last that was said: {read(found)}")


def reference_in(found: list[Sent]) -> str:
    """The case's reference."""
    return read(found).partition(say("telegram", "reference"))[2].split()[0]


def test_a_case_is_made_sent_and_answered_by_a_caseworker_in_the_chat(
    loop: asyncio.AbstractEventLoop, desk: Desk, chat: int, office: tuple[Settings, Database]
) -> None:
    async def journey() -> None:
        reference = reference_in(await make_case(desk, chat))
        case = read_case(office[1], reference)
        assert case is not None and case.row.queue.channel == "telegram"
        before = len(desk.api.to(chat))
        user = add_user(office[1], f"{desk.mode}@example.org", "a-long-test-password")
        version = replies_version(office[1], reference)
        replies.reply(
            office[1],
            reference,
            Doer(user, datetime.now(UTC), version),
            "We have written to the council.",
            "telegram",
            "A caseworker writes",
        )
        await desk.api.until(lambda: len(desk.api.to(chat)) > before)
        await desk.service._relay.look()
        await desk.service.queues.idle()
        told = desk.api.to(chat)[before:]
        assert len(told) == 1 and "We have written to the council." in told[0].text
        assert say("office", "with_office", phone=office[0].office.phone) in read(await desk.says(chat, "thank you"))
        danger = read(await desk.says(chat, "I want to kill myself"))
        assert "999" in danger

    play(loop, desk, chat, journey)


def replies_version(db: Database, reference: str) -> int:
    """The case's version, as its page shows it."""
    from sqlalchemy import select

    from bot.store.tables import Case

    with db.read_scope() as session:
        return session.scalars(select(Case.version).where(Case.reference == reference)).one()


def test_deleting_ends_with_a_fresh_start(loop: asyncio.AbstractEventLoop, desk: Desk, chat: int) -> None:
    async def journey() -> None:
        await desk.says(chat, "my letter is dated 2 November 2026, when is my last day?")
        [asked] = await desk.says(chat, "/delete")
        [done] = await desk.presses(asked, "Yes")
        assert done.text == say("telegram", "delete_done")
        assert "4 January 2027" not in read(await desk.says(chat, "show my timeline"))

    play(loop, desk, chat, journey)
