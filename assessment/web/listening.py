"""Where the server listens, and what keeps it from starting."""

from __future__ import annotations

import errno
import socket

BACKLOG = 256


class CannotStart(Exception):
    """The server cannot start; `str()` says what to do, `status` is the exit status."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


def listen(host: str, port: int, of: str = "") -> socket.socket:
    """Return a socket that listens; raises CannotStart with what to do when there is none.

    `of` goes before the names of the settings that say where.
    """
    host = host.strip("[]")
    listener = None
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        if listener is not None:
            listener.close()
        if error.errno == errno.EADDRINUSE:
            command = "" if of else "make run "
            advice = f"stop what uses it, or choose another: {command}{of}PORT={port + 1}"
            raise CannotStart(f"{of}PORT: {port} is taken; {advice}") from None
        raise CannotStart(
            f"{of}HOST, {of}PORT: cannot listen on {host}:{port}: {error.strerror}"
        ) from None
    return listener


def address_of(listener: socket.socket) -> str:
    """Return the address at which a browser finds it."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
