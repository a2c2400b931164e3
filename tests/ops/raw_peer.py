"""A server that a test tells what to say, byte by byte, to a client of ours."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bot.http_calls import Server
from tests.services import free_port

GOOD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n"


class Peer:
    """The far side: a real server that does what a test says, and remembers what came on how many connections."""

    def __init__(self, talk: "Talk"):
        self._talk = talk
        self.port = free_port()
        self.lines: list[asyncio.StreamWriter] = []
        self.seen: list[bytes] = []
        self.left: asyncio.Queue[int] = asyncio.Queue()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = len(self.lines)
        self.lines.append(writer)

        async def asked() -> bool:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                return False
            length = next((line[15:] for line in head.split(b"\r\n") if line.startswith(b"Content-Length:")), b"0")
            self.seen.append(head + await reader.readexactly(int(length)))
            return True

        try:
            await self._talk(asked, writer)
        finally:  # uvloop lets nobody write to who has left
            writer.close()
            self.left.put_nowait(number)

    def calls(self, kept_seconds: float = 60) -> Server:
        return Server(f"http://127.0.0.1:{self.port}/base", {"X-Key": "value"}, 5, kept_seconds)


Talk = Callable[[Callable[[], Awaitable[bool]], asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def peer(talk: Talk) -> AsyncIterator[Peer]:
    """Listens until left."""
    found = Peer(talk)
    async with await asyncio.start_server(found.serve, "127.0.0.1", found.port):
        yield found


def always(*pieces: bytes) -> Talk:
    """Answers every request so."""

    async def talk(asked: Callable[[], Awaitable[bool]], writer: asyncio.StreamWriter) -> None:
        while await asked():
            for piece in pieces:
                writer.write(piece)
                await asyncio.sleep(0)

    return talk


def once(*pieces: bytes) -> Talk:
    """Answers the first request so, and closes."""

    async def talk(asked: Callable[[], Awaitable[bool]], writer: asyncio.StreamWriter) -> None:
        await asked()
        for piece in pieces:
            writer.write(piece)

    return talk
