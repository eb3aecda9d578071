"""A worker of the server, whose pages are all ours, and which ends when it is told to.

Gunicorn's own page for what it cannot even read quotes the request, and has none of our headers.
"""

from __future__ import annotations

import datetime
import signal
import socket
import time
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from gunicorn import util
from gunicorn.http import errors, wsgi
from gunicorn.workers.gthread import _DEFER, TConn, ThreadWorker
from werkzeug.exceptions import BadRequest
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.test import create_environ, run_wsgi_app

from assessment.web.server.connection import SLOW, Connection
from assessment.web.server.environ import Environments
from assessment.web.server.http_messages import PlainParser, PlainRequest, Settled, WholeResponse
from assessment.web.server.security import UNREADABLE

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication, WSGIEnvironment

GRACE = 8
"""Seconds in which a worker has to end: far more than a page takes, also on a busy machine."""
IN_A_ROW = 4
"""Requests of one connection that a thread answers before those who wait for a thread."""
_ENDS = {signal.SIGINT, signal.SIGQUIT, signal.SIGTERM}
_STATUS = {
    errors.LimitRequestLine: 414,
    errors.LimitRequestHeaders: 431,
    errors.UnsupportedTransferCoding: 501,
    errors.ExpectationFailed: 417,
}
_OUR_FAULT = (errors.InvalidResponseHeader, errors.InvalidResponseHeaderName)


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Threads that serve requests.

    Browsers open connections before they have anything to ask. None of these holds a thread. The
    process waits for what is open before it ends: it would be killed first, and the log would
    wonder about memory. What was asked is still answered.

    Who sends or reads slowly holds a thread as well: after a while nothing more is read from them,
    and what they sent until then is answered as what it is, half a request.
    """

    cfg: Any
    wsgi: WSGIApplication

    def init_process(self) -> None:
        """Serve; keep a second of the grace for the threads that are left."""
        self._open: WeakSet[Connection] = WeakSet()
        self._being_read: dict[TConn, float] = {}
        self._in_line: set[TConn] = set()
        self._closed: list[TConn] = []
        self._addresses = {one: one.getsockname() for one in self.sockets}
        self._told = 0.0
        self.cfg.set("graceful_timeout", GRACE - 1)
        self.cfg = Settled(self.cfg)
        self._environments = Environments(self.cfg)
        super().init_process()

    def init_signals(self) -> None:
        """Take the signals, those too that came since it was forked."""
        super().init_signals()
        take_signals()

    def notify(self) -> None:
        """Tell the main process, once a second, that this one is alive."""
        if time.monotonic() - self._told >= 1:
            self._told = time.monotonic()
            super().notify()

    def accept(self, listener: socket.socket) -> None:
        """Take a new connection."""
        try:
            connection, client = Connection.accepted(listener)
        except (BlockingIOError, ConnectionAbortedError):
            return  # another worker has it, or nobody
        connection.give_up_on_slow_readers()
        self._open.add(connection)
        self.nr_conns += 1
        conn = TConn(self.cfg, connection, client, self._addresses[listener])
        conn.parser = PlainParser(self.cfg, connection, client)
        self.enqueue_req(conn)

    def enqueue_req(self, conn: TConn) -> None:
        """Give a connection to a thread, when one is free."""
        self._in_line.add(conn)
        self.tpool.submit(self.handle, conn).add_done_callback(partial(self._take_back, conn))

    def _take_back(self, conn: TConn, answered: Future[object]) -> None:
        """Have the process look after a connection; what is closed can wait until it has time."""
        if conn.sock.fileno() < 0 and self.alive:
            self._closed.append(conn)
        else:
            self.method_queue.defer(self.finish_request, conn, answered)

    def handle(self, conn: TConn) -> object:
        """Answer what is asked on a connection; say what becomes of it.

        Whoever asks again at once is answered by the same thread, a few times where others wait.
        """
        self._in_line.discard(conn)
        conn.data_ready = conn.data_ready or conn.sock.comes_soon()
        if not conn.data_ready:
            return _DEFER
        kept, answered = self._handle_one(conn), 1
        while kept is True and self.alive and conn.sock.comes_soon():
            if self._in_line and answered >= IN_A_ROW:
                break
            kept, answered = self._handle_one(conn), answered + 1
        if kept is False and conn.parser.has_ended:
            conn.sock.close()
        return kept

    def _handle_one(self, conn: TConn) -> object:
        self._being_read[conn] = time.monotonic()
        try:
            return super().handle(conn)
        finally:
            self._being_read.pop(conn, None)

    def handle_request(self, req: PlainRequest, conn: TConn) -> bool:
        """Answer a request whose head is read; say whether its connection may be kept."""
        if req.is_plain:
            response = WholeResponse(req, conn.sock, self.cfg)
            environ = self._environments.of(req, conn.client, conn.server)
        else:
            response, environ = wsgi.create(
                req, conn.sock, conn.client, conn.server, self.cfg, WholeResponse
            )
            environ["wsgi.multithread"] = True
        if not self.alive or len(self.keepalived_conns) >= self.max_keepalived:
            response.force_close()
        try:
            self._answer_with(response, environ)
        except OSError:
            raise  # whoever asked is gone
        except Exception:
            if response.has_begun:  # a second answer would be read as part of the first
                self.log.exception("request")
                raise StopIteration from None
            raise
        return not response.should_close()

    def _answer_with(self, response: WholeResponse, environ: WSGIEnvironment) -> None:
        """Send what the application answers, log it, and let the application do what is left."""
        began = datetime.datetime.now(datetime.UTC)
        body = self.wsgi(environ, response.start_response)
        try:
            for part in body:
                response.write(part)
            response.close()
        finally:
            took = datetime.datetime.now(datetime.UTC) - began
            self.log.access(response, response.req, environ, took)
            if hasattr(body, "close"):
                body.close()

    def murder_pending(self) -> None:
        """Look after connections: count those that are closed, read no more of the too slow."""
        while self._closed:
            self._closed.pop()
            self.nr_conns -= 1
        super().murder_pending()
        for conn, began in list(self._being_read.items()):
            if time.monotonic() - began > SLOW:
                conn.sock.hear_no_more()

    def run(self) -> None:
        """Serve until told to stop."""
        super().run()
        self._hear_no_more()

    def handle_quit(self, sig: int, frame: FrameType | None) -> None:
        """Stop as soon as what was asked is answered.

        Gunicorn raises SystemExit here, in the middle of whatever the process is at.
        """
        self.cfg.worker_int(self)
        self._hear_no_more()
        self.handle_exit(sig, frame)

    def handle_error(self, req: object, client: object, addr: object, exc: Exception) -> None:
        """Answer a request that could not be read, or an error that nobody else caught."""
        unreadable = (errors.ParseException, BadRequest)
        if isinstance(exc, unreadable) and not isinstance(exc, _OUR_FAULT):
            status = _STATUS.get(type(exc), 400)
        else:
            self.log.exception("request")
            status = 500
        with suppress(Exception):  # whoever sent it may be gone
            util.write_nonblock(client, self._answer(status))

    def _hear_no_more(self) -> None:
        for connection in list(self._open):
            connection.hear_no_more()

    def _answer(self, status: int) -> bytes:
        # The gate refuses it: a page with every header.
        environ = {**create_environ(), UNREADABLE: True}
        body, _, headers = run_wsgi_app(self.wsgi, environ, buffered=True)
        lines = [f"HTTP/1.1 {status} {HTTP_STATUS_CODES[status]}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + b"".join(body)


def hold_signals() -> None:
    """Have those that end a process wait while a worker is forked.

    It would lose one that comes before it can take any, and be killed for going on.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)


def take_signals() -> None:
    """Take them again, and those that waited."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDS)
