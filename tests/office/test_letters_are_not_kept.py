"""A letter is the parent's own: it is shown, and nothing of its text stays in the stored conversation or the engine's memory."""

import asyncio
from typing import Any

import pytest

from bot.channels.engine_client import EngineClient
from bot.channels.gateway import Gateway, Typed
from bot.channels.render import plain
from bot.settings import Settings
from bot.store.engine import Database
from bot.store.transcript import history
from tests.letters.making import Talk
from tests.office.fake_engine import Body, FakeEngine

NAME, SCHOOL = "Zebedee Marker", "Markerfield Example Primary"


@pytest.fixture
def written(engine: FakeEngine) -> Talk:
    """The real letter form behind the stand-in engine."""
    talk = Talk()

    def say(body: Body) -> list[Any]:
        if body["text"].startswith("write"):
            talk.ask_for("section-19")
        else:
            talk.say(body["text"], "", "", 0.2)
        return [talk.reply]

    engine.say = say
    return talk


MESSAGES = ("write me a letter", NAME, "back", NAME, "show", f"change the school to {SCHOOL}")


async def talked(db: Database, settings: Settings) -> tuple[str, list[str], list[str]]:
    """A letter written: what was read at once, and what the same office gives back of it a little later."""
    async with EngineClient(settings) as client:
        gateway = Gateway(db, settings, client)
        conversation = await gateway.start("web")
        read = [
            plain((await gateway.turn(conversation, Typed(said), f"message-{number}")).blocks)
            for number, said in enumerate(MESSAGES)
        ]
        again = [plain(turn.blocks) for turn in await gateway.history(conversation) if turn.author == "assistant"]
        return conversation, read, again


def test_a_letter_is_whole_for_who_reads_it_now_and_a_line_in_what_is_kept(
    db: Database, settings: Settings, written: Talk
) -> None:
    conversation, read, again = asyncio.run(talked(db, settings))
    assert NAME in read[-1] and SCHOOL in read[-1] and "Yours faithfully" in read[-1]
    assert again == read
    turns = history(db, conversation, 0, 50)
    kept = "\n".join(f"{turn.text}\n{turn.blocks}" for turn in turns)
    assert "A letter was shown here: " in kept
    assert NAME not in kept and SCHOOL not in kept and "Yours faithfully" not in kept


def test_what_was_told_for_a_letter_is_said_back_but_not_kept(db: Database, settings: Settings, written: Talk) -> None:
    conversation, read, _ = asyncio.run(talked(db, settings))
    assert "You said:" in read[2] and NAME in read[2]
    kept = [turn for turn in history(db, conversation, 0, 50) if turn.author == "assistant"][2]
    assert "You said:" in plain(kept.blocks) and NAME not in str(kept.blocks)


def test_the_engine_keeps_of_a_reply_only_that_there_was_one() -> None:
    pytest.importorskip("rasa")
    from rasa.shared.core.events import BotUttered, UserUttered

    from bot.engine.tracker_store import without_words

    letter = {"type": "letter", "letter": "section-19", "title": "t", "paragraphs": [NAME], "missing": []}
    reply = {"blocks": [letter], "outcome": "letter", "entries": [], "confidence": None}
    kept = without_words(BotUttered(data={"custom": reply}).as_dict())
    assert NAME not in str(kept) and kept["data"] == {"custom": {"outcome": "letter"}}
    assert BotUttered.from_parameters(kept).as_dict()["event"] == "bot"
    said = UserUttered("hello").as_dict()
    assert without_words(said) == said
