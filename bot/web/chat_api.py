"""The chat API, as docs/openapi.yml describes it. The token travels in a header, never in a URL or a cookie."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

from sse_starlette import EventSourceResponse
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount

from bot.channels.gateway import ButtonUnknown, Pressed, Typed
from bot.channels.waiting import Busy
from bot.knowledge.words import say
from bot.limits import EVENT_PING_SECONDS, EVENT_STREAM_SECONDS, MAX_MESSAGE_CHARS, SESSION_LIFE_DAYS
from bot.settings import Settings
from bot.store.transcript import ConversationGone
from bot.web.access import Access, guarded
from bot.web.errors import Refused, bad_request, busy, session_ended, too_long, too_many
from bot.web.office import address, office

_MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


def routes(settings: Settings) -> Mount:
    """The API's routes, open to the pages that the settings name."""
    cors = Middleware(
        CORSMiddleware,
        allow_origins=list(settings.origins),
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type"],
        expose_headers=["Retry-After"],
        max_age=3600,
    )
    api = [
        guarded("/sessions", start_session, Access.PUBLIC_API, ["POST"]),
        guarded("/messages", send_message, Access.CHAT, ["POST"]),
        guarded("/history", read_history, Access.CHAT, ["GET"]),
        guarded("/events", stream_events, Access.CHAT, ["GET"]),
        guarded("/seen", note_seen, Access.CHAT, ["POST"]),
        guarded("/useful", rate_answer, Access.CHAT, ["POST"]),
        guarded("/conversation", delete_conversation, Access.CHAT, ["DELETE"]),
    ]
    return Mount("/chat/v1", routes=api, middleware=[cors])


async def start_session(request: Request) -> Response:
    """A new conversation and the token that opens it."""
    conversation = await new_conversation(request)
    expires = datetime.now(UTC) + timedelta(days=SESSION_LIFE_DAYS)
    session = office(request).tokens.issue("chat", conversation)
    return JSONResponse({"session": session, "expires": expires.isoformat(timespec="seconds")}, 201)


async def send_message(request: Request) -> Response:
    """One message, one reply; the same `message_id` again gets the same reply."""
    conversation = request.state.conversation
    count_turn(request, conversation)
    body = await _json(request)
    said = read_message(body.get("text"), body.get("button"))
    message_id = read_message_id(body.get("message_id"))
    try:
        turn = await office(request).gateway.turn(conversation, said, message_id, "web")
    except ConversationGone:
        raise session_ended() from None
    except ButtonUnknown:
        raise unreadable_button() from None
    except Busy as error:
        raise busy(error.seconds, office(request).settings.office.phone) from None
    return JSONResponse({"turn": turn.public()})


async def read_history(request: Request) -> Response:
    """The turns of the conversation after number `after`, oldest first."""
    after = request.query_params.get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) < 10):
        raise bad_request()
    try:
        turns = await office(request).gateway.history(request.state.conversation, int(after))
    except ConversationGone:
        raise session_ended() from None
    return JSONResponse({"turns": [turn.public() for turn in turns]})


async def stream_events(request: Request) -> Response:
    """A stream (server-sent events) of the newest turn's number: at first, and whenever it grows."""
    conversation = request.state.conversation
    if not await office(request).gateway.exists(conversation):
        raise session_ended()
    if office(request).watch.full(conversation):
        raise too_many(EVENT_PING_SECONDS)
    return EventSourceResponse(_newest(request, conversation), ping=EVENT_PING_SECONDS)


async def _newest(request: Request, conversation: str) -> AsyncIterator[dict[str, str]]:
    """Ends when the conversation is deleted, or after EVENT_STREAM_SECONDS: the page then asks anew."""
    try:
        async with asyncio.timeout(EVENT_STREAM_SECONDS):
            async with aclosing(office(request).watch.changes(conversation)) as changes:
                async for seq in changes:
                    yield {"event": "newest", "data": str(seq)}
    except TimeoutError:
        return


async def note_seen(request: Request) -> Response:
    """The parent has seen the turns up to number `seq`: a page says so once they stood before their eyes."""
    if seconds := office(request).limits.turns_by_address.take(address(request)):
        raise too_many(seconds)
    seq = (await _json(request)).get("seq")
    if not isinstance(seq, int) or isinstance(seq, bool) or not 0 < seq < 10**9:
        raise bad_request()
    await office(request).gateway.seen(request.state.conversation, seq)
    return Response(status_code=204)


async def rate_answer(request: Request) -> Response:
    """Whether an answer was useful; only the first time counts."""
    body = await _json(request)
    turn, useful = read_message_id(body.get("turn")), body.get("useful")
    if not isinstance(useful, bool):
        raise bad_request()
    await rate(request, request.state.conversation, turn, useful)
    return Response(status_code=204)


async def rate(request: Request, conversation: str, turn: str, useful: bool) -> None:
    """Counts it.

    Raises:
        Refused: when this conversation has no such answer, or this address has rated too many.
    """
    if seconds := office(request).limits.feedback.take(address(request)):
        raise too_many(seconds)
    try:
        found = await office(request).gateway.rate(conversation, turn, useful, "web")
    except ConversationGone:
        raise session_ended() from None
    if not found:
        raise Refused(404, "not_found", say("office", "not_found"))


async def delete_conversation(request: Request) -> Response:
    """Deletes the conversation, here and in the engine. A case that was sent stays with the office."""
    await office(request).gateway.erase(request.state.conversation)
    return Response(status_code=204)


async def new_conversation(request: Request) -> str:
    """Starts a conversation, unless this address has started too many."""
    seconds = office(request).limits.new_sessions.take(address(request))
    if seconds:
        raise too_many(seconds)
    return await office(request).gateway.start("web")


def count_turn(request: Request, conversation: str) -> None:
    """Counts a message against its conversation and its address."""
    limits = office(request).limits
    seconds = limits.turns_by_address.take(address(request)) or limits.turns.take(conversation)
    if seconds:
        raise too_many(seconds)


def read_message(text: Any, button: Any) -> Typed | Pressed:
    """What was typed or pressed: exactly one of the two.

    Raises:
        Refused: when it is empty, too long or malformed.
    """
    if isinstance(button, str) and text is None:
        return Pressed(button)
    if not isinstance(text, str) or button is not None:
        raise bad_request()
    if len(text) > MAX_MESSAGE_CHARS:
        raise too_long()
    if not text.strip():
        raise Refused(400, "empty", say("office", "empty_message"))
    return Typed(_storable(text))


def read_message_id(value: Any) -> str:
    """The sender's own id of a message, by which a repeat is known."""
    if not isinstance(value, str) or not _MESSAGE_ID.fullmatch(value):
        raise bad_request()
    return value


def unreadable_button() -> Refused:
    """A button that this conversation does not have."""
    return Refused(409, "button_unknown", say("office", "unreadable_button"))


def _storable(text: str) -> str:
    """Without lone surrogates and NULs, which no database or encoder takes."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


async def _json(request: Request) -> dict[str, Any]:
    if not request.headers.get("content-type", "").lower().startswith("application/json"):
        raise Refused(415, "not_json", say("office", "bad_request"))
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError, ClientDisconnect):
        raise bad_request() from None
    if not isinstance(body, dict):
        raise bad_request()
    return body
