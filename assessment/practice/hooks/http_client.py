"""Makes one call of a webhook: connects where it may, sends, and reads the status of the answer.

No redirect is followed, no proxy is used, and of the answer only its beginning is read. A timeout
of a socket bounds one wait only, so each call has a thread of its own and is broken off in time.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from assessment.practice.hooks.destinations import (
    PORT,
    NotAllowed,
    Resolver,
    addresses_of,
    allowed_address,
    destination,
)

_SECONDS = 5.0
_SECONDS_IN_ALL = 10.0
_MOST_READ = 1024

_T = TypeVar("_T")

Connect = Callable[[str, float], socket.socket]
"""Connects to an IP address within so many seconds; raises OSError."""


class Trouble(StrEnum):
    """Why a call came to nothing; the name is stored, the words are for the owner."""

    NOT_ALLOWED = "The address is no longer allowed"
    NOT_FOUND = "The address could not be found"
    NOT_SECURE = "No secure connection"
    NO_ANSWER = "No answer"
    SLOW = "No answer in time"


class CallFailed(Exception):
    """Nobody answered, or nobody was called; `kind` says why."""

    def __init__(self, kind: Trouble) -> None:
        super().__init__(kind.value)
        self.kind = kind


def connect_to(address: str, seconds: float) -> socket.socket:
    """Connect to an IP address, on the port of https."""
    return socket.create_connection((address, PORT), seconds)


class HttpClient:
    """Calls webhooks.

    `resolve` looks names up and `connect` opens a connection to what was found; `trust` says whose
    certificates count. `seconds` bound one wait, `in_all` bound a call.
    """

    def __init__(
        self,
        resolve: Resolver = addresses_of,
        connect: Connect = connect_to,
        trust: ssl.SSLContext | None = None,
        seconds: float = _SECONDS,
        in_all: float = _SECONDS_IN_ALL,
    ) -> None:
        self._resolve = resolve
        self._connect = connect
        self._given = trust
        self._seconds = seconds
        self._in_all = in_all

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return self._given or ssl.create_default_context()  # slow to make, and rarely needed

    def check(self, url: str) -> None:
        """Raise NotAllowed where nothing may be sent to this address, or it cannot be found."""
        host = destination(url).host
        try:
            self._in_time(lambda _: allowed_address(host, self._resolve))
        except (OSError, CallFailed):
            raise NotAllowed("We could not find this address. Check it for typing errors") from None

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """Send a body, and return the status of the answer. Raises CallFailed."""
        try:
            return self._in_time(lambda line: self._called(line, url, headers, body))
        except NotAllowed:
            raise CallFailed(Trouble.NOT_ALLOWED) from None
        except socket.gaierror:
            raise CallFailed(Trouble.NOT_FOUND) from None
        except ssl.SSLError:
            raise CallFailed(Trouble.NOT_SECURE) from None
        except TimeoutError:
            raise CallFailed(Trouble.SLOW) from None
        except (OSError, http.client.HTTPException):
            raise CallFailed(Trouble.NO_ANSWER) from None

    def _called(self, line: _Line, url: str, headers: Mapping[str, str], body: bytes) -> int:
        to = destination(url)
        plain = self._connect(allowed_address(to.host, self._resolve), self._seconds)
        with self._trust.wrap_socket(
            plain, server_hostname=to.host, do_handshake_on_connect=False
        ) as secure:
            line.hold(secure)
            secure.do_handshake()
            connection = http.client.HTTPConnection(to.host, PORT, timeout=self._seconds)
            connection.default_port = PORT  # leaves it out of the Host header
            connection.sock = secure
            connection.request("POST", to.path, body, dict(headers))
            answer = connection.getresponse()
            answer.read(_MOST_READ)
            return answer.status

    def _in_time(self, work: Callable[[_Line], _T]) -> _T:
        """Do some work on a thread of its own; raises what it raises, or CallFailed (SLOW)."""
        line, done = _Line(), Future[_T]()

        def run() -> None:
            try:
                done.set_result(work(line))
            except Exception as error:  # it is raised again, by the thread that waits
                done.set_exception(error)

        threading.Thread(target=run, name="webhook", daemon=True).start()
        try:
            return done.result(self._in_all)
        except TimeoutError:
            line.break_off()
            raise CallFailed(Trouble.SLOW) from None


@dataclass(slots=True)
class _Line:
    """The connection of a call, for whoever breaks it off."""

    held: socket.socket | None = None
    is_over: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def hold(self, connection: socket.socket) -> None:
        with self.lock:
            self.held = connection
            if self.is_over:
                connection.close()

    def break_off(self) -> None:
        with self.lock:
            self.is_over = True
            if self.held is not None:
                with suppress(OSError):
                    self.held.shutdown(socket.SHUT_RDWR)
