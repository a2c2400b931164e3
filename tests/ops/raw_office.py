"""The office's server with its own options before a small app, and sockets to speak to it byte by byte."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.commands.serve_office import _server
from bot.settings import Settings
from bot.web.slow_clients import PatientProtocol
from tests.services import free_port

ASK = b"GET / HTTP/1.1\r\nHost: office.example.org\r\n\r\n"


class Impatient(PatientProtocol):
    """The same, with less patience, so that the test need not have any."""

    header_seconds = 0.3


@contextmanager
def raw_office(settings: Settings, protocol: type[PatientProtocol] = Impatient) -> Iterator[int]:
    """Serves until left; yields the port.

    `GET /` says hello, `POST /` what came and which headers it had; `POST /deaf` does not read its body, and
    `GET /slow` begins to answer and never ends.
    """
    routes = [
        Route("/", _hello),
        Route("/", _back, methods=["POST"]),
        Route("/deaf", _hello, methods=["POST"]),
        Route("/slow", _slow),
    ]
    app = Starlette(routes=routes)
    server = uvicorn.Server(uvicorn.Config(app, **{**_server(settings), "http": protocol, "port": free_port()}))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield server.config.port
    server.should_exit = True
    thread.join()


async def _hello(request: Request) -> Response:
    return PlainTextResponse("hello")


async def _slow(request: Request) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"begun"
        await asyncio.Event().wait()

    return StreamingResponse(pieces())


async def _back(request: Request) -> Response:
    body = await request.body()
    return PlainTextResponse(body + b"|" + b",".join(name for name, _ in request.scope["headers"]) + b"|end")


def connected(port: int) -> socket.socket:
    """A connection whose reads fail after twenty seconds, so that a server that says nothing fails its test."""
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def all_of(connection: socket.socket) -> bytes:
    """What comes until the server closes; a server that never does fails the test by its time-out."""
    found = b""
    while piece := connection.recv(4096):
        found += piece
    return found


def until(connection: socket.socket, end: bytes) -> bytes:
    """What comes until it ends so."""
    found = b""
    while not found.endswith(end):
        piece = connection.recv(4096)
        assert piece, found
        found += piece
    return found
