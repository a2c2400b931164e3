"""JSON calls to our own servers over HTTP/1.1, on connections that are kept: what a turn needs and nothing more.

Every turn makes two, office to engine and engine to actions, on loopback or in a private network; a general client costs
three times as much processor for each (ADR 11). So there is no TLS, redirect, cookie, proxy or compression here.

A request that may have arrived is never sent twice. The errors are called as aiohttp calls them: logs and health checks
have always shown those names.
"""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

import httptools

MAX_ANSWER_BYTES = 16 * 1024 * 1024  # head and body; letters in a reply are far below one, more is none of ours

_METHODS = frozenset({"GET", "POST", "DELETE"})  # the parser takes a body for granted where a HEAD would have none
_TARGET = re.compile(r"[!\"$-~]*")  # visible ASCII, no fragment: nothing that ends a line or a request's first words
_NAME = re.compile(r"[A-Za-z0-9-]+")
_VALUE = re.compile(r"[ -~]*")
_encode = json.JSONEncoder(separators=(",", ":")).encode


class CallFailed(Exception):
    """A call that got no whole answer; the text holds nothing that was sent or received."""


class ClientConnectorError(CallFailed):
    """No connection came about, so nothing was sent."""


class ServerDisconnectedError(CallFailed):
    """The connection was closed before any answer; the request may have arrived."""


class ClientPayloadError(CallFailed):
    """The answer was cut off, malformed or too large; the request may have arrived."""


class Answer(NamedTuple):
    """A whole answer, whatever its status."""

    status: int
    media_type: str
    body: bytes


def packed(content: Any) -> bytes:
    """Compact JSON.

    Raises:
        TypeError: when the content has no JSON.
    """
    return _encode(content).encode("ascii")


