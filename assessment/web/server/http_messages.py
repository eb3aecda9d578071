"""What gunicorn does for each request, with less looking things up: a third of the work of a page.

What a request may be is decided by gunicorn's own code. A head that is plain, as those of browsers
are, is only taken apart faster; any other goes the long way.
"""

from __future__ import annotations

import re
import time
from email.utils import formatdate
from functools import lru_cache

from gunicorn.config import Config
from gunicorn.http.body import Body
from gunicorn.http.errors import ParseException
from gunicorn.http.message import Request
from gunicorn.http.parser import RequestParser
from gunicorn.http.unreader import SocketUnreader
from gunicorn.http.wsgi import Response
from werkzeug.exceptions import BadRequest

from assessment.web.server.connection import Connection
from assessment.web.server.security import ON_EVERY_PAGE

MOST_PASSED_OVER = 60_000
"""Bytes of a body that may be left unread on a connection that is kept: gunicorn passes over 65,536
at most, then it closes."""
_PLAIN_FIELD = r"[!#$%&'*+.^`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*"
_PLAIN = re.compile(rf"{_PLAIN_FIELD}(?:\r\n{_PLAIN_FIELD})*")
"""Whole fields, a line each. Names with `_` are not among them: gunicorn has rules for those."""


class Settled:
    """Gunicorn's settings as plain attributes: it looks at forty of them for each request."""

    def __init__(self, config: Config) -> None:
        self._config = config
        vars(self).update({name: one.get() for name, one in config.settings.items()})
        self.is_ssl = config.is_ssl

    def __getattr__(self, name: str) -> object:
        """Return what is worked out from several settings."""
        return getattr(self._config, name)


class SentBody(Body):  # type: ignore[misc]  # gunicorn has no types
    """What is sent behind a head. A sender who is gone, or sends nonsense, is no fault of ours."""

    def is_far_from_read(self) -> bool:
        """Whether more of it is left than is passed over."""
        return getattr(self.reader, "length", 0) > MOST_PASSED_OVER

    def is_read(self) -> bool:
        """Whether nothing of it is left, as far as that can be told without looking for more."""
        return getattr(self.reader, "length", None) == 0 and not self.failed

    def _read_reader(self, size: int) -> bytes:
        try:
            return super()._read_reader(size)  # type: ignore[no-any-return]  # gunicorn has no types
        except TimeoutError:
            raise  # whoever passes over it has waited long enough
        except (OSError, ParseException):
            raise BadRequest from None


class PlainRequest(Request):  # type: ignore[misc]  # gunicorn has no types
    """A request whose head is mostly plain. `is_plain`: each of its fields is, and comes once."""

    is_plain = False
    headers: list[tuple[str, str]]
    body: SentBody

    def _peer_is_trusted_proxy(self) -> bool:
        """Trust nobody here: what a proxy forwards is read outside of gunicorn, by hop count."""
        return False

    def parse_headers(self, data: bytes, from_trailer: bool = False) -> list[tuple[str, str]]:
        """Return the fields as gunicorn does; raises ParseException as it does, too."""
        text = data.decode("latin-1")
        is_short = len(text) + len("\r\n") <= self.limit_request_field_size
        if is_short and not from_trailer and _PLAIN.fullmatch(text):
            fields = [
                (name.upper(), value.strip(" \t"))
                for name, _, value in [line.partition(":") for line in text.split("\r\n")]
            ]
            names = {name for name, _ in fields}
            if len(names) == len(fields) <= self.limit_request_fields and "EXPECT" not in names:
                self.is_plain = True
                return fields
        return super().parse_headers(data, from_trailer)  # type: ignore[no-any-return]  # gunicorn has no types

    def set_body_reader(self) -> None:
        """Find out where the body ends; raises ParseException as gunicorn does."""
        super().set_body_reader()
        self.body = SentBody(self.body.reader)


class _Arriving(SocketUnreader):  # type: ignore[misc]  # gunicorn has no types
    """What comes on a connection, and whether that is all."""

    has_ended = False

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return what comes next; b"" at the end."""
        data: bytes = super().chunk(size_hint)
        self.has_ended = not data
        return data


class PlainParser(RequestParser):  # type: ignore[misc]  # gunicorn has no types
    """Reads one request after the other from a connection."""

    mesg_class = PlainRequest

    def __init__(self, config: Settled, connection: Connection, client: object) -> None:
        super().__init__(config, connection, client)
        self.unreader = _Arriving(connection)

    @property
    def has_ended(self) -> bool:
        """Whether whoever asks will send nothing more; no where we read no more ourselves."""
        return self.unreader.has_ended and self.unreader.sock.hears

    def finish_body(self, deadline: float | None = None, max_bytes: int | None = None) -> bool:
        """Pass over what nobody read of a body; say whether the connection can be kept.

        What cannot be passed over is no reason to answer twice: that would be taken as the answer
        to what is asked next.
        """
        if self.mesg is not None and self.mesg.body.is_read():
            return True
        try:
            return bool(super().finish_body(deadline, max_bytes))
        except BadRequest:
            return False


class WholeResponse(Response):  # type: ignore[misc]  # gunicorn has no types
    """A response that sends its head along with the first part of its body.

    Whoever waits for it is woken once. Headers that are the same on every page are not looked at
    for characters that may not be in one.
    """

    _head = b""
    headers_sent: bool

    @property
    def has_begun(self) -> bool:
        """Whether some of it is sent, so that no other can be sent in its place."""
        return self.headers_sent and not self._head

    def process_headers(self, headers: list[tuple[str, str]]) -> None:
        """Take the headers of the application."""
        for header in headers:
            if header in ON_EVERY_PAGE:
                self.headers.append(header)
            else:
                super().process_headers([header])

    def default_headers(self) -> list[str]:
        """Return the first lines of the head."""
        major, minor = self.req.version
        kept = "close" if self.should_close() else "keep-alive"
        lines = [
            f"HTTP/{major}.{minor} {self.status}\r\n",
            f"Server: {self.version}\r\n",
            f"Date: {_date(int(time.time()))}\r\n",
            f"Connection: {kept}\r\n",
        ]
        return [*lines, "Transfer-Encoding: chunked\r\n"] if self.chunked else lines

    def send_headers(self) -> None:
        """Make the head ready; it goes with what is sent next."""
        if not self.headers_sent:
            if self.req.body.is_far_from_read():  # else the next request would find it closed
                self.force_close()
            own = [f"{name}: {value}\r\n" for name, value in self.headers]
            self._head = "".join([*self.default_headers(), *own, "\r\n"]).encode("latin-1")
            self.headers_sent = True

    def close(self) -> None:
        """Send what is left."""
        self.send_headers()
        self._send(b"")
        super().close()

    def _emit_body(self, data: bytes) -> None:
        if self.chunked:
            self._send(b"")
            super()._emit_body(data)
        else:
            self._send(data)

    def _send(self, data: bytes) -> None:
        data, self._head = self._head + data, b""
        if data:
            self.sock.sendall(data)


@lru_cache(maxsize=1)
def _date(second: int) -> str:
    """Return the time as answers tell it."""
    return formatdate(second, usegmt=True)
