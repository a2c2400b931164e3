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


def test_the_engine_keeps_of_a_conversation_where_it_stands_and_no_word_of_it() -> None:
    pytest.importorskip("rasa")
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SlotSet, UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker

    from bot.engine.tracker_store import KEPT_MESSAGES, standing

    domain = Domain.load("domain.yml")
    tracker = DialogueStateTracker("one", domain.slots)
    place = {"entity": "POSTCODE", "value": "SK3"}
    for number in range(KEPT_MESSAGES + 2):
        heard = {"intent": {"name": "letter", "confidence": 1.0}, "entities": [place], "knowledge": {"label": NAME}}
        tracker.update(ActionExecuted("action_listen"))
        tracker.update(UserUttered(f"{number} for {NAME}", heard["intent"], [place], heard, input_channel="office"))
        tracker.update(ActionExecuted("letter_form"))
        tracker.update_with_events([BotUttered(NAME), SlotSet("misses", number), ActiveLoop("letter_form")], domain)
    tracker.update(ActionExecuted("action_listen"))

    kept = standing(tracker)
    assert NAME not in str(kept) and len(kept) < KEPT_MESSAGES + 6
    again = DialogueStateTracker.from_dict("one", kept, domain.slots)
    assert timeless(standing(again)) == timeless(kept)
    assert again.active_loop_name == "letter_form" and again.latest_action_name == "action_listen"
    assert again.get_slot("misses") == KEPT_MESSAGES + 1 and again.get_latest_input_channel() == "office"
    assert [event.entities for event in again.events if isinstance(event, UserUttered)] == [[place]] * KEPT_MESSAGES


def timeless(events: list[dict[str, object]]) -> list[dict[str, object]]:
    """Events without the moments at which they were written down."""
    return [{name: value for name, value in event.items() if name != "timestamp"} for event in events]
