"""The engine's one input channel: JSON from the office over loopback, with a shared secret.

The contract is in docs/architecture.md, "Office and engine". The office alone may talk to the engine; what a person
typed can never be a Rasa payload here, only `payload` (a pressed button that the office resolved) can.
"""

import hmac
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.dialogue.heard import BLANK
from bot.engine.lean import lighten
from bot.json_logs import about_turn
from bot.limits import MAX_MESSAGE_CHARS
from bot.settings import Settings

logger = logging.getLogger(__name__)

NAME = "office"
MAX_PREVIOUS_CHARS = 600  # enough for its topic
LIVE_CONVERSATIONS = 2000  # about a megabyte


class OfficeChannel(InputChannel):
    """Accepts turns from the office and returns structured replies."""

    def __init__(self, secret: str):
        if not secret:
            raise ValueError("The engine has no secret. Run `make setup`, or set SEND_DESK_ENGINE_SECRET.")
        self._secret = secret
        self._last = LastTexts()

    @classmethod
    def name(cls) -> str:
        """The channel's name in URLs and trackers."""
        return NAME

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "OfficeChannel":
        """Made by Rasa; the secret comes from the settings, never from credentials.yml."""
        lighten()
        return cls(Settings.from_environment().keys.engine)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[None]]) -> Blueprint:
        """The channel's routes, under /webhooks/office."""
        routes = Blueprint("office_channel", __name__)

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.get("/ready")
        async def ready(request: Request) -> HTTPResponse:
            state = readiness(request.app)
            return response.json(state, status=200 if state["ready"] else 503)

        @routes.post("/messages")
        async def receive(request: Request) -> HTTPResponse:
            if not self._authorised(request):
                return response.json({"error": "not authorised"}, status=401)
            body = request.json or {}
            if not isinstance(body.get("conversation"), str) or not isinstance(body.get("text", ""), str):
                return response.json({"error": "conversation and text must be strings"}, status=400)
            about_turn(body["conversation"], str(body.get("message_id")))
            return response.json({"replies": await replies_to(body, self._last, on_new_message)})

        @routes.delete("/conversations/<conversation>")
        async def forget(request: Request, conversation: str) -> HTTPResponse:
            if not self._authorised(request):
                return response.json({"error": "not authorised"}, status=401)
            self._last.forget(conversation)
            await forget_tracker(request.app.ctx.agent.tracker_store, conversation)
            return response.empty()

        return routes

    def _authorised(self, request: Request) -> bool:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {self._secret}".encode())


async def forget_tracker(store: Any, conversation: str) -> None:
    """Erases a conversation from the engine's memory.

    Rasa wraps our store in one that cannot delete, so this reaches through it; what the wrapper has kept in memory
    since the database failed goes too.
    """
    await getattr(store, "_tracker_store", store).delete(conversation)
    fallback = getattr(store, "_fallback_tracker_store", None)
    if fallback is not None:
        fallback.store.pop(conversation, None)


def readiness(app: Any) -> dict[str, Any]:
    """Whether the engine can be trusted with a turn: model loaded and warm, trackers in their database.

    Rasa falls back to keeping trackers in memory on any database error, silently; here that means not ready.
    """
    agent = getattr(app.ctx, "agent", None)
    fallen_back = bool(getattr(getattr(agent, "tracker_store", None), "_fallback_tracker_store", None))
    loaded = bool(agent and agent.is_ready() and getattr(app.ctx, "warm", True))
    return {
        "ready": loaded and not fallen_back,
        "model": agent.model_id if agent else None,
        "tracker_store": "memory (the database failed)" if fallen_back else "database",
    }


def user_message(body: dict[str, Any], output: CollectingOutputChannel) -> UserMessage:
    """The message as Rasa takes it: a payload only where the office sent one, text made harmless.

    `previous`, what the person typed before, lets understanding read a follow-up ("and if they miss that?").
    """
    payload = body.get("payload")
    text = payload if payload else harmless(body.get("text", ""))
    metadata = {key: body[key] for key in ("channel", "message_id", "today", "previous") if body.get(key)}
    if payload:
        metadata["label"] = body.get("text", "")
    return UserMessage(text, output, body["conversation"], input_channel=NAME, metadata=metadata)


class Collected(CollectingOutputChannel):
    """What a turn says; `in_form`: a form was going on before or after it (set by LeanProcessor)."""

    in_form = False


class LastTexts:
    """What each conversation typed last: in memory alone, for the most recent conversations."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, str] = OrderedDict()

    def swap(self, conversation: str, text: str) -> str | None:
        """Notes what is typed now; returns what was typed before."""
        before = self._texts.pop(conversation, None)
        self._texts[conversation] = text[:MAX_PREVIOUS_CHARS] if text else before or ""
        while len(self._texts) > LIVE_CONVERSATIONS:
            self._texts.popitem(last=False)
        return before

    def settle(self, conversation: str, in_form: bool, found: list[dict[str, Any]]) -> None:
        """Drops what a form took: a name or a date that it asked for is nothing to lean on, a question put meanwhile is."""
        if in_form and not any(reply.get("entries") for reply in found):
            self.forget(conversation)

    def forget(self, conversation: str) -> None:
        """Drops a conversation."""
        self._texts.pop(conversation, None)


async def replies_to(
    body: dict[str, Any], last: LastTexts, handle: Callable[[UserMessage], Awaitable[Any]]
) -> list[dict[str, Any]]:
    """One turn: the replies to a message, read with what was typed before it. `handle` is Rasa's own way."""
    collected = Collected()
    await handle(user_message(with_previous(body, last), collected))
    found = replies(collected)
    last.settle(body["conversation"], collected.in_form, found)
    return found


def with_previous(body: dict[str, Any], last: LastTexts) -> dict[str, Any]:
    """The body with what was typed before; a pressed button is not typed text."""
    typed = "" if body.get("payload") else body.get("text", "")
    return {**body, "previous": last.swap(body["conversation"], typed)}


def harmless(text: str) -> str:
    """Typed text that Rasa cannot read as `/intent{...}`, cut to the most that is ever read; blank text is a mark of its own."""
    cut = text[:MAX_MESSAGE_CHARS]
    if not cut.strip():
        return BLANK
    return f"\u2044{cut.lstrip()[1:]}" if cut.lstrip().startswith("/") else cut


def replies(collected: CollectingOutputChannel) -> list[dict[str, Any]]:
    """The structured replies among what the actions sent."""
    return [message["custom"] for message in collected.messages if "custom" in message]
