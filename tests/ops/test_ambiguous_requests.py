"""A request that a proxy could read in another way is refused whole, and its connection closed: nothing is smuggled."""

from collections.abc import Iterator

import pytest

from bot.settings import Settings
from tests.ops.raw_office import ASK, all_of, connected, raw_office, until

HOST = b"Host: office.example.org\r\n"
CHUNKS = b"5\r\nhello\r\n0\r\n\r\n"


@pytest.fixture
def port(settings: Settings) -> Iterator[int]:
    """A server with the office's own options."""
    with raw_office(settings) as found:
        yield found


def asked(line: bytes = b"GET / HTTP/1.1", headers: bytes = b"", host: bytes = HOST) -> bytes:
    """A request without a body; the headers end with their line's end."""
    return line + b"\r\n" + host + headers + b"\r\n"


def posted(headers: bytes, body: bytes = b"hello") -> bytes:
    return asked(b"POST / HTTP/1.1", headers) + body


def chunked(body: bytes) -> bytes:
    return posted(b"Transfer-Encoding: chunked\r\n", body)


LENGTHS = {
    "length and chunked": posted(b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", CHUNKS),
    "chunked and length": posted(b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", CHUNKS),
    "two lengths": posted(b"Content-Length: 5\r\nContent-Length: 6\r\n"),
    "two lengths in a list": posted(b"Content-Length: 5, 6\r\n"),
    "negative length": posted(b"Content-Length: -5\r\n"),
    "length with a plus": posted(b"Content-Length: +5\r\n"),
    "hexadecimal length": posted(b"Content-Length: 0x5\r\n"),
    "length with an underscore": posted(b"Content-Length: 0_5\r\n"),
    "length and a word": posted(b"Content-Length: 5 five\r\n"),
    "no length": posted(b"Content-Length: \r\n"),
    "endless length": posted(b"Content-Length: 99999999999999999999999\r\n"),
    "chunked is not last": posted(b"Transfer-Encoding: chunked, identity\r\n", CHUNKS),
    "chunked is not alone": posted(b"Transfer-Encoding: gzip, chunked\r\n", CHUNKS),
    "chunked twice": posted(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", CHUNKS),
    "not chunked": posted(b"Transfer-Encoding: identity\r\n", CHUNKS),
    "almost chunked": posted(b"Transfer-Encoding: xchunked\r\n", CHUNKS),
    "chunked in quotes": posted(b'Transfer-Encoding: "chunked"\r\n', CHUNKS),
    "chunked after a control character": posted(b"Transfer-Encoding: \x0bchunked\r\n", CHUNKS),
    "chunked in a folded line": posted(b"Transfer-Encoding:\r\n chunked\r\n", CHUNKS),
    "hexadecimal chunk with its prefix": chunked(b"0x5\r\nhello\r\n0\r\n\r\n"),
    "negative chunk": chunked(b"-5\r\nhello\r\n0\r\n\r\n"),
    "endless chunk": chunked(b"fffffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
    "chunk longer than it says": chunked(b"5\r\nhello!!0\r\n\r\n"),
    "line feed in a chunk's extension": chunked(b"5;a\nb\r\nhello\r\n0\r\n\r\n"),
    "carriage return in a chunk's extension": chunked(b"5;a\rb\r\nhello\r\n0\r\n\r\n"),
    "chunks with line feeds alone": chunked(b"5\nhello\n0\n\n"),
    "a length among the trailers": chunked(b"5\r\nhello\r\n0\r\nContent-Length: 10\r\n\r\n"),
}
LINES = {
    "line feed in a header": asked(headers=b"X: a\nY: b\r\n"),
    "carriage return in a header": asked(headers=b"X: a\rY: b\r\n"),
    "two carriage returns": asked(headers=b"X: a\r\r\n"),
    "line feeds alone": b"GET / HTTP/1.1\nHost: office.example.org\n\n",
    "line feed after the request line": b"GET / HTTP/1.1\n" + HOST + b"\r\n",
    "line feed at the end of the head": b"GET / HTTP/1.1\r\n" + HOST + b"\n",
    "nought in a header": asked(headers=b"X: a\0b\r\n"),
    "space before the colon": asked(headers=b"X : y\r\n"),
    "space before the colon of the length": posted(b"Content-Length : 5\r\n"),
    "no colon": asked(headers=b"X\r\n"),
    "no name": asked(headers=b": y\r\n"),
    "folded line": asked(headers=b"X: a\r\n b\r\n"),
    "folded line with a tab": asked(headers=b"X: a\r\n\tb\r\n"),
    "folded first line": asked(host=b" X: y\r\n" + HOST),
    "bad method": asked(b"GE(T / HTTP/1.1"),
    "no method": asked(b" / HTTP/1.1"),
    "bad version": asked(b"GET / HTTP/1.11"),
    "version 2": asked(b"GET / HTTP/2.0"),
    "version 0.9": asked(b"GET / HTTP/0.9"),
    "no version": asked(b"GET /"),
    "version in small letters": asked(b"GET / http/1.1"),
    "another protocol": asked(b"GET / RTSP/1.1"),
    "protocol of a radio": asked(b"SOURCE / ICE/1.0"),
    "beginning of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "two spaces": asked(b"GET  / HTTP/1.1"),
    "space in the address": asked(b"GET /a b HTTP/1.1"),
    "tabs for spaces": asked(b"GET\t/\tHTTP/1.1"),
    "space after the version": asked(b"GET / HTTP/1.1 "),
    "letters beyond ASCII in the address": asked("GET /é HTTP/1.1".encode()),
    "address with a fragment": asked(b"GET /#/inbox HTTP/1.1"),
    "address of another host": asked(b"GET http://evil.example/ HTTP/1.1"),
    "a tunnel": asked(b"CONNECT evil.example:443 HTTP/1.1"),
    "empty line first": b"\r\n" + asked(),
    "no host": asked(host=b""),
    "chunks of HTTP/1.0": asked(b"POST / HTTP/1.0", b"Transfer-Encoding: chunked\r\n") + CHUNKS,
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "two hosts": asked(headers=b"Host: evil.example\r\n"),
    "body of another protocol": posted(b"Connection: upgrade\r\nUpgrade: other\r\nContent-Length: 5\r\n"),
}
AMBIGUOUS = LENGTHS | LINES


@pytest.mark.parametrize("kind", AMBIGUOUS)
def test_an_ambiguous_request_is_refused_and_what_follows_is_not_read(port: int, kind: str) -> None:
    with connected(port) as client:
        client.sendall(AMBIGUOUS[kind] + ASK)
        answer = all_of(client)
        assert answer.startswith(b"HTTP/1.1 400") and b"connection: close" in answer.lower(), answer[:80]
        assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("kind", AMBIGUOUS)
def test_an_ambiguous_request_is_refused_after_a_good_one_too(port: int, kind: str) -> None:
    with connected(port) as client:
        client.sendall(ASK)
        until(client, b"hello")
        client.sendall(AMBIGUOUS[kind])
        assert all_of(client).startswith(b"HTTP/1.1 400")


def test_an_ambiguous_request_sent_ahead_never_takes_the_place_of_an_answer(port: int) -> None:
    with connected(port) as client:
        client.sendall(ASK + ASK + AMBIGUOUS["space before the colon"])
        answer = all_of(client)
        assert answer.startswith(b"HTTP/1.1 200") and answer.count(b"hello") == 2
        assert answer.count(b"HTTP/1.1 ") == 3 and b"HTTP/1.1 400" in answer.rpartition(b"hello")[2]


PLAIN = {
    "length": posted(b"Content-Length: 5\r\n"),
    "chunks": chunked(CHUNKS),
    "chunks with an extension": chunked(b"2;a=b\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"),
    "many headers": posted(b"Accept: */*\r\nCookie: a=b; c=\xc3\xa9\r\nX-Empty:\r\nContent-Length:  5  \r\n"),
    "HTTP/1.0": b"POST / HTTP/1.0\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
    "expectation": posted(b"Expect: 100-continue\r\nContent-Length: 5\r\n"),
}


@pytest.mark.parametrize("kind", PLAIN)
def test_a_plain_request_is_answered_in_one_piece_or_in_bytes(port: int, kind: str) -> None:
    with connected(port) as client:
        client.sendall(PLAIN[kind])
        assert b"\r\n\r\nhello|host," in until(client, b"|end")
    with connected(port) as client:
        for byte in PLAIN[kind]:
            client.sendall(bytes([byte]))
        assert b"\r\n\r\nhello|host," in until(client, b"|end")


def test_headers_behind_the_body_are_no_headers_of_this_request_nor_of_the_next(port: int) -> None:
    with connected(port) as client:
        client.sendall(chunked(b"5\r\nhello\r\n0\r\nCookie: a=b\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n"))
        assert until(client, b"|end").endswith(b"\r\n\r\nhello|host,transfer-encoding|end")
        client.sendall(PLAIN["length"])
        assert until(client, b"|end").endswith(b"\r\n\r\nhello|host,content-length|end")


def test_a_wish_for_another_protocol_is_not_heard(port: int) -> None:
    with connected(port) as client:
        for _ in range(2):
            client.sendall(
                asked(headers=b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n")
            )
            assert until(client, b"hello").startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("ahead", [ASK, b"GET / HTTP/1.0\r\n\r\n", b"nonsense"])
def test_a_request_sent_ahead_behind_chunks_is_not_read_and_the_answer_is_the_last(port: int, ahead: bytes) -> None:
    with connected(port) as client:
        client.sendall(PLAIN["chunks"] + ahead)
        answer = all_of(client)
        assert answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"|end") and answer.count(b"HTTP/1.1 ") == 1


def test_a_body_that_goes_wrong_after_its_answer_closes_the_connection(port: int) -> None:
    with connected(port) as client:
        client.sendall(asked(b"POST /deaf HTTP/1.1", b"Transfer-Encoding: chunked\r\n"))
        assert until(client, b"hello").startswith(b"HTTP/1.1 200")
        client.sendall(b"no chunk\r\n")
        assert b"200" not in all_of(client)
