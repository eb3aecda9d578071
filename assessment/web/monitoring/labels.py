"""What a request is called in metrics and traces: one of a closed set, whatever was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assessment.web.server.logs import ENDPOINT

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
REFUSED, NO_PAGE, OTHER = "refused", "none", "other"
"""Routes of requests that got no further than the gate, or found no page; an unusual method."""


def route_of(environ: WSGIEnvironment) -> str:
    """Return the name of what answered, such as `walk.question`."""
    return environ.get(ENDPOINT, REFUSED) or NO_PAGE


def method_of(environ: WSGIEnvironment) -> str:
    """Return the method, where it is a usual one."""
    method: str = environ["REQUEST_METHOD"]
    return method if method in METHODS else OTHER
