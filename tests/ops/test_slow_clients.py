"""Clients that take their time, or send what no browser sends, hold no place in the office."""

import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.commands.serve_office import _server
from bot.limits import HEADER_SECONDS
from bot.settings import Settings
from bot.web.slow_clients import PatientProtocol
from tests.services import free_port

ASK = b"GET / HTTP/1.1\r\nHost: office.example.org\r\n\r\n"


class Impatient(PatientProtocol):
    """The same, with less patience, so that the test need not have any."""

    header_seconds = 0.3


async def hello(request: Request) -> Response:
    return PlainTextResponse("hello")


@pytest.fixture
def port(settings: Settings) -> Iterator[int]:
    """A server with the office's own options."""
    options = {**_server(settings), "http": Impatient, "port": free_port()}
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=[Route("/", hello)]), **options))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield options["port"]
    server.should_exit = True
    thread.join()


def connected(port: int) -> socket.socket:
    found = socket.create_connection(("127.0.0.1", port), timeout=20)
    return found


def all_of(connection: socket.socket) -> bytes:
    """What comes until the server closes; a server that never does fails the test by its time-out."""
    found = b""
    while piece := connection.recv(4096):
        found += piece
    return found


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
    assert options["limit_concurrency"] and options["h11_max_incomplete_event_size"] <= 16 * 1024


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
            found = b""
            while not found.endswith(b"hello"):
                found += client.recv(4096)
            assert found.startswith(b"HTTP/1.1 200 OK")


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
