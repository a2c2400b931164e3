"""What Rasa does again in every turn and need not: made once here. Measured in docs/performance.md.

Loaded by the channel, so that plain `rasa run` has it too.
"""

import asyncio
from functools import cache, lru_cache
from typing import Any

import aiohttp
from jsonschema import Draft202012Validator
from rasa.core.actions.action import RemoteAction
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.events import Event
from rasa.utils.endpoints import EndpointConfig

_resolve = Event.resolve_by_type


def lighten() -> None:
    """Puts the two shortcuts below in the place of Rasa's own ways; once or many times is the same.

    Rasa checks the schema of an action's answer against the schema of schemas at every answer, a third of a turn; and it
    walks all classes of events for every event that it reads. What is accepted, and the errors, stay the same.
    """
    RemoteAction._validate_action_result = _valid  # type: ignore[method-assign]
    Event.resolve_by_type = staticmethod(_event_class)  # type: ignore[method-assign,assignment]


def _valid(action: RemoteAction, result: dict[str, Any]) -> bool:
    """True, or the schema's own error. Answers of the few kinds that our actions give need no schema."""
    if not _plain(result):
        _validator().validate(result)
    return True


def _plain(result: Any) -> bool:
    """Whether an answer holds nothing but set slots, a form that goes on or ends, what comes next, and replies."""
    if not isinstance(result, dict) or not set(result) <= {"events", "responses"}:
        return False
    events, responses = result.get("events", []), result.get("responses", [])
    if not isinstance(events, list) or not isinstance(responses, list):
        return False
    return all(isinstance(one, dict) for one in responses) and all(_plain_event(one) for one in events)


def _plain_event(event: Any) -> bool:
    if not isinstance(event, dict) or set(event) - {"event", "timestamp", "name", "value"}:
        return False
    if event.get("timestamp") is not None:
        return False
    if event.get("event") == "slot":
        return isinstance(event.get("name"), str) and "value" in event
    if event.get("event") == "followup":
        return isinstance(event.get("name"), str) and "value" not in event
    return event.get("event") == "active_loop" and isinstance(event.get("name"), str | None) and "value" not in event


@lru_cache(maxsize=256)
def _event_class(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    found: type[Event] | None = _resolve(type_name, default)
    return found


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(RemoteAction.action_response_format_spec())


class KeptConnections(EndpointConfig):
    """The address of the actions, asked over connections that are kept; Rasa opens and closes one for every turn."""

    _kept: aiohttp.ClientSession | None = None

    @classmethod
    def of(cls, endpoint: EndpointConfig) -> "KeptConnections":
        """The same address."""
        made = cls(endpoint.url)
        made.__dict__.update(endpoint.__dict__)
        return made

    def session(self) -> "_Kept":  # type: ignore[override]
        """The one session of the running loop, which leaving its block does not close."""
        loop = asyncio.get_running_loop()
        if self._kept is None or self._kept.closed or self._kept._loop is not loop:
            self._kept = super().session()
        return _Kept(self._kept)


class _Kept:
    """Hands a session out and keeps it open."""

    def __init__(self, session: aiohttp.ClientSession):
        self._session = session

    async def __aenter__(self) -> aiohttp.ClientSession:
        return self._session

    async def __aexit__(self, *error: Any) -> None:
        """Stays open for the next turn."""


def keep_connections(endpoints: AvailableEndpoints) -> AvailableEndpoints:
    """The endpoints with kept connections to the actions, where actions run elsewhere."""
    if endpoints.action is not None:
        endpoints.action = KeptConnections.of(endpoints.action)
    return endpoints
