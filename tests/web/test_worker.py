"""What a worker makes of a connection: who is answered, how often, and whose turn it is."""

from __future__ import annotations

import re
import socket
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from types import SimpleNamespace
from typing import TYPE_CHECKING, Self

import pytest
from gunicorn.config import Config
from gunicorn.workers.gthread import TConn, ThreadWorker
from hypothesis import example, given
from hypothesis import strategies as st

from assessment.web.server.connection import Connection
from assessment.web.server.environ import Environments
from assessment.web.server.http_messages import PlainParser, Settled
from assessment.web.worker import IN_A_ROW, Worker

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

PEER, HERE = ("127.0.0.1", 4000), ("127.0.0.1", 8000)
CONFIG = Config()
CONFIG.set("forwarded_allow_ips", "")
ASKED = b"GET /about HTTP/1.1\r\nHost: x\r\n\r\n"


class Silent:
    """A log that keeps nothing."""

    def __getattr__(self, name: str) -> object:
        return lambda *_args, **_more: None


class Line:
    """A connection to a worker, and what whoever is at its other end sends and hears."""

    def __init__(self, config: object) -> None:
        self._theirs, theirs = socket.socketpair()
        ours = Connection(fileno=theirs.detach())
        self._theirs.settimeout(20)
        self.conn = TConn(config, ours, PEER, HERE)
        ours.setblocking(True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.conn.sock.close()
        self._theirs.close()

    def send(self, data: bytes) -> None:
        self._theirs.sendall(data)

    def hang_up(self) -> None:
        self._theirs.shutdown(socket.SHUT_WR)

    def heard(self) -> bytes:
        """Return all that was answered."""
        with suppress(OSError):  # the worker has closed it
            self.conn.sock.shutdown(socket.SHUT_WR)
        parts = []
        while part := self._theirs.recv(65536):
            parts.append(part)
        return b"".join(parts)


class Pool:
    """Threads that are all busy."""

    def submit(self, *_: object) -> Future[object]:
        return Future()


def made(kind: type[ThreadWorker], app: WSGIApplication) -> ThreadWorker:
    """Return a worker without a process."""
    worker = object.__new__(kind)
    worker.cfg = Settled(CONFIG) if kind is Worker else CONFIG
    worker.log, worker.wsgi, worker.alive = Silent(), app, True
    worker.keepalived_conns, worker.max_keepalived = deque(), 900
    worker.nr, worker.max_requests, worker.tpool = 0, 1000, Pool()
    if kind is Worker:
        worker._being_read, worker._in_line, worker._open = {}, set(), set()
        worker._closed = []
        worker._environments = Environments(worker.cfg)
    return worker


def line_to(worker: ThreadWorker) -> Line:
    line = Line(worker.cfg)
    if isinstance(worker, Worker):
        line.conn.parser = PlainParser(worker.cfg, line.conn.sock, PEER)
    return line


def echo(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    """Answer with what was asked, as the query of the request wants it."""
    wanted = environ["QUERY_STRING"]
    if wanted == "fails":
        raise ValueError
    told = {name: value for name, value in environ.items() if name.isupper()}
    if wanted != "unread":
        told["body"] = environ["wsgi.input"].read()
    body = repr(sorted(told.items())).encode()
    if wanted == "parts":
        start("200 OK", [("Content-Type", "text/plain")])
        return [body[:9], b"", body[9:]]
    status = {"304": "304 NOT MODIFIED", "204": "204 NO CONTENT"}.get(wanted, "200 OK")
    start(status, [("Content-Length", str(len(body)))])
    return [body]


def test_whoever_asks_without_a_pause_lets_others_have_their_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    served: list[int] = []

    def app(_: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        served.append(1)
        if len(served) == IN_A_ROW - 1:
            worker.enqueue_req(other.conn)
        start("200 OK", [("Content-Length", "0")])
        return []

    monkeypatch.setattr(Connection, "comes_soon", lambda _: True)
    worker = made(Worker, app)
    with line_to(worker) as greedy, line_to(worker) as other:
        greedy.send(ASKED * 9)
        greedy.hang_up()
        other.send(ASKED)
        other.hang_up()
        worker.enqueue_req(greedy.conn)
        assert worker.handle(greedy.conn) is True
        assert len(served) == IN_A_ROW  # in one go, since somebody else waits
        worker.handle(other.conn)
        assert other.heard().startswith(b"HTTP/1.1 200 OK\r\n")
        worker.handle(greedy.conn)  # nobody else waits
        assert greedy.heard().count(b"HTTP/1.1 200 OK\r\n") == 9


def test_whoever_says_nothing_holds_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    def waits(*_: object) -> None:
        raise AssertionError("a thread waits for them")

    worker = made(Worker, echo)
    monkeypatch.setattr(TConn, "wait_for_data", waits)
    with line_to(worker) as line:
        kept = worker.handle(line.conn)
        assert kept not in (True, False)  # the process waits for it
        line.send(ASKED)
        assert worker.handle(line.conn) is True


@pytest.mark.parametrize("serves_on", [True, False])
def test_of_whom_has_gone_nothing_is_left_to_the_process_but_to_count(serves_on: bool) -> None:
    worker = made(Worker, echo)
    worker.tpool, worker.nr_conns = ThreadPoolExecutor(1), 1
    worker.pending_conns, told = deque(), []
    worker.method_queue = SimpleNamespace(defer=lambda *_: told.append(1))
    with line_to(worker) as line:
        line.send(ASKED)
        line.hang_up()
        worker.alive = serves_on
        worker.enqueue_req(line.conn)
        worker.tpool.shutdown()
        assert line.heard().startswith(b"HTTP/1.1 200 OK\r\n")
        assert len(told) == (not serves_on)  # a process that ends waits for it
        worker.murder_pending()
        assert worker.nr_conns == (not serves_on)


def test_whoever_may_still_be_sending_is_left_to_the_process_to_hang_up_on() -> None:
    worker = made(Worker, echo)
    with line_to(worker) as line:
        line.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf")
        line.conn.sock.hear_no_more()
        assert worker.handle(line.conn) is False
        assert line.conn.sock.fileno() >= 0


def test_a_worker_says_once_a_second_that_it_is_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[float] = []
    at = [0.0]
    monkeypatch.setattr("assessment.web.worker.time.monotonic", lambda: at[0])
    monkeypatch.setattr(ThreadWorker, "notify", lambda _: said.append(at[0]))
    worker = made(Worker, echo)
    worker._told = 0.0
    for at[0] in (1000.0, 1000.4, 1000.9, 1001.0, 1001.1, 1030.0):
        worker.notify()
    assert said == [1000.0, 1001.0, 1030.0]


def test_a_broken_rest_of_a_body_that_nobody_wanted_is_not_answered_as_well() -> None:
    worker = made(Worker, echo)
    with line_to(worker) as line:
        line.send(
            b"POST /nowhere?unread HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
            + ASKED
        )
        assert worker.handle(line.conn) is False
        assert line.heard().count(b"Connection: ") == 1


@pytest.mark.parametrize(("length", "said"), [(50_000, b"keep-alive"), (80_000, b"close")])
def test_a_connection_is_kept_just_as_the_answer_says(length: int, said: bytes) -> None:
    worker = made(Worker, echo)
    with line_to(worker) as line:
        head = f"POST /a?unread HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"
        line.send(head.encode() + bytes(length))
        assert worker.handle(line.conn) is (said == b"keep-alive")
        assert b"\r\nConnection: " + said + b"\r\n" in line.heard()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_fails_before_anything_is_sent_is_answered_as_a_fault(method: str) -> None:
    def fails() -> Iterator[bytes]:
        yield b""
        raise ValueError

    def app(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if "assessment.unreadable" in environ:  # the page about a fault
            return echo({**environ, "QUERY_STRING": "unread"}, start)
        start("200 OK", [("Content-Type", "text/plain")])
        return fails()

    worker = made(Worker, app)
    with line_to(worker) as line:
        line.send(f"{method} / HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert worker.handle(line.conn) is False
        assert line.heard().startswith(b"HTTP/1.1 500 ")


METHODS = st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "CONNECT", "get"])
TARGETS = st.sampled_from(
    ["/", "/%63linic/%ff", "/a?parts", "/a?unread", "/a?304", "/a?204", "/a?fails", "//x/y",
     "http://evil.example/a?b", "*", "/caf\xe9", "/a b", "host:80"]
)  # fmt: skip
VERSIONS = st.sampled_from(["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/1.2", "HTTP/2.0"])
FIELDS = st.sampled_from(
    ["Host: x", "host:y", "Cookie: a=1", "Cookie: b=2", "X_Forwarded_For: 6.6.6.6",
     "X-Forwarded-Proto: https", "X-Forwarded-For: 6.6.6.6", "SCRIPT_NAME: /a", "X-A:\t\xe4 ",
     "Connection: close", "Connection: keep-alive", "Connection: Upgrade, HTTP2-Settings",
     "Upgrade: h2c", "Expect: 100-continue", "Expect: x", "Content-Type: a", "Content-Length: 3",
     "Content-Length: 03", "Content-Length: +3", "Content-Length : 3", "Content-Length: 3, 3",
     "Content-Length: \xb3", "Transfer-Encoding: chunked", "Transfer-Encoding: \x0bchunked",
     "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: identity", " folded", "X: a\nY: b",
     "X: a\x00", "X\x00: a", "No colon", "H\xf6st: x"]
)  # fmt: skip
BODIES = st.sampled_from(
    [b"", b"", b"abc", b"abcd", b"3\r\nabc\r\n0\r\n\r\n", b"3;a=b\r\nabc\r\n0\r\nX: y\r\n\r\n",
     b"3\nabc\n0\n\n", b"+3\r\nabc\r\n0\r\n\r\n", b"3\r\nabcX", b"0\r\nContent-Length: 3\r\n\r\n"]
)  # fmt: skip
MESSAGES = st.tuples(METHODS, TARGETS, VERSIONS, st.lists(FIELDS, max_size=4), BODIES)


@given(st.lists(MESSAGES, min_size=1, max_size=3))
@example([("HEAD", "/", "HTTP/1.1", ["Host: x"], b""), ("GET", "/", "HTTP/1.0", [], b"")])
@example([("POST", "/a?unread", "HTTP/1.1", ["Content-Length: 3"], b"abc")] * 3)
@example([("POST", "/", "HTTP/1.1", ["Transfer-Encoding: chunked", "Content-Length: 3"], b"abc")])
@example([("POST", "/", "HTTP/1.1", ["Expect: 100-continue", "Content-Length: 3"], b"abc")] * 2)
def test_what_comes_on_a_connection_is_answered_as_gunicorn_answers_it(
    messages: list[tuple[str, str, str, list[str], bytes]],
) -> None:
    raw = b"".join(
        "\r\n".join([f"{method} {target} {version}", *fields, "", ""]).encode("latin-1") + body
        for method, target, version, fields, body in messages
    )
    theirs, ours = answers(ThreadWorker, raw), answers(Worker, raw)
    if b"unread" in raw and theirs == [*ours, b"400"]:
        return  # gunicorn answers a second time when it cannot pass over a body
    if theirs == ours[:-1] and ours[-1] == b"400":
        return  # gunicorn hangs up on half a body
    assert ours == theirs


def answers(kind: type[ThreadWorker], raw: bytes) -> list[bytes]:
    """Return each answer of a connection; of one that refuses, the status alone."""
    worker = made(kind, echo)
    with line_to(worker) as line:
        line.send(raw)
        line.hang_up()
        while worker.handle(line.conn) is True:
            pass
        heard = re.sub(rb"Date: [^\r]+", b"Date: now", line.heard())
    each = re.split(rb"(?=HTTP/1\.[0-9] [0-9]{3} )", heard)
    return [one if b"\r\nServer: " in one else one[9:12] for one in each]
