"""The port on which metrics are read. It is never that of the pages."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer

PATH = "/metrics"
TYPE = "text/plain; version=0.0.4; charset=utf-8"
PATIENCE = 5.0
"""Seconds for which somebody who looks may be silent, in the middle of asking or of reading."""
_LOOK = 0.1
"""Seconds after which it is seen that it shall stop."""


class MetricsPort:
    """Answers on a thread of its own, whoever else is kept waiting by what.

    `listener` listens already; several processes may share it, and any of them answers. `text` is
    what is told.
    """

    def __init__(self, listener: socket.socket, text: Callable[[], bytes]) -> None:
        listener.setblocking(False)  # another process may have taken what woke us
        address = listener.getsockname()[:2]
        self._server = _QuietServer(address, _handler(text), bind_and_activate=False)
        self._server.socket.close()
        self._server.socket = listener

    def start(self) -> None:
        """Begin to answer in this process."""
        threading.Thread(
            target=self._server.serve_forever, name="metrics", daemon=True, args=(_LOOK,)
        ).start()

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()


class _QuietServer(HTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of somebody who went away, whose address would be in it."""


def _handler(text: Callable[[], bytes]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = PATIENCE
        server_version, sys_version = "metrics", ""

        def do_GET(self) -> None:
            """Tell everything, at the one address."""
            if self.path != PATH:
                self.send_error(404)
                return
            body = text()
            self.send_response(200)
            self.send_header("Content-Type", TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: a line would hold an address."""

    return Handler
