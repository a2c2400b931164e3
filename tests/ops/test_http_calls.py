"""Calls to our own servers: whole answers, kept connections, nothing sent twice, nothing late taken for another's."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any

import pytest
import uvloop

from bot import http_calls
from bot.http_calls import (
    Answer,
    CallFailed,
    ClientConnectorError,
    ClientPayloadError,
    Server,
    ServerDisconnectedError,
    packed,
)
from tests.ops.raw_peer import CHUNKED, GOOD, always, once, peer
from tests.services import free_port

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Iterator[Run]:
    """Runs a test's body in one loop; on both kinds: the servers run on uvloop, `bot ask` and the tests on asyncio's."""
    with asyncio.Runner(loop_factory=request.param) as runner:
        yield runner.run


def test_a_request_is_written_whole_and_its_answer_read_whole(run: Run) -> None:
    async def body() -> None:
        async with peer(always(GOOD)) as far:
            calls = far.calls()
            assert await calls.call("POST", "/messages", packed({"a": "é", "b": 1})) == Answer(
                200, "application/json", b"{}"
            )
            assert await calls.call("GET", "/ready")
            calls.close()
        host = f"Host: 127.0.0.1:{far.port}\r\nX-Key: value\r\n".encode()
        length = b"Content-Type: application/json\r\nContent-Length: 20\r\n\r\n"
        posted = b"POST /base/messages HTTP/1.1\r\n" + host + length + b'{"a":"\\u00e9","b":1}'
        assert far.seen == [posted, b"GET /base/ready HTTP/1.1\r\n" + host + b"\r\n"]

    run(body())


WHOLE = {
    "length": ([GOOD], 200, b"{}"),
    "single bytes": ([bytes([byte]) for byte in GOOD], 200, b"{}"),
    "chunks": ([CHUNKED, b"2;a=b\r\n{}\r\n", b"1\r\n \r\n0\r\nX: y\r\n\r\n"], 200, b"{} "),
    "no content": ([b"HTTP/1.1 204 No Content\r\n\r\n"], 204, b""),
    "an error": ([b"HTTP/1.1 503 Busy\r\nContent-Length: 2\r\n\r\nno"], 503, b"no"),
    "a redirect, which is not followed": ([b"HTTP/1.1 307 Go\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"], 307, b""),
    "a word in between": ([b"HTTP/1.1 100 Continue\r\n\r\n", GOOD], 200, b"{}"),
}


@pytest.mark.parametrize("kind", WHOLE)
def test_every_kind_of_whole_answer_is_read_and_the_connection_used_again(run: Run, kind: str) -> None:
    pieces, status, content = WHOLE[kind]

    async def body() -> None:
        async with peer(always(*pieces)) as far:
            calls = far.calls()
            for _ in range(3):
                answer = await calls.call("POST", body=b"{}")
                assert (answer.status, answer.body) == (status, content)
            assert len(far.lines) == 1 and len(far.seen) == 3
            calls.close()

    run(body())


BROKEN = {
    "closed before any answer": ([], ServerDisconnectedError),
    "cut off in the head": ([GOOD[:30]], ClientPayloadError),
    "cut off in the body": ([GOOD[:-1]], ClientPayloadError),
    "cut off in the chunks": ([CHUNKED, b"2\r\n{}\r\n"], ClientPayloadError),
    "no length, so that nobody knows whether it is whole": ([b"HTTP/1.1 200 OK\r\n\r\n{}"], ClientPayloadError),
    "no HTTP": ([b"SSH-2.0-OpenSSH\r\n"], ClientPayloadError),
    "two lengths": ([GOOD.replace(b"\r\n\r\n", b"\r\nContent-Length: 3\r\n\r\n")], ClientPayloadError),
    "a bad chunk": ([CHUNKED, b"0x2\r\n{}\r\n"], ClientPayloadError),
    "another protocol": ([b"HTTP/1.1 101 Other\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n"], ClientPayloadError),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_answer_is_an_error_and_the_request_is_not_sent_again(run: Run, kind: str) -> None:
    pieces, error = BROKEN[kind]

    async def body() -> None:
        async with peer(once(*pieces)) as far:
            calls = far.calls()
            with pytest.raises(error):
                await calls.call("POST", body=b"{}")
            assert len(far.seen) == len(far.lines) == 1
            calls.close()

    run(body())


def test_an_answer_larger_than_any_of_ours_is_given_up(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_calls, "MAX_ANSWER_BYTES", 1000)

    async def body() -> None:
        async with peer(always(CHUNKED, *[b"64\r\n" + b"a" * 100 + b"\r\n"] * 20)) as far:
            with pytest.raises(ClientPayloadError, match="too large"):
                await far.calls().call("GET")
            assert await far.left.get() == 0

    run(body())


def test_calls_at_once_have_a_connection_each_and_the_last_one_used_is_used_first(run: Run) -> None:
    async def body() -> None:
        async with peer(always(GOOD)) as far:
            calls = far.calls()
            await asyncio.gather(*(calls.call("POST", body=b"{}") for _ in range(3)))
            assert len(far.lines) == 3
            last = calls._idle[-1]
            await calls.call("POST", body=b"{}")
            assert calls._idle[-1] is last and len(far.lines) == 3
            calls.close()

    run(body())


def test_a_connection_idle_for_too_long_is_closed_and_not_asked_again(run: Run) -> None:
    async def body() -> None:
        async with peer(always(GOOD)) as far:
            calls = far.calls(kept_seconds=-1)
            for number in range(3):
                await calls.call("POST", body=b"{}")
                assert len(far.lines) == number + 1
            assert [await far.left.get() for _ in range(2)] == [0, 1]
            calls.close()

    run(body())


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"])
def test_a_connection_that_was_closed_or_spoke_while_idle_is_not_asked_again(run: Run, said: bytes) -> None:
    async def body() -> None:
        async with peer(always(GOOD)) as far:
            calls = far.calls()
            await calls.call("POST", body=b"{}")
            far.lines[0].write(said)
            if not said:
                far.lines[0].close()
            idle = calls._idle[0]
            while idle.usable:
                await asyncio.sleep(0)
            assert (await calls.call("POST", body=b"{}")).status == 200
            assert len(far.lines) == len(far.seen) == 2
            calls.close()

    run(body())


def test_a_request_on_a_kept_connection_that_then_closes_is_not_sent_again(run: Run) -> None:
    async def talk(asked: Callable[[], Awaitable[bool]], writer: asyncio.StreamWriter) -> None:
        await asked()
        writer.write(GOOD)
        await asked()

    async def body() -> None:
        async with peer(talk) as far:
            calls = far.calls()
            await calls.call("POST", "/1", b"{}")
            with pytest.raises(ServerDisconnectedError):
                await calls.call("POST", "/2", b"{}")
            assert len(far.lines) == 1 and len(far.seen) == 2
            await calls.call("POST", "/3", b"{}")
            assert len(far.lines) == 2
            calls.close()

    run(body())


@pytest.mark.parametrize("last", [GOOD + GOOD, GOOD + b"x", GOOD.replace(b"OK\r\n", b"OK\r\nConnection: close\r\n")])
def test_a_connection_with_more_than_its_answer_or_about_to_close_is_not_kept(run: Run, last: bytes) -> None:
    async def body() -> None:
        async with peer(always(last)) as far:
            calls = far.calls()
            for number in range(2):
                assert (await calls.call("POST", body=b"{}")).body == b"{}"
                assert len(far.lines) == number + 1 and not calls._idle

    run(body())


def test_whoever_stops_waiting_closes_the_connection_so_that_a_late_answer_reaches_nobody(run: Run) -> None:
    async def body() -> None:
        may_answer = asyncio.Event()

        async def talk(asked: Callable[[], Awaitable[bool]], writer: asyncio.StreamWriter) -> None:
            while await asked():
                if len(far.seen) == 2:
                    await may_answer.wait()
                    writer.write(GOOD.replace(b"{}", b"[]"))
                writer.write(GOOD)

        async with peer(talk) as far:
            calls = far.calls()
            await calls.call("POST", "/1", b"{}")
            late = asyncio.create_task(calls.call("POST", "/2", b"{}"))
            while len(far.seen) < 2:
                await asyncio.sleep(0)
            late.cancel()
            with pytest.raises(asyncio.CancelledError):
                await late
            assert not calls._idle
            may_answer.set()
            assert (await calls.call("POST", "/3", b"{}")).body == b"{}" and len(far.lines) == 2
            calls.close()

    run(body())


def test_the_callers_own_time_limit_ends_a_call(run: Run) -> None:
    async def body() -> None:
        async with peer(always()) as far:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await far.calls().call("POST", body=b"{}")
            assert await far.left.get() == 0 and len(far.seen) == 1

    run(body())


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-name.invalid", "a" * 64])
def test_where_nobody_can_be_reached_nothing_was_sent(run: Run, host: str) -> None:
    with pytest.raises(ClientConnectorError):
        run(Server(f"http://{host}:{free_port()}", {}, 5, 5).call("POST", body=b"{}"))


def test_a_server_that_takes_no_connection_is_given_up_after_the_time_to_connect(run: Run) -> None:
    with socket.socket() as full, socket.socket() as waiting, socket.socket() as another:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for client in (waiting, another):
            client.setblocking(False)
            client.connect_ex(full.getsockname())
        calls = Server(f"http://127.0.0.1:{full.getsockname()[1]}", {}, connect_seconds=0.05, kept_seconds=5)
        with pytest.raises(ClientConnectorError, match="TimeoutError"):
            run(calls.call("POST", body=b"{}"))


def test_closing_ends_the_calls_under_way_and_the_next_call_begins_anew(run: Run) -> None:
    async def body() -> None:
        async def talk(asked: Callable[[], Awaitable[bool]], writer: asyncio.StreamWriter) -> None:
            while await asked():
                writer.write(GOOD if len(far.seen) != 1 else b"")

        async with peer(talk) as far:
            calls = far.calls()
            under_way = asyncio.create_task(calls.call("POST", body=b"{}"))
            while not far.seen:
                await asyncio.sleep(0)
            calls.close()
            with pytest.raises(CallFailed):
                await under_way
            assert await calls.call("POST", body=b"{}")
            calls.close()

    run(body())


def test_the_next_event_loop_opens_connections_of_its_own() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        calls, open_ones = Server(f"http://127.0.0.1:{listening.getsockname()[1]}", {}, 5, 60), []

        def answers() -> None:
            for _ in range(2):
                open_ones.append(listening.accept()[0])
                open_ones[-1].recv(4096)
                open_ones[-1].sendall(GOOD)

        server = threading.Thread(target=answers)
        server.start()
        for _ in range(2):
            assert asyncio.run(calls.call("POST", body=b"{}")).status == 200
        server.join()
        for one in open_ones:
            one.close()


@pytest.mark.parametrize(
    "base",
    [
        "https://127.0.0.1:1",
        "127.0.0.1:1",
        "http://",
        "http://name:word@127.0.0.1",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/?a=b",
        "http://127.0.0.1/#a",
        "http://127.0.0.1:port",
        "http://é.example",
    ],
)
def test_an_address_that_is_not_plain_http_is_refused_at_once(base: str) -> None:
    with pytest.raises(ValueError, match=r"http|[Pp]ort"):
        Server(base, {}, 5, 5)


@pytest.mark.parametrize("path", ["/a\r\nX: y", "/a b", "/a\n", "/é", "/a#b", "/\0"])
def test_no_path_can_say_more_than_a_path(run: Run, path: str) -> None:
    with pytest.raises(ValueError, match="sent"):
        run(Server("http://127.0.0.1:1", {}, 5, 5).call("GET", path))


@pytest.mark.parametrize(
    "header", [("X", "a\r\nY: b"), ("X\r\nY", "b"), ("X:", "b"), ("X", "a\nb"), ("X", "é"), ("", "a")]
)
def test_no_header_can_say_more_than_a_header(header: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="cannot be sent"):
        Server("http://127.0.0.1:1", dict([header]), 5, 5)


@pytest.mark.parametrize("method", ["HEAD", "CONNECT", "get", "GET / HTTP/1.1\r\nX: y"])
def test_only_the_methods_in_use_are_sent(run: Run, method: str) -> None:
    with pytest.raises(ValueError, match="sent"):
        run(Server("http://127.0.0.1:1", {}, 5, 5).call(method))
