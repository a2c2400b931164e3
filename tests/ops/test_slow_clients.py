"""Clients that take their time, or send what no browser sends, hold no place in the office."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import pytest

from bot.commands.serve_office import _server
from bot.limits import HEADER_SECONDS, UNREAD_SECONDS
from bot.settings import Settings
from bot.web.slow_clients import MAX_AHEAD_BYTES, MAX_HEAD_BYTES, PatientProtocol
from tests.ops.raw_office import ASK, Impatient, all_of, connected, raw_office, until

HEAD = ASK[:-2]  # without the empty line that ends it
CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture
def port(settings: Settings) -> Iterator[int]:
    """A server with the office's own options."""
    with raw_office(settings) as found:
        yield found


def dripped_until_closed(client: socket.socket) -> int:
    """How many single bytes could be sent before the server closed the connection."""
    for count in range(2000):
        try:
            client.sendall(b"X")
            if client.recv(10) == b"":
                return count
        except TimeoutError:
            continue
        except ConnectionError:
            return count
    return 2000


def test_the_office_uses_this_protocol_with_its_limits(settings: Settings) -> None:
    options = _server(settings)
    assert options["http"] is PatientProtocol and PatientProtocol.header_seconds == HEADER_SECONDS
    assert options["limit_concurrency"] and MAX_HEAD_BYTES <= 16 * 1024


@pytest.mark.parametrize("begun", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: office.example.org\r\nX-Slow: a"])
def test_a_client_that_never_finishes_its_head_is_let_go(port: int, begun: bytes) -> None:
    with connected(port) as client:
        client.sendall(begun)
        assert all_of(client) == b""


def test_a_head_that_drips_is_let_go_however_often_it_drips(port: int) -> None:
    with connected(port) as client:
        client.settimeout(0.02)
        assert dripped_until_closed(client) < 2000


def test_the_second_request_of_a_connection_has_to_hurry_too(port: int) -> None:
    with connected(port) as client:
        client.sendall(ASK)
        assert b"200 OK" in client.recv(4096)
        client.sendall(ASK[:20])
        assert b"hello" not in all_of(client).replace(b"hello", b"", 1)


def test_whole_requests_are_answered_one_after_the_other(port: int) -> None:
    with connected(port) as client:
        for _ in range(3):
            client.sendall(ASK)
            assert until(client, b"hello").startswith(b"HTTP/1.1 200 OK")


def test_requests_sent_ahead_are_answered_in_their_order(port: int) -> None:
    with connected(port) as client:
        posts = [b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n%02d" % number for number in range(20)]
        client.sendall(b"".join(posts[:10]) + ASK[:30])
        client.sendall(ASK[30:] + b"".join(posts[10:]))
        answer = until(client, b"19|host,content-length|end")
        said = [part.rpartition(b"\r\n")[2] for part in answer.split(b"|host")[:-1]]
        assert said == [b"%02d" % number for number in range(20)] and answer.count(b"hello") == 1


def test_who_sends_too_much_ahead_is_let_go_before_it_piles_up(port: int) -> None:
    with connected(port) as client:
        client.sendall(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
        until(client, b"begun\r\n")
        with contextlib.suppress(ConnectionError):
            client.sendall(ASK * (4 * MAX_AHEAD_BYTES // len(ASK)))
            assert b"hello" not in all_of(client)


def padded(size: int) -> bytes:
    """A request whose head has this many bytes."""
    return HEAD + b"X-Large: " + b"a" * (size - len(HEAD) - 13) + b"\r\n\r\n"


@pytest.mark.parametrize("before", [b"", ASK, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab"])
@pytest.mark.parametrize("ahead", [True, False])
@pytest.mark.parametrize("pieces", [1, 9])
@pytest.mark.parametrize("end", [b"\r\n\r\n", b""])
def test_a_head_over_its_size_is_refused_however_it_comes(
    port: int, before: bytes, ahead: bool, pieces: int, end: bytes
) -> None:
    large = padded(MAX_HEAD_BYTES + 1)[:-4] + (end or b"aaaa")
    with connected(port) as client:
        if before and not ahead:
            client.sendall(before)
            assert client.recv(4096).startswith(b"HTTP/1.1 200")
        sent = (before if ahead else b"") + large
        size = len(sent) // pieces + 1
        for at in range(0, len(sent), size):
            client.sendall(sent[at : at + size])
        answer = all_of(client)
        assert b"HTTP/1.1 431" in answer and answer.count(b"HTTP/1.1 ") == 1 + bool(before and ahead)


def test_a_head_of_the_full_size_is_read(port: int) -> None:
    with connected(port) as client:
        for _ in range(2):
            client.sendall(padded(MAX_HEAD_BYTES))
            assert until(client, b"hello").startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "frame", [b"5;" + b"a" * 40_000, b"1\r\na\r\n0\r\nX: " + b"a" * 40_000, b"1\r\na\r\n0\r\n" + b"X: a\r\n" * 6000]
)
def test_what_stands_around_a_body_has_the_size_of_a_head_too(port: int, frame: bytes) -> None:
    with connected(port) as client:
        client.sendall(CHUNKED + frame)
        assert all_of(client).startswith(b"HTTP/1.1 400")


def test_the_rest_of_a_body_that_nobody_reads_is_not_waited_for_for_ever(port: int) -> None:
    with connected(port) as client:
        client.sendall(b"POST /deaf HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
        until(client, b"hello")
        client.settimeout(0.02)
        assert dripped_until_closed(client) < 2000


def test_an_answer_that_nobody_takes_is_dropped_by_the_kernel(settings: Settings) -> None:
    options = []

    class Noted(Impatient):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            found = transport.get_extra_info("socket")
            options.append(found.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT))

    with raw_office(settings, Noted) as port, connected(port) as client:
        client.sendall(ASK)
        until(client, b"hello")
    assert options == [UNREAD_SECONDS * 1000]


STRANGE = {
    "large": b"GET / HTTP/1.1\r\nHost: a\r\nX-Large: " + b"a" * 40_000 + b"\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "space before the colon": b"GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
}


@pytest.mark.parametrize("kind", STRANGE)
def test_what_no_browser_sends_is_refused(port: int, kind: str) -> None:
    with connected(port) as client:
        client.sendall(STRANGE[kind])
        answer = all_of(client)
        assert answer == b"" or answer.startswith(b"HTTP/1.1 4"), answer[:80]
