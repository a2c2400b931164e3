"""Rasa's processor of messages without what it does in every turn for nobody: copies for a debug log, warnings, empty steps.

What is understood, which action is chosen, and what is stored stay Rasa's own (tests/ops/test_lean_engine.py).
"""

import logging
from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection, ActionListen, RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel, OutputChannel, UserMessage
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.exceptions import ActionLimitReached
from rasa.shared.core.events import ActionExecutionRejected, Event
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.channel import Collected
from bot.engine.predictions import Predictions
from bot.engine.runner import StraightRunner

logger = logging.getLogger(__name__)


class LeanProcessor(MessageProcessor):
    """Rasa's processor, loaded by Rasa; only the steps of a turn differ."""

    _fills_slots: bool
    _predictions: Predictions
    _actions: dict[str, Action]

    @classmethod
    def instead_of(cls, processor: MessageProcessor) -> "LeanProcessor":
        """A processor over what another one has loaded, its components run by StraightRunner."""
        made = cls.__new__(cls)
        made.__dict__.update(processor.__dict__)
        made.graph_runner = StraightRunner.instead_of(processor.graph_runner)
        made._actions = {}
        made._predictions = Predictions(getattr(made.graph_runner, "_instantiated_nodes", {}).values())
        mappings = [mapping for slot in made.domain.slots for mapping in slot.mappings]
        made._fills_slots = any(mapping.get("type") != "custom" or "action" in mapping for mapping in mappings)
        return made

    async def handle_message(self, message: UserMessage) -> list[dict[str, Any]] | None:
        """One message, as MessageProcessor.handle_message; slots are looked for only where the domain says how."""
        tracker = await self.log_message(message, should_save_tracker=False)
        form = tracker.active_loop_name
        if self._fills_slots:
            tracker = await self.run_action_extract_slots(message.output_channel, tracker)
        await self._run_prediction_loop(message.output_channel, tracker)
        await self.run_anonymization_pipeline(tracker)
        await self.save_tracker(tracker)
        output = message.output_channel
        if isinstance(output, Collected):
            output.in_form = bool(form or tracker.active_loop_name)
        return output.messages if isinstance(output, CollectingOutputChannel) else None

    def predict_next_with_tracker_if_should(self, tracker: DialogueStateTracker) -> tuple[Action, PolicyPrediction]:
        """As MessageProcessor.predict_next_with_tracker_if_should, with actions that are kept.

        Raises:
            ActionLimitReached: when a turn has had as many actions as a turn may have.
        """
        if self.is_action_limit_reached(tracker, self.should_predict_another_action(tracker.latest_action_name)):
            raise ActionLimitReached("The limit of actions to predict has been reached.")
        prediction = self._predict_next_with_tracker(tracker)
        return self._get_action(self.domain.action_names_or_texts[prediction.max_confidence_index]), prediction

    def _predict_next_with_tracker(self, tracker: DialogueStateTracker) -> PolicyPrediction:
        afresh = super()._predict_next_with_tracker
        return self._predictions.of(tracker, lambda: afresh(tracker))

    def _get_action(self, action_name: str) -> Action | None:
        """As MessageProcessor._get_action; actions that run elsewhere are made once, as listening is: they hold at most a name and an address."""
        kept = self._actions.get(action_name)
        if kept is not None:
            return kept
        made = super()._get_action(action_name)
        if type(made) in (RemoteAction, ActionListen):
            self._actions[action_name] = made
        return made

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        """As MessageProcessor._run_action, on the tracker itself: it is given up only when an action rejects, as none of ours does."""
        try:
            events = await action.run(output_channel, nlg, tracker, self.domain)
        except ActionExecutionRejection:
            rejected = ActionExecutionRejected(action.name(), prediction.policy_name, prediction.max_confidence)
            tracker.update(rejected)
            return bool(self.should_predict_another_action(action.name()))
        except Exception as error:  # the office says sorry for a turn without a reply
            logger.error("The action %s failed: %s", action.name(), type(error).__name__)
            events = []
        self._log_action_on_tracker(tracker, action, events, prediction)
        await self.execute_side_effects(events, tracker, output_channel)
        return bool(self.should_predict_another_action(action.name()))

    def _log_action_on_tracker(
        self,
        tracker: DialogueStateTracker,
        action: Action,
        events: list[Event] | None,
        prediction: PolicyPrediction,
    ) -> None:
        tracker.update_with_events(prediction.events, self.domain)
        tracker.update(action.event_for_successful_execution(prediction))
        tracker.update_with_events(events or [], self.domain)

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        """Nothing: `make check` has seen to it, and the domain comes with the model."""

    @staticmethod
    def _log_slots(tracker: DialogueStateTracker) -> None:
        """Nothing: slots hold what a person said, and no log may."""
