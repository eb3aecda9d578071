"""Whoever sends or reads slowly keeps nobody else waiting for long, and half a form is none."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

import pytest
from werkzeug.test import TestResponse

from assessment.engine.protocol import Protocol
from assessment.web import worker
from assessment.web.factory import make_app
from assessment.web.server.connection import Connection
from assessment.web.server.settings import read_settings
from assessment.web.worker import Worker
from tests import nginx
from tests.stress.leaks import SMALL
from tests.stress.server import Server
from tests.web.client import LOCAL, Client
from tests.web.conftest import KEY, clean_environment, small

__all__ = ("clean_environment", "small")

HALF = (
    b"POST / HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 1000\r\n\r\nanswer=no"
)


def test_half_a_form_is_never_read_as_a_whole_one(small: Protocol) -> None:
    client = Client(make_app(read_settings(), small, KEY))
    page = client.get(client.start().goes_to)
    body = urlencode({"csrf_token": page.token, "answer": "me"}).encode()

    def send(missing: int) -> TestResponse:
        return client._client.post(
            "/questions/who",
            base_url=LOCAL,
            input_stream=BytesIO(body),
            environ_overrides={"CONTENT_LENGTH": str(len(body) + missing)},
            content_type="application/x-www-form-urlencoded",
            headers={"Accept-Encoding": "identity"},
        )

    half = send(1)
    assert half.status_code == 400
    assert "We could not read that" in half.data.decode()
    whole = send(0)
    assert whole.status_code == 303
    assert whole.headers["Location"] != "/questions/who"


@dataclass(frozen=True)
class Conn:
    """As much of gunicorn's own as is looked at."""

    sock: Connection


@pytest.fixture
def line() -> Iterator[tuple[Connection, socket.socket]]:
    """Both ends of a connection."""
    one, theirs = socket.socketpair()
    ours = Connection(fileno=one.detach())
    with ours, theirs:
        yield ours, theirs


def test_of_whom_is_too_slow_no_more_is_read_and_they_can_be_answered(
    line: tuple[Connection, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "SLOW", -1.0)
    ours, theirs = line
    theirs.sendall(b"half a request")
    looks_after = Worker.__new__(Worker)
    looks_after.pending_conns, looks_after._closed = [], []
    looks_after._being_read = {Conn(ours): time.monotonic()}

    looks_after.murder_pending()
    assert ours.recv(100) == b"half a request"
    assert ours.recv(100) == b""
    ours.sendall(b"400")
    assert theirs.recv(100) == b"400"


def test_whoever_stops_reading_is_given_up(
    line: tuple[Connection, socket.socket],
) -> None:
    ours, _ = line
    ours.give_up_on_slow_readers(0.05)
    with pytest.raises(BlockingIOError):
        ours.sendall(bytes(10_000_000))


@pytest.mark.slow
def test_without_a_proxy_slow_bodies_are_answered_as_half_a_request_and_make_room(
    tmp_path: Path,
) -> None:
    server = Server(tmp_path, PROTOCOL=str(SMALL))
    with server.running(), ExitStack() as held:
        address = ("127.0.0.1", server.port)
        slow = [held.enter_context(socket.create_connection(address, 60)) for _ in range(20)]
        for one in slow:
            one.sendall(HALF % b"127.0.0.1")
        page = http.client.HTTPConnection(*address, timeout=60)
        page.request("GET", "/")
        assert page.getresponse().status == 200
        page.close()
        for one in slow:
            assert one.recv(12) == b"HTTP/1.1 400"


def test_behind_nginx_a_slow_body_never_reaches_the_product(tmp_path: Path) -> None:
    try:
        site = nginx.running(tmp_path)
        with site as one, ExitStack() as held:
            before = nginx.Product.received
            for _ in range(40):
                raw = socket.create_connection(("127.0.0.1", one.tls), timeout=20)
                slow = one.trust.wrap_socket(raw, server_hostname=nginx.NAME)
                held.enter_context(slow)
                slow.sendall(HALF % nginx.NAME.encode())
            response, _ = one.ask("/")
            assert response.status == 200
            assert nginx.Product.received == before
    except nginx.Missing as missing:
        pytest.skip(str(missing))