class Server:
    """One server and the connections to it, to be used in one event loop at a time.

    Args:
        base: its address, as http://127.0.0.1:5055/webhook.
        headers: what every request carries besides Host and those of its body.
        connect_seconds: how long a new connection may take; for ever when None.
        kept_seconds: how long an idle connection is asked again; shorter than the server keeps it.

    Raises:
        ValueError: when the address is another one than http://host[:port][/path], or a header cannot be sent.
    """

    def __init__(self, base: str, headers: Mapping[str, str], connect_seconds: float | None, kept_seconds: float):
        self._host, self._port, netloc, self._path = _parts(base)
        self._headers = f" HTTP/1.1\r\nHost: {netloc}\r\n" + "".join(map(_header, headers.items()))
        self._connect_seconds = connect_seconds
        self._kept_seconds = kept_seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lines: set[_Line] = set()
        self._idle: list[_Line] = []  # the last one used is at the end, and used next

    async def call(self, method: str, path: str = "", body: bytes | None = None) -> Answer:
        """The answer to one request. How long that may take is the caller's: `asyncio.timeout`.

        Args:
            method: GET, POST or DELETE.
            path: what follows the base's path, quoted already.
            body: JSON, or None for no body.

        Raises:
            ClientConnectorError: when nothing was sent.
            CallFailed: when the request may have arrived, and no whole answer came.
            ValueError: when method or path cannot be sent.
        """
        request = self._request(method, path, body)
        line = self._kept_line() or await self._new_line()
        try:
            answer = await line.ask(request)
        except BaseException:  # whoever stops waiting too: a late answer must never be taken for another one's
            line.abort()
            raise
        self._keep(line)
        return answer

    def close(self) -> None:
        """Closes every connection; calls under way fail. The next call opens new ones."""
        self._idle.clear()
        for line in list(self._lines):
            line.abort()

    def _request(self, method: str, path: str, body: bytes | None) -> bytes:
        if method not in _METHODS or not _TARGET.fullmatch(path):
            raise ValueError("No such request can be sent.")
        head = f"{method} {self._path + path or '/'}{self._headers}"
        if body is None:
            return f"{head}\r\n".encode("ascii")
        return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode("ascii") + body

    def _kept_line(self) -> "_Line | None":
        """The connection used last, where it is still good."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:  # the connections of a loop that has ended are gone with it
            self._loop, self._idle, self._lines = loop, [], set()
        self._close_stale(loop)
        while self._idle:
            line = self._idle.pop()
            if line.usable:
                return line
            line.abort()
        return None

    def _close_stale(self, loop: asyncio.AbstractEventLoop) -> None:
        oldest = loop.time() - self._kept_seconds
        while self._idle and self._idle[0].idle_since < oldest:
            self._idle.pop(0).abort()

    async def _new_line(self) -> "_Line":
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._connect_seconds):
                _, line = await loop.create_connection(lambda: _Line(loop, self._lost), self._host, self._port)
        except (OSError, UnicodeError) as error:  # too late is an OSError too; the other is a name that can be none
            raise ClientConnectorError(type(error).__name__) from None
        if not line.usable:
            raise ClientConnectorError("closed at once")
        self._lines.add(line)
        return line

    def _keep(self, line: "_Line") -> None:
        if not line.usable:
            line.abort()
            return
        line.idle_since = line.loop.time()
        self._idle.append(line)

    def _lost(self, line: "_Line") -> None:
        self._lines.discard(line)
        if line in self._idle:
            self._idle.remove(line)


class _Line(asyncio.Protocol):
    """One connection, for one call at a time; the parser calls the `on_` methods."""

    def __init__(self, loop: asyncio.AbstractEventLoop, lost: Callable[["_Line"], None]):
        self.loop = loop
        self.idle_since = 0.0
        self._lost = lost
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._answer: asyncio.Future[Answer] | None = None
        self._reusable = True
        self._begin()

    def _begin(self) -> None:
        self._got, self._whole = 0, False
        self._status, self._media_type = 0, ""
        self._body: list[bytes] = []

    @property
    def usable(self) -> bool:
        """Whether a call can be made on it, as far as is known."""
        return self._reusable and self._transport is not None and not self._transport.is_closing()

    async def ask(self, request: bytes) -> Answer:
        """Sends one request and waits for its answer.

        Raises:
            CallFailed: when no whole one comes.
        """
        assert self._transport is not None  # noqa: S101
        self._begin()
        self._answer = self.loop.create_future()
        self._transport.write(request)
        return await self._answer

    def abort(self) -> None:
        """Closes it at once, and sends nothing more."""
        self._reusable = False
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Open."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Closed, so a call under way gets no answer any more."""
        self._reusable = False
        self._lost(self)
        self._fail(ClientPayloadError("cut off") if self._got else ServerDisconnectedError("no answer"))

    def data_received(self, data: bytes) -> None:
        """A piece of the answer. What nobody asked for, or what follows an answer, ends the connection."""
        if self._answer is None or self._answer.done():
            self.abort()
            return
        self._got += len(data)
        problem = "too large" if self._got > MAX_ANSWER_BYTES else self._problem_in(data)
        if problem:
            self._reusable = False
        if self._whole:
            self._answer.set_result(Answer(self._status, self._media_type, b"".join(self._body)))
        elif problem:
            self._fail(ClientPayloadError(problem))

    def _problem_in(self, data: bytes) -> str:
        """Reads on; says what is wrong, if anything."""
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            return "malformed"
        return ""

    def _fail(self, error: CallFailed) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    def on_message_begin(self) -> None:
        """More than one answer to one request is none that can be trusted to belong to it."""
        if self._whole:
            raise ValueError("unasked")

    def on_header(self, name: bytes, value: bytes) -> None:
        """The one header that matters besides those of the parser."""
        if name.lower() == b"content-type":
            self._media_type = value.partition(b";")[0].strip().lower().decode("latin-1")

    def on_body(self, piece: bytes) -> None:
        """A piece of the body, without its chunk's frame."""
        self._body.append(piece)

    def on_message_complete(self) -> None:
        """The whole answer, unless it was a word in between, as 100 Continue."""
        self._status = self._parser.get_status_code()
        if self._status >= 200:
            self._whole = True
            self._reusable = self._parser.should_keep_alive()


def _parts(base: str) -> tuple[str, int, str, str]:
    """Host, port, both as they stand in the address, and the path."""
    parts = urlsplit(base)
    strange = parts.query or parts.fragment or parts.username is not None
    if parts.scheme != "http" or not parts.hostname or strange or not _TARGET.fullmatch(parts.netloc + parts.path):
        raise ValueError(f"'{base}' cannot be called: only http://host:port/path, without name, query or fragment.")
    return parts.hostname, parts.port or 80, parts.netloc, parts.path


def _header(name_and_value: tuple[str, str]) -> str:
    name, value = name_and_value
    if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
        raise ValueError(f"The header {name!r} cannot be sent.")
    return f"{name}: {value}\r\n"
