"""What is done in less time than gunicorn takes comes to the same."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from unittest.mock import ANY

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import ParseException
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader
from gunicorn.http.wsgi import Response, create
from hypothesis import example, given, reject
from hypothesis import strategies as st
from werkzeug.exceptions import BadRequest

from assessment.web.server.environ import Environments
from assessment.web.server.http_messages import PlainRequest, Settled, WholeResponse
from assessment.web.server.security import ON_EVERY_PAGE

PEER = ("127.0.0.1", 4000)
HERE = ("127.0.0.1", 8000)
CONFIG = Config()
CONFIG.set("forwarded_allow_ips", "")

NAMES = st.sampled_from(
    ["Host", "host", "Cookie", "Accept", "X-Forwarded-Proto", "X_Odd", "Expect", "Content-Type",
     "Content-Length", "Transfer-Encoding", "Connection", "Bad Name", "", "Ünlaut", "X-A\t"]
)  # fmt: skip
VALUES = st.sampled_from(
    ["x", "", "  12 \t", "https", "100-continue", "chunked", "close", "a\r\n b", "a\nb", "a\x00b",
     "a\x7fb", "ä", "y" * 9000, "x" * 4000]
)  # fmt: skip
HEADS = st.lists(st.tuples(NAMES, VALUES), max_size=8)


def read(kind: type[Request], raw: bytes) -> object:
    """Return everything that was read of a request, or the type of what was wrong with it."""
    try:
        one = kind(Settled(CONFIG), IterUnreader([raw]), PEER)
    except (ParseException, StopIteration, OSError) as error:
        return type(error)
    told = (one.method, one.uri, one.version, one.headers, one.scheme, one._expected_100_continue)
    try:
        body = one.body.read()
    except (ParseException, OSError, BadRequest):
        body = None
    return (*told, one.should_close(), body)


@given(HEADS)
@example([(f"X-{number}", "x") for number in range(101)])
@example([("Cookie", "x" * 4000), ("Accept", "y" * 4000), ("Host", "z" * 4000)])
@example([("Content-Length", "2"), ("Host", "x")])
@example([("X_Forwarded_For", "6.6.6.6")])
@example([("Cookie", "x" * (8190 - len("Cookie: \r\n")))])
@example([("Cookie", "x" * (8191 - len("Cookie: \r\n")))])
@example([("Cookie", "x" * (8192 - len("Cookie: \r\n")))])
def test_a_request_is_read_as_gunicorn_reads_it(fields: list[tuple[str, str]]) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in fields).encode("latin-1")
    raw = b"POST /questions/where?from=check HTTP/1.1\r\n" + head + b"\r\nab"
    assert read(PlainRequest, raw) == read(Request, raw)


@given(
    HEADS, st.sampled_from(["/", "/questions/where?from=check", "/%C3%A4/%2e%zz", "/a;b#c", "*"])
)
def test_the_application_is_told_of_it_what_gunicorn_tells(
    fields: list[tuple[str, str]], target: str
) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in fields).encode("latin-1")
    method = "OPTIONS" if target == "*" else "POST"
    try:
        raw = f"{method} {target} HTTP/1.1\r\n".encode() + head + b"\r\nab"
        request = PlainRequest(Settled(CONFIG), IterUnreader([raw]), PEER)
    except (ParseException, OSError):
        reject()
    if request.is_plain:
        told = create(request, None, PEER, HERE, Settled(CONFIG))[1]
        for left_out in ("gunicorn.socket", "wsgi.early_hints"):
            del told[left_out]
        told |= {"wsgi.multithread": True, "wsgi.errors": ANY}
        assert Environments(Settled(CONFIG)).of(request, PEER, HERE) == told


def test_fields_behind_a_body_are_held_to_the_rules_for_those() -> None:
    raw = (
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"
        b"Content-Length: 5\r\n\r\n"
    )
    for kind in (Request, PlainRequest):
        with pytest.raises((ParseException, BadRequest)):
            kind(Settled(CONFIG), IterUnreader([raw]), PEER).body.read()


def test_a_sender_who_is_gone_is_no_fault() -> None:
    def sent() -> Iterator[bytes]:
        yield b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf"
        raise ConnectionResetError

    request = PlainRequest(Settled(CONFIG), IterUnreader(sent()), PEER)
    with pytest.raises(BadRequest):
        request.body.read()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        ("200 OK", [("Content-Length", "5"), *ON_EVERY_PAGE], [b"he", b"llo"]),
        ("200 OK", [("Content-Type", "text/html")], [b"he", b"", b"llo"]),
        ("303 SEE OTHER", [("Location", "/check"), ("Content-Length", "0")], []),
        ("204 NO CONTENT", [], []),
        ("200 OK", [("Connection", "upgrade"), ("Content-Length", "2")], [b"ab", b"more"]),
    ],
)
def test_an_answer_is_the_same_and_comes_at_once(
    method: str, status: str, headers: list[tuple[str, str]], body: list[bytes]
) -> None:
    told = [written(kind, method, status, headers, body) for kind in (Response, WholeResponse)]
    if ("Connection", "upgrade") not in headers:  # we never leave HTTP, and do not say so
        assert told[0][0] == told[1][0]
    assert told[1][0].startswith(f"HTTP/1.1 {status}\r\n".encode())
    if len(body) < 2 or any(name == "Content-Length" for name, _ in headers):
        assert told[1][1] == min(told[1][1], max(1, len(body)))


def written(
    kind: type[Response],
    method: str,
    status: str,
    headers: list[tuple[str, str]],
    body: list[bytes],
) -> tuple[bytes, int]:
    """Return what is sent, without the time, and in how many pieces."""
    request = PlainRequest(
        Settled(CONFIG), IterUnreader([f"{method} / HTTP/1.1\r\n\r\n".encode()]), PEER
    )
    pieces: list[bytes] = []

    class Line(socket.socket):
        def sendall(self, data: object, flags: int = 0) -> None:
            assert isinstance(data, bytes)
            pieces.append(data)

    with Line() as line:
        response = kind(request, line, Settled(CONFIG))
        response.start_response(status, list(headers))
        for part in body:
            response.write(part)
        response.close()
    return re.sub(rb"Date: [^\r]+", b"Date: now", b"".join(pieces)), len(pieces)


def test_a_header_that_could_break_out_is_refused() -> None:
    with pytest.raises(Exception, match="Location"):
        written(WholeResponse, "GET", "303 SEE OTHER", [("Location", "/\r\nSet-Cookie: x")], [])
