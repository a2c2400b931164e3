"""Rasa's predictions of the next action, each worked out once: with our rules it rests on the intent and the active form alone.

Rasa's RulePolicy compares all rules with all states of a conversation, twice for each message. Where the rules say more than
"this intent, this action", nothing is kept and Rasa predicts every time.
"""

import copy
import json
from collections.abc import Callable, Iterable
from typing import Any

from rasa.core.policies.ensemble import DefaultPolicyPredictionEnsemble
from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.engine.graph import GraphNode
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.trackers import DialogueStateTracker

Place = tuple[str, str | None]  # the intent of the message, the active form


class Predictions:
    """What was predicted at each place of a dialogue; `steady`: the rules allow that it is kept."""

    def __init__(self, nodes: Iterable[GraphNode]):
        """`nodes`: the loaded components of the graph."""
        components = [node._component for node in nodes]
        policies = [one for one in components if isinstance(one, Policy)]
        ensembles = [one for one in components if type(one) is DefaultPolicyPredictionEnsemble]
        self.steady = len(policies) == len(ensembles) == 1 and _of_intents_alone(policies[0])
        self._kept: dict[Place, PolicyPrediction] = {}

    def of(self, tracker: DialogueStateTracker, afresh: Callable[[], PolicyPrediction]) -> PolicyPrediction:
        """The prediction for a conversation as it stands; `afresh` is Rasa's own way."""
        place = _place(tracker) if self.steady else None
        if place is None:
            return afresh()
        if place not in self._kept:
            self._kept[place] = afresh()
        return _copied(self._kept[place])


def _place(tracker: DialogueStateTracker) -> Place | None:
    """Where a conversation stands just after a message; None elsewhere: an action said what comes next, or a form gave up."""
    message = tracker.latest_message
    if tracker.followup_action or tracker.latest_action_name != ACTION_LISTEN_NAME or message is None:
        return None
    intent = message.intent.get("name")
    return None if intent is None or tracker.is_active_loop_rejected else (str(intent), tracker.active_loop_name)


def _of_intents_alone(policy: Policy) -> bool:
    """Whether each rule that may follow a message asks for an intent and nothing else."""
    if not isinstance(policy, RulePolicy):
        return False
    rules: list[list[dict[str, Any]]] = [json.loads(key) for key in policy.lookup[RULES]]
    after_message = [rule for rule in rules if rule[-1].get("prev_action") == {"action_name": ACTION_LISTEN_NAME}]
    return bool(after_message) and all(_intent_alone(rule) for rule in after_message)


def _intent_alone(rule: list[dict[str, Any]]) -> bool:
    return len(rule) == 1 and set(rule[0]) == {"prev_action", "user"} and set(rule[0]["user"]) == {"intent"}


def _copied(kept: PolicyPrediction) -> PolicyPrediction:
    """With events of its own: a conversation gives its events their time."""
    made = copy.copy(kept)
    made.events = [copy.copy(event) for event in kept.events]
    made.optional_events = [copy.copy(event) for event in kept.optional_events]
    return made
