"""The action server, watched: each call is logged by the turn's id and, where one was made, the case; no word of either."""

import asyncio
import json
import logging
import time
from functools import partial
from typing import Any

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.json_logs import about_turn, facts

logger = logging.getLogger(__name__)


def watch(app: Sanic) -> None:
    """Registers what happens before and after each call."""
    app.register_middleware(_before, "request")
    app.register_middleware(_after, "response")


async def _before(request: Request) -> None:
    """Names the turn, so that whatever is logged meanwhile carries it."""
    request.ctx.began = time.perf_counter()
    call = _call(request)
    metadata = ((call.get("tracker") or {}).get("latest_message") or {}).get("metadata") or {}
    if call.get("sender_id") and metadata.get("message_id"):
        about_turn(str(call["sender_id"]), str(metadata["message_id"]))


async def _after(request: Request, response: HTTPResponse) -> None:
    action = _call(request).get("next_action")
    if action is None:
        return
    told = {"action": action, "status": response.status, "ms": round((time.perf_counter() - request.ctx.began) * 1000)}
    case = _case(response.body or b"")
    made = facts(**told | ({"case": case} if case else {}))
    asyncio.get_running_loop().call_soon(partial(logger.info, "action", extra=made))  # once the answer is on its way


def _call(request: Request) -> dict[str, Any]:
    """The action call; empty for anything else."""
    if request.path != "/webhook" or request.headers.get("content-encoding"):
        return {}
    try:
        found = request.json
    except Exception:  # whatever it is, the route itself refuses it
        return {}
    return found if isinstance(found, dict) else {}


def _case(body: bytes) -> str | None:
    """The reference of a case that was just made."""
    if b'"case"' not in body:
        return None
    for sent in json.loads(body).get("responses", []):
        reference = (sent.get("custom") or {}).get("case")
        if isinstance(reference, str):
            return reference
    return None
