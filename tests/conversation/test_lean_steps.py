"""The engine's shortcuts, beside Rasa's own way with the trained model: predictions and actions kept, entities found in one reading."""

from typing import Any

import pytest
from rasa.core.actions.action import ActionListen, RemoteAction
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.exceptions import ActionLimitReached
from rasa.nlu.extractors.spacy_entity_extractor import SpacyEntityExtractor
from rasa.nlu.utils.spacy_utils import SpacyModel
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message

from bot.engine.inprocess import LocalEngine
from bot.engine.processor import LeanProcessor
from bot.nlu.spacy_pipeline import FOLDER

SENTENCES = (
    "We live at SK3 8AB in Stockport, he is 9 and in Year 5. The letter is dated 2 November 2026.",
    "the EHCP from cheshire east came last week, sk4 1aa",
    "hi",
)


@pytest.fixture
def processor(engine: LocalEngine) -> LeanProcessor:
    found = engine._agent.processor
    assert isinstance(found, LeanProcessor)
    return found


def after_message(processor: MessageProcessor, intent: str, form: str | None) -> DialogueStateTracker:
    """A conversation just after a message with this intent, inside a form or not."""
    form_of = [ActiveLoop(form)] if form else []
    said = UserUttered("words", {"name": intent, "confidence": 1.0})
    events = [ActionExecuted("action_session_start"), SessionStarted(), *form_of, ActionExecuted("action_listen"), said]
    return DialogueStateTracker.from_events("someone", events, slots=processor.domain.slots, domain=processor.domain)


def told(prediction: PolicyPrediction) -> dict[str, Any]:
    """What the engine goes by."""
    return {
        "probabilities": [round(p, 6) for p in prediction.probabilities],
        "policy": prediction.policy_name,
        "events": [type(event) for event in prediction.events],
        "optional": [type(event) for event in prediction.optional_events],
        "no loop": prediction.is_no_user_prediction,
        "end to end": prediction.is_end_to_end_prediction,
    }


@pytest.mark.parametrize("form", [None, "case_form", "letter_form"])
def test_what_is_kept_of_a_prediction_is_what_rasa_predicts(processor: LeanProcessor, form: str | None) -> None:
    assert processor._predictions.steady  # the rules have not grown past "this intent, this action"
    for intent in processor.domain.intents:
        rasas = MessageProcessor._predict_next_with_tracker(processor, after_message(processor, intent, form))
        for _ in range(2):
            ours = processor._predict_next_with_tracker(after_message(processor, intent, form))
            assert told(ours) == told(rasas), intent


def test_a_kept_prediction_gives_each_conversation_events_of_its_own(processor: LeanProcessor) -> None:
    first, second = (
        processor._predict_next_with_tracker(after_message(processor, "ask", "case_form")).events for _ in range(2)
    )
    assert all(one is not other for one, other in zip(first, second, strict=True))


def test_the_action_that_a_prediction_names_is_rasas_own_and_made_once(processor: LeanProcessor) -> None:
    for intent, form, kind in (("ask", None, RemoteAction), ("ask", "case_form", RemoteAction)):
        rasas, _ = MessageProcessor.predict_next_with_tracker_if_should(
            processor, after_message(processor, intent, form)
        )
        ours, _ = processor.predict_next_with_tracker_if_should(after_message(processor, intent, form))
        again, _ = processor.predict_next_with_tracker_if_should(after_message(processor, intent, form))
        assert type(ours) is type(rasas) is kind and ours.name() == rasas.name() and again is ours
    assert type(processor._get_action("action_listen")) is ActionListen


def test_a_turn_with_too_many_actions_is_ended_as_rasa_ends_it(processor: LeanProcessor) -> None:
    tracker = after_message(processor, "ask", None)
    for _ in range(processor.max_number_of_predictions):
        tracker.update(ActionExecuted("action_reply"))
    with pytest.raises(ActionLimitReached):
        processor.predict_next_with_tracker_if_should(tracker)


def test_a_follow_up_leans_on_a_question_and_not_on_what_a_form_took(engine: LocalEngine, play: Any) -> None:
    said = (
        "can I speak to a person please",
        "yes",
        "Sam Test",
        "what is an EHC plan",
        "and how long does that take",
        "year 5",
    )
    leaned = []
    for text in said:
        play(engine.turn("leaning", text))
        leaned.append(engine._last.swap("leaning", "") or "")
    assert leaned == ["", "", "", "what is an EHC plan", "and how long does that take", ""]


def test_one_reading_finds_the_entities_that_two_found(engine: LocalEngine, play: Any) -> None:
    import spacy

    config = {**SpacyEntityExtractor.get_default_config(), "dimensions": None}
    rasas = SpacyEntityExtractor(config)
    model = SpacyModel(spacy.load(FOLDER), str(FOLDER))
    for sentence in SENTENCES:
        message = Message({"text": sentence})
        rasas.process([message], model)
        wanted = [(e["entity"], e["value"], e["start"], e["end"]) for e in message.get("entities")]
        found = play(engine.parse(sentence))["entities"]
        assert [(e["entity"], e["value"], e["start"], e["end"]) for e in found] == wanted
    assert wanted == [] and found == []
