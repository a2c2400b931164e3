"""The office's side of a connection: closes it when a client takes its time to ask, or never reads the answer.

uvicorn waits for the head of a request for ever, so a few thousand silent connections would shut everybody out. Bodies
have their own limits (edge.py). h11 rather than httptools, because it refuses heads over their size and sloppy requests
that a proxy may read in another way.
"""

import asyncio
import socket

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.limits import HEADER_SECONDS, UNREAD_SECONDS

_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class PatientProtocol(H11Protocol):
    """uvicorn's h11 protocol with an end to its patience."""

    header_seconds: float = HEADER_SECONDS
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """From here on the first request's head is waited for."""
        super().connection_made(transport)
        _give_up_unread(transport)
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        """A whole head ends the wait; a first piece of the next one begins it; one that is too large ends everything."""
        if self._too_large(data):
            self.transport.write(_TOO_LARGE)
            self.transport.close()
            return
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop_waiting()
        elif self._late is None:
            self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _too_large(self, data: bytes) -> bool:
        """h11 counts only heads that come in pieces; one that comes at once counts too."""
        most = self.config.h11_max_incomplete_event_size
        if most is None or self.conn.their_state is not h11.IDLE:
            return False
        begun = self.conn.trailing_data[0] + data
        return len(begun) > most and begun.find(b"\r\n\r\n", 0, most) < 0

    def _wait_for_head(self) -> None:
        self._late = self.loop.call_later(self.header_seconds, self._too_late)

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _too_late(self) -> None:
        self._late = None
        if self.conn.their_state is h11.IDLE:
            self.transport.close()


def _give_up_unread(transport: asyncio.Transport) -> None:
    """Asks the kernel to drop a connection whose answer nobody takes; only TCP has that."""
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(UNREAD_SECONDS * 1000))
