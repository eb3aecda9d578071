"""The reference of a request: what ties a line of the log to the page that somebody saw.

It is random, or the one that a proxy in front made, and says nothing about who asked.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from _typeshed import OptExcInfo

HEADER = "X-Request-ID"
REFERENCE = "assessment.reference"
"""Where a request's environment holds its reference."""
PLACE = "0" * 32
"""Stands for the reference on pages that are made at start."""

_FORM = re.compile("[0-9a-f]{32}")
_at_hand: ContextVar[str | None] = ContextVar("reference", default=None)


def reference_at_hand() -> str | None:
    """Return the reference of the request that this thread answers; None where there is none."""
    return _at_hand.get()


def with_reference(html: str) -> str:
    """Return a page with the reference of the request at hand in its place."""
    return html.replace(PLACE, reference_at_hand() or PLACE)


class References:
    """Gives each request its reference, and sends it along as a header (WSGI).

    `from_proxy`: a proxy that we trust may have made it. Only 32 hexadecimal digits are taken, so
    nobody can put words of their own into the log.
    """

    def __init__(self, inside: WSGIApplication, *, from_proxy: bool) -> None:
        self._inside = inside
        self._from_proxy = from_proxy

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        given = environ.get("HTTP_X_REQUEST_ID", "") if self._from_proxy else ""
        reference = given if _FORM.fullmatch(given) else f"{random.getrandbits(128):032x}"
        environ[REFERENCE] = reference

        def start(
            status: str, headers: list[tuple[str, str]], raised: OptExcInfo | None = None
        ) -> object:
            return start_response(status, [*headers, (HEADER, reference)], raised)

        before = _at_hand.set(reference)
        try:
            return self._inside(environ, start)  # type: ignore[arg-type]  # nothing of ours calls write()
        finally:
            _at_hand.reset(before)
