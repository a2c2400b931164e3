"""The office's side of a connection: reads strictly, and closes it when a client takes its time or never reads the answer.

uvicorn waits for the head of a request for ever, so a few thousand silent connections would shut everybody out. Bodies
have their own limits (edge.py). llhttp reads heads and bodies, in C and strictly; here stands what it lets pass although
a proxy may read it in another way. One request is read at a time: what a client sends ahead waits for the answer before
it, so that nothing piles up and no refusal takes the place of an answer.
"""

import asyncio
import re
import socket

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bot.limits import HEADER_SECONDS, UNREAD_SECONDS

MAX_HEAD_BYTES = 16 * 1024  # as the proxy's (deploy/Caddyfile); a browser sends one or two thousand
MAX_AHEAD_BYTES = 64 * 1024  # before its answer came; browsers and proxies send nothing ahead

_HEAD_END = re.compile(rb"\n\r?\n")  # a sloppy end is one too, so that it is refused at once
_REQUEST_LINE = re.compile(rb"[A-Z]+ /[!\"$-~]* HTTP/1\.[01]\r\n")  # no other protocol, host or spaces, no fragment
_CLOSED = b"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_BAD = b"HTTP/1.1 400 Bad Request" + _CLOSED
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large" + _CLOSED


class _Ambiguous(Exception):
    """A request that can be read in two ways; the parser makes an error of its own of it."""


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's llhttp protocol with an end to its patience. The parser calls the `on_` methods."""

    header_seconds: float = HEADER_SECONDS
    _late: asyncio.TimerHandle | None = None
    _unread = b""  # what the parser has not been given yet
    _in_head = False  # only while the parser reads one
    _in_body = False  # from a head's end to its body's
    _body_left: int | None = None  # None where the body comes in chunks
    _frame_bytes = 0  # of chunks, since the last byte that belongs to the body itself

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """From here on the first request's head is waited for."""
        super().connection_made(transport)
        _give_up_unread(transport)
        self._wait_for_rest()

    def data_received(self, data: bytes) -> None:
        """Reads as far as it may now."""
        self._unset_keepalive_if_required()
        self._unread += data
        self._read_on()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """What was sent ahead has its turn; what is left of a body that nobody reads has as long as a head."""
        super().on_response_complete()
        if self._in_body:
            self._wait_for_rest()
        if self._unread:
            self._unset_keepalive_if_required()
            self._read_on()

    def on_message_begin(self) -> None:
        """Behind chunks a request cannot be kept back: llhttp would read it before the answer."""
        if not self._in_head:
            raise _Ambiguous
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Those behind a body's chunks are dropped: uvicorn would add them to the headers that were already judged."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """From here on the body is read, if the head says only one thing of it."""
        codings = self._values(b"transfer-encoding")
        if self._ambiguous(codings):
            raise _Ambiguous
        self._in_head, self._in_body, self._frame_bytes = False, True, 0
        self._body_left = None if codings else int((self._values(b"content-length") or [b"0"])[0])
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._frame_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The end of the body, if there was one."""
        self._in_body = False
        self._stop_waiting()
        super().on_message_complete()

    def _values(self, name: bytes) -> list[bytes]:
        return [value for header, value in self.headers if header == name]

    def _ambiguous(self, codings: list[bytes]) -> bool:
        """Whether llhttp let something pass: hosts, codings besides chunked, a body it skips for another protocol."""
        old = self.parser.get_http_version() == "1.0"
        hosts = len(self._values(b"host"))
        if hosts > 1 or (hosts == 0 and not old):
            return True
        if codings and (old or len(codings) > 1 or codings[0].lower() != b"chunked"):
            return True
        return self.parser.should_upgrade() and bool(codings or self._values(b"content-length"))

    def _read_on(self) -> None:
        while self._unread and not self.transport.is_closing():
            if self._in_body:
                self._read_body()
            elif self._answering():
                if len(self._unread) > MAX_AHEAD_BYTES:
                    self.transport.close()
                return
            elif not self._read_head():
                return

    def _answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _read_head(self) -> bool:
        """Gives the parser one whole head; False when there is none yet, or never will be."""
        end = _HEAD_END.search(self._unread)
        size = end.end() if end else len(self._unread)
        if size > MAX_HEAD_BYTES:
            return self._refuse(_TOO_LARGE)
        if not (_REQUEST_LINE.match(self._unread) if end else self._unread[:1].isalpha()):
            return self._refuse(_BAD)
        if end is None:
            self._wait_for_rest()
            return False
        self._stop_waiting()
        head, self._unread = self._unread[:size], self._unread[size:]
        self._in_head = True
        self._feed(head)
        return not self._in_head or self._refuse(_BAD)

    def _read_body(self) -> None:
        size = MAX_HEAD_BYTES if self._body_left is None else self._body_left
        piece, self._unread = self._unread[:size], self._unread[size:]
        if self._body_left is None:
            self._frame_bytes += len(piece)
        else:
            self._body_left -= len(piece)
        self._feed(piece)
        if self._frame_bytes > MAX_HEAD_BYTES:
            self._refuse(_BAD)

    def _feed(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # the wish for another protocol is not heard, as HTTP allows
        except httptools.HttpParserError:
            self._refuse(_BAD)

    def _refuse(self, answer: bytes) -> bool:
        """Closes after this answer, or after the one that is owed to a whole request before; always False."""
        self._unread = b""
        if self.transport.is_closing():
            return False
        self.logger.warning("Invalid HTTP request received.")
        if self._answering() and not self.cycle.more_body:
            self.cycle.keep_alive = False
            return False
        if not self._answering() or not self.cycle.response_started:
            self.transport.write(answer)
        if self._answering():  # its body went wrong: the app hears that the client has gone
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()
        return False

    def _wait_for_rest(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(self.header_seconds, self._too_late)

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _too_late(self) -> None:
        self._late = None
        self.transport.close()


def _give_up_unread(transport: asyncio.Transport) -> None:
    """Asks the kernel to drop a connection whose answer nobody takes; only TCP has that."""
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(UNREAD_SECONDS * 1000))
