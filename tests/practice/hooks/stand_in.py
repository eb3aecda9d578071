"""In place of a booking system: takes webhooks over https on this machine, or does what a bad one
does. Its address is public for whoever asks; only the connector that tests hand in leads here.
"""

from __future__ import annotations

import hmac
import json
import socket
import ssl
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from assessment.practice.hooks.http_client import HttpClient

HOST = "hooks.example"
PUBLIC = "93.184.215.14"


@dataclass(frozen=True)
class Taken:
    """What came in once."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def said(self) -> Any:  # noqa: ANN401  any JSON
        return json.loads(self.body)

    def is_signed_with(self, secret: str) -> bool:
        """As a receiver checks it."""
        content = f"{self.id}.{self.headers['webhook-timestamp']}.".encode() + self.body
        key = b64decode(secret.removeprefix("whsec_"))
        digest = hmac.new(key, content, "sha256").digest()
        return self.headers["webhook-signature"] == f"v1,{b64encode(digest).decode()}"


@dataclass
class StandIn:
    """What it was told, and how it answers: `status`, or nothing while it is to `stall`."""

    port: int = 0
    status: int = 200
    location: str = ""
    stall: bool = False
    endless: bool = False
    taken: list[Taken] = field(default_factory=list)
    connected_to: list[str] = field(default_factory=list)
    addresses: tuple[str, ...] = (PUBLIC,)
    over: threading.Event = field(default_factory=threading.Event)

    def resolve(self, host: str) -> tuple[str, ...]:
        """Look a name up as the world would."""
        return self.addresses

    def connect(self, address: str, seconds: float) -> socket.socket:
        """Lead a connection to a public address here."""
        self.connected_to.append(address)
        return socket.create_connection(("127.0.0.1", self.port), seconds)

    def caller(self, trust: ssl.SSLContext, in_all: float = 10.0) -> HttpClient:
        return HttpClient(self.resolve, self.connect, trust, in_all=in_all)


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        told = cast("_Server", self.server).told
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        told.taken.append(Taken(self.path, headers, body))
        if told.stall:
            told.over.wait(20)
            return
        self.send_response(told.status)
        if told.location:
            self.send_header("Location", told.location)
        self.end_headers()
        while told.endless:
            self.wfile.write(b"x" * 65536)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, told: StandIn) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.told = told

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news."""


@contextmanager
def running(shows: ssl.SSLContext) -> Iterator[StandIn]:
    """Serve until the end of the block."""
    told = StandIn()
    with _Server(told) as server:
        server.socket = shows.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        told.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield told
        finally:
            told.over.set()
            server.shutdown()
            thread.join()
