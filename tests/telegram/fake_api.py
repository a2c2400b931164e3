"""A Bot API of our own: a real server that behaves as Telegram's does, refusals included, and remembers what it was sent.

Tests use it in place of api.telegram.org, and `bot demo-telegram` to try the conversation without a token.
"""

import asyncio
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.services import free_port
from tests.telegram import markup
from tests.telegram.fake_calls import Json, Refused, body_of, keyboard_of, ok, parsed

TOKEN = "123456:" + "A" * 35
MESSAGE, CAPTION = 4096, 1024
SSL = ssl.create_default_context()  # made once: it takes longer than a call


@dataclass
class Sent:
    """One message that reached a chat. `text` is what a person reads; `keyboard` maps labels to callback data."""

    chat: int
    message_id: int
    text: str
    html: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)
    keyboard: dict[str, str] = field(default_factory=dict)
    name: str = ""
    content: bytes = b""


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one call: "429" with `retry_after`, another status, "drop" (the line breaks before the call is
    carried out) or "lost" (it breaks after)."""

    kind: str
    retry_after: int = 1


class FakeApi:
    """The server. What people do: `says`, `presses`, `sends`. What the bot did: `sent`, `calls`."""

    def __init__(self, token: str = TOKEN):
        self.token = token
        self.port = free_port()
        self.sent: list[Sent] = []
        self.calls: list[tuple[str, Json]] = []
        self.answered: list[str] = []
        self.left: list[int] = []
        self.blocked: set[int] = set()
        self.migrated: dict[int, int] = {}
        self.refuse: Callable[[str, Json], str | None] = lambda method, body: None
        self.fault: Callable[[str, Json], Fault | None] = lambda method, body: None
        self.webhook: Json = {"url": "", "secret_token": ""}
        self.redeliver = False  # getUpdates confirms nothing: every update comes again and again
        self._updates: list[Json] = []
        self._next_update, self._next_message = 1000, 1
        self._lock = threading.RLock()
        self._new = threading.Condition(self._lock)
        self._stopping = False

    @property
    def url(self) -> str:
        """What stands for https://api.telegram.org."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "FakeApi":
        """Listens; returns when it does."""
        route = Route("/bot{token}/{method}", self._call, methods=["GET", "POST"])
        config = uvicorn.Config(Starlette(routes=[route]), port=self.port, ws="none", log_level="critical")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        return self

    def stop(self) -> None:
        """Closes the port."""
        self._stopping = True
        with self._new:
            self._new.notify_all()
        self._server.should_exit = self._server.force_exit = True
        self._thread.join()

    # --- what people do ---

    def says(self, chat: int, text: str, **more: Any) -> Json:
        """A person writes."""
        return self.sends(chat, text=text, **more)

    def sends(self, chat: int, **content: Any) -> Json:
        """A person sends any kind of message."""
        kind = {"type": content.pop("chat_type", "private"), "id": chat, "first_name": "Test"}
        message = {"message_id": self._message_id(), "date": content.pop("date", int(time.time())), "chat": kind}
        message["from"] = {"id": abs(chat), "is_bot": False, "first_name": "Test Parent", "username": "test_parent"}
        return self.update(message={**message, **content})

    def presses(self, sent: Sent, label: str) -> Json:
        """A person presses a button."""
        message = {
            "message_id": sent.message_id,
            "date": int(time.time()),
            "chat": {"id": sent.chat, "type": "private"},
            "reply_markup": {
                "inline_keyboard": [[{"text": text, "callback_data": data}] for text, data in sent.keyboard.items()]
            },
        }
        person = {"id": sent.chat, "is_bot": False, "first_name": "Test Parent"}
        query = {"id": f"q{self._next_update}", "from": person, "message": message, "chat_instance": "1"}
        return self.update(callback_query={**query, "data": sent.keyboard[label]})

    def update(self, **content: Any) -> Json:
        """Any update, with the next number."""
        with self._new:
            number = content.pop("update_id", self._next_update)
            self._next_update = max(self._next_update, number) + 1
            update = {"update_id": number, **content}
            self._updates.append(update)
            self._new.notify_all()
            return update

    async def bring(self, updates: list[Json] | None = None) -> list[int]:
        """Brings updates to the webhook, those that wait unless others are given; the statuses of the answers."""
        with self._lock:
            todo, self._updates = (self._updates if updates is None else updates), []
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook["secret_token"]}
        async with httpx.AsyncClient(trust_env=False, verify=SSL, timeout=60) as client:
            return [
                (await client.post(self.webhook["url"], json=update, headers=headers)).status_code for update in todo
            ]

    def taken(self) -> bool:
        """Whether all that people sent has been fetched, and its receipt confirmed by the next call."""
        with self._lock:
            asked = [int(body.get("offset") or 0) for method, body in self.calls if method == "getupdates"]
            return all(update["update_id"] < max(asked, default=0) for update in self._updates)

    # --- what the bot did ---

    def to(self, chat: int) -> list[Sent]:
        """The messages that reached a chat, in order."""
        with self._lock:
            return [sent for sent in self.sent if sent.chat == chat]

    def methods(self) -> list[str]:
        """The methods called so far."""
        return [method for method, _ in self.calls]

    async def until(self, met: Callable[[], Any], seconds: float = 30) -> None:
        """Waits for a condition.

        Raises:
            TimeoutError: when it is not met in time.
        """
        async with asyncio.timeout(seconds):
            while not met():
                await asyncio.sleep(0.005)

    # --- the server ---

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"].lower()
        try:
            if request.path_params["token"] != self.token:
                raise Refused(401, "Unauthorized")
            body = await body_of(request)
            with self._lock:
                self.calls.append((method, body))
            found = self.fault(method, body)
            if found and found.kind in ("drop", "lost"):
                if found.kind == "lost":
                    _METHODS[method](self, body)
                request.receive.__self__.transport.abort()  # type: ignore[attr-defined]
                return Response(status_code=502)
            if found and found.kind == "429":
                raise Refused(429, f"Too Many Requests: retry after {found.retry_after}", retry_after=found.retry_after)
            if found:
                raise Refused(int(found.kind), "Internal Server Error")
            if method == "getupdates":
                return ok(await asyncio.to_thread(self._get_updates, body))
            return ok(_METHODS[method](self, body))
        except Refused as refused:
            return JSONResponse(refused.body, refused.status)
        except KeyError:
            return JSONResponse({"ok": False, "error_code": 404, "description": "Not Found"}, 404)

    def _get_updates(self, body: Json) -> list[Json]:
        offset, limit = int(body.get("offset") or 0), int(body.get("limit") or 100)
        end = time.monotonic() + float(body.get("timeout") or 0)
        with self._new:
            if self.webhook["url"]:
                raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
            if not self.redeliver:
                self._updates = [update for update in self._updates if update["update_id"] >= offset]
            while not self._updates and not self._stopping and time.monotonic() < end:
                self._new.wait(max(0.0, end - time.monotonic()))
            return self._updates[:limit]

    def _get_me(self, body: Json) -> Json:
        return {"id": 123456, "is_bot": True, "first_name": "SEND Desk", "username": "send_desk_test_bot"}

    def _webhook_info(self, body: Json) -> Json:
        return {"url": self.webhook["url"], "has_custom_certificate": False, "pending_update_count": len(self._updates)}

    def _set_webhook(self, body: Json) -> bool:
        self.webhook = {"url": body.get("url", ""), "secret_token": body.get("secret_token", "")}
        return True

    def _delete_webhook(self, body: Json) -> bool:
        self.webhook = {"url": "", "secret_token": ""}
        return True

    def _set_commands(self, body: Json) -> bool:
        for command in body["commands"]:
            if not 1 <= len(command["description"]) <= 256 or not command["command"].isidentifier():
                raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        return True

    def _send_message(self, body: Json) -> Json:
        html = str(body.get("text", ""))
        text, links = parsed(html, body)
        if not text.strip():
            raise Refused(400, "Bad Request: message text is empty")
        if markup.length(text) > MESSAGE:
            raise Refused(400, "Bad Request: message is too long")
        return self._keep("sendmessage", body, text.strip(), html=html, links=links)

    def _send_document(self, body: Json) -> Json:
        caption, _ = parsed(str(body.get("caption", "")), body)
        if markup.length(caption) > CAPTION:
            raise Refused(400, "Bad Request: message caption is too long")
        name, content = body["document"]
        if not content:
            raise Refused(400, "Bad Request: file must be non-empty")
        return self._keep("senddocument", body, caption, name=name, content=content)

    def _keep(self, method: str, body: Json, text: str, **more: Any) -> Json:
        chat = int(body["chat_id"])
        refused = self.refuse(method, body)
        if refused:
            raise Refused(400, f"Bad Request: {refused}")
        if chat in self.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if chat in self.migrated:
            raise Refused(
                400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=self.migrated[chat]
            )
        with self._lock:
            sent = Sent(chat, self._message_id(), text, keyboard=keyboard_of(body), **more)
            self.sent.append(sent)
        return {"message_id": sent.message_id, "date": int(time.time()), "chat": {"id": chat, "type": "private"}}

    def _edit_markup(self, body: Json) -> bool:
        for sent in self.sent:
            if (sent.chat, sent.message_id) == (int(body["chat_id"]), int(body["message_id"])):
                if not sent.keyboard:
                    raise Refused(400, "Bad Request: message is not modified")
                sent.keyboard = keyboard_of(body)
                return True
        raise Refused(400, "Bad Request: message to edit not found")

    def _answer_query(self, body: Json) -> bool:
        self.answered.append(body["callback_query_id"])
        return True

    def _leave(self, body: Json) -> bool:
        self.left.append(int(body["chat_id"]))
        return True

    def _yes(self, body: Json) -> bool:
        return True

    def _message_id(self) -> int:
        with self._lock:
            self._next_message += 1
            return self._next_message


_METHODS: dict[str, Callable[[FakeApi, Json], Any]] = {
    "getme": FakeApi._get_me,
    "getwebhookinfo": FakeApi._webhook_info,
    "setwebhook": FakeApi._set_webhook,
    "deletewebhook": FakeApi._delete_webhook,
    "setmycommands": FakeApi._set_commands,
    "sendmessage": FakeApi._send_message,
    "senddocument": FakeApi._send_document,
    "editmessagereplymarkup": FakeApi._edit_markup,
    "answercallbackquery": FakeApi._answer_query,
    "leavechat": FakeApi._leave,
    "sendchataction": FakeApi._yes,
}
