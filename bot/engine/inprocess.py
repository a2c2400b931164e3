"""The real engine and the real actions in one process: for `bot ask`, the scenarios and the evaluation.

Rasa calls actions over HTTP; here the same request goes straight to the action SDK's executor. Nothing is mocked.
"""

import contextlib
import os
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent, load_agent
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.model import get_latest_model
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from bot.blocks import Reply
from bot.engine.channel import LastTexts, replies_to
from bot.engine.lean import lighten
from bot.engine.processor import LeanProcessor
from bot.engine.quiet import quiet
from bot.paths import ROOT


class NoModel(Exception):
    """There is no trained model yet."""


class InProcessActions(EndpointConfig):
    """Stands where Rasa expects the action server's address and runs the action at once."""

    def __init__(self) -> None:
        super().__init__(url="in-process", enable_selective_domain=True)
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    async def request(self, *args: Any, json: dict[str, Any] | None = None, **kwargs: Any) -> Any:
        """Runs one action call; errors as the action server reports them."""
        try:
            return await self._executor.run(json or {})
        except ActionExecutionRejection as rejected:
            raise ClientResponseError(400, rejected.message, rejected.message) from rejected
        except ActionNotFoundException as missing:
            raise ClientResponseError(404, missing.message, missing.message) from missing


class LocalEngine:
    """A loaded model that answers turns as the office's engine would."""

    def __init__(self, agent: Agent):
        self._agent = agent
        self._last = LastTexts()

    @classmethod
    async def load(cls, model: Path | None = None) -> "LocalEngine":
        """Loads the newest model, or the one given.

        Raises:
            NoModel: when nothing has been trained, or what was cannot be loaded.
        """
        os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
        quiet()
        lighten()
        found = str(model) if model else get_latest_model(str(ROOT / "models"))
        if not found:
            raise NoModel("There is no trained model. Run `make train`.")
        endpoints = AvailableEndpoints()
        endpoints.action = InProcessActions()
        with contextlib.chdir(ROOT):
            agent = await load_agent(found, endpoints=endpoints)
        if not agent.is_ready():  # Rasa logs why and gives an agent that says nothing
            raise NoModel("The trained model does not fit these files. Run `make train`.")
        agent.tracker_store = InMemoryTrackerStore(agent.domain)
        if agent.processor:
            agent.processor = LeanProcessor.instead_of(agent.processor)
            agent.processor.tracker_store = agent.tracker_store
        return cls(agent)

    async def turn(self, conversation: str, text: str, **body: Any) -> list[Reply]:
        """One message in a conversation; `body` as in the office's contract (payload, today, channel)."""
        told = {"conversation": conversation, "text": text, **body}
        return await replies_to(told, self._last, self._agent.handle_message)  # type: ignore[return-value]

    async def forget(self, conversation: str) -> None:
        """Forgets a conversation, as the engine's channel does."""
        self._agent.tracker_store.store.pop(conversation, None)

    async def slots(self, conversation: str) -> dict[str, Any]:
        """What the conversation's slots hold."""
        tracker = await self._agent.tracker_store.get_or_create_tracker(conversation)
        return dict(tracker.current_slot_values())

    async def parse(self, text: str) -> dict[str, Any]:
        """What understanding makes of a text."""
        return dict(await self._agent.parse_message(text))
