"""How a call to the Bot API is read: parameters, markup, keyboards; and how one is refused."""

import json
from collections import defaultdict
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse

from tests.telegram import markup

CALLBACK = 64
Json = dict[str, Any]


class Refused(Exception):
    """An error as Telegram words it."""

    def __init__(self, status: int, description: str, **parameters: int):
        super().__init__(description)
        self.body = {"ok": False, "error_code": status, "description": description}
        if parameters:
            self.body["parameters"] = parameters
        self.status = status


async def body_of(request: Request) -> Json:
    """A call's parameters, whichever way they came: JSON values arrive as text in a form."""
    if request.headers.get("content-type", "").startswith("application/json"):
        return dict(await request.json())
    found: Json = defaultdict(str)
    async with request.form() as form:
        files = {}
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                files[name] = (value.filename, await value.read())
            else:
                found[name] = _json_or_text(name, value)
    for name, value in found.items():
        if isinstance(value, str) and value.startswith("attach://"):
            found[name] = files[value.removeprefix("attach://")]
    return {**found, **files}


def _json_or_text(name: str, value: str) -> Any:
    if name in ("chat_id", "message_id"):
        return int(value)
    return (
        json.loads(value) if name in ("reply_markup", "commands", "allowed_updates", "link_preview_options") else value
    )


def parsed(html: str, body: Json) -> tuple[str, list[tuple[str, str]]]:
    if body.get("parse_mode") != "HTML":
        return html, []
    try:
        return markup.read(html)
    except markup.MarkupWrong as error:
        raise Refused(400, f"Bad Request: can't parse entities: {error}") from None


def keyboard_of(body: Json) -> dict[str, str]:
    rows = (body.get("reply_markup") or {}).get("inline_keyboard", [])
    buttons = [button for row in rows for button in row]
    for button in buttons:
        if not 1 <= len(button["callback_data"].encode()) <= CALLBACK:
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
        if not button["text"].strip():
            raise Refused(400, "Bad Request: text buttons are allowed only with text")
    return {button["text"]: button["callback_data"] for button in buttons}


def ok(result: Any) -> JSONResponse:
    return JSONResponse({"ok": True, "result": result})
