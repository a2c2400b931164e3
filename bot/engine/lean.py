"""What Rasa does again in every turn and need not: made once here. Measured in docs/performance.md.

Loaded by the channel, so that plain `rasa run` has it too.
"""

import asyncio
import json
from functools import cache, cached_property, lru_cache
from http.client import responses
from typing import Any

import aiohttp
import rasa
from jsonschema import Draft202012Validator
from rasa.core.actions.action import RemoteAction
from rasa.core.constants import DEFAULT_REQUEST_TIMEOUT
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot.http_calls import Answer, CallFailed, ClientConnectorError, Server, ServerDisconnectedError, packed

KEPT_SECONDS = 15  # for how long an idle connection to the actions is kept; they keep it longer (serve_actions.py)

_resolve = Event.resolve_by_type
_whole_call = RemoteAction._action_call_format


def lighten() -> None:
    """Puts the three shortcuts below in the place of Rasa's own ways; once or many times is the same.

    Rasa checks the schema of an action's answer against the schema of schemas at every answer, a third of a turn; and it
    walks all classes of events for every event that it reads. What is accepted, and the errors, stay the same. And it sends an
    action every event of the conversation in full, three quarters of the call, where ours look at the parents' messages alone.
    """
    RemoteAction._validate_action_result = _valid  # type: ignore[method-assign]
    Event.resolve_by_type = staticmethod(_event_class)  # type: ignore[method-assign,assignment]
    RemoteAction._action_call_format = _call  # type: ignore[method-assign]


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


def _call(action: RemoteAction, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
    """As RemoteAction._action_call_format, with the events that `_heard` makes; an action that asks for the domain gets all."""
    if not action._is_selective_domain_enabled() or domain.does_custom_action_explicitly_need_domain(action.name()):
        whole: dict[str, Any] = _whole_call(action, tracker, domain)
        return whole
    state = tracker.current_state(EventVerbosity.NONE)
    state["events"] = [_heard(event) for event in tracker.events if isinstance(event, UserUttered)]
    own = {"next_action": action.name(), "sender_id": tracker.sender_id, "version": rasa.__version__}
    return {**own, "tracker": state}


def _heard(said: UserUttered) -> dict[str, Any]:
    """A message as actions see it among the events: its channel, and the places, ages and dates in it (actions/case_form.py)."""
    return {
        "event": UserUttered.type_name,
        "input_channel": said.input_channel,
        "parse_data": {"entities": said.entities},
    }


@lru_cache(maxsize=256)
def _event_class(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    found: type[Event] | None = _resolve(type_name, default)
    return found


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(RemoteAction.action_response_format_spec())


class KeptConnections(EndpointConfig):
    """The address of the actions, asked over connections that are kept; Rasa opens and closes one for every turn."""

    @classmethod
    def of(cls, endpoint: EndpointConfig) -> "KeptConnections":
        """The same address."""
        made = cls(endpoint.url)
        made.__dict__.update(endpoint.__dict__)
        return made

    async def request(self, method: str = "post", **asked: Any) -> Any:
        """As Rasa's own, which is asked for whatever is more than a plain JSON call over http://.

        Raises:
            ClientResponseError: when the actions answer with an error.
            aiohttp.ClientError: when they cannot be reached, or give no whole answer.
            TimeoutError: when that takes longer than `timeout`, in seconds.
        """
        server = self._server if method == "post" and _is_plain(asked) else None
        if server is None:
            return await super().request(method, **asked)
        answer = await _answer(server, packed(asked["json"]), asked.get("timeout", DEFAULT_REQUEST_TIMEOUT))
        if answer.status >= 400:
            raise ClientResponseError(answer.status, responses.get(answer.status, ""), answer.body)
        return json.loads(answer.body) if answer.media_type == "application/json" and answer.body.strip() else None

    @cached_property
    def _server(self) -> Server | None:
        """The actions' server, where nothing but their address is set."""
        if self.params or self.headers or self.basic_auth or self.token or self.cafile:
            return None
        try:
            return Server(self.url, {}, connect_seconds=None, kept_seconds=KEPT_SECONDS)
        except ValueError:
            return None


def _is_plain(asked: dict[str, Any]) -> bool:
    """Whether a call has a JSON body and, at most, a time limit."""
    return "json" in asked and not asked.get("compress") and set(asked) <= {"json", "timeout", "compress"}


async def _answer(server: Server, content: bytes, seconds: float) -> Answer:
    """One call, with the errors that Rasa's RemoteAction knows."""
    try:
        async with asyncio.timeout(seconds):
            return await server.call("POST", body=content)
    except ClientConnectorError as error:
        raise aiohttp.ClientConnectionError(str(error)) from None
    except ServerDisconnectedError as error:
        raise aiohttp.ServerDisconnectedError(str(error)) from None
    except CallFailed as error:
        raise aiohttp.ClientPayloadError(str(error)) from None


def keep_connections(endpoints: AvailableEndpoints) -> AvailableEndpoints:
    """The endpoints with kept connections to the actions, where actions run elsewhere."""
    if endpoints.action is not None:
        endpoints.action = KeptConnections.of(endpoints.action)
    return endpoints
