"""What Rasa does again in every turn and need not: made once here. Measured in docs/performance.md.

Loaded by the channel, so that plain `rasa run` has it too.
"""

import asyncio
from functools import cache
from typing import Any

import aiohttp
from jsonschema import Draft202012Validator
from rasa.core.actions.action import RemoteAction
from rasa.core.utils import AvailableEndpoints
from rasa.utils.endpoints import EndpointConfig


def check_answers_once() -> None:
    """Lets the schema of an action's answer be compiled once in a process.

    Rasa checks the schema itself against the schema of schemas at every answer: a third of a turn. What an answer must
    look like stays the same, and so does the error of one that does not.
    """
    RemoteAction._validate_action_result = _valid  # type: ignore[method-assign]


def _valid(action: RemoteAction, result: dict[str, Any]) -> bool:
    _validator().validate(result)
    return True


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
