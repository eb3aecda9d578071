"""What answered a request, as metrics and traces call it: one of a closed set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assessment.web.server.logs import ENDPOINT

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

REFUSED, NO_PAGE = "refused", "none"
"""Routes of requests that got no further than the gate, or found no page."""


def route_of(environ: WSGIEnvironment) -> str:
    """Return the name of what answered, such as `walk.question`."""
    return environ.get(ENDPOINT, REFUSED) or NO_PAGE
