"""What pages for owners answer when a service refuses whoever asks, or knows no such thing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.exceptions import Forbidden, NotFound

from assessment.practice.staff.refusals import Refusal, Refused
from assessment.web.server.logs import Event, tell


@contextmanager
def denied() -> Iterator[None]:
    """Answer for strangers as for a page that is not there, and deny who is no owner any more."""
    try:
        yield
    except LookupError:
        raise NotFound from None
    except Refused as refused:
        if refused.kind is not Refusal.NOT_OWNER:
            raise
        tell(Event.DENIED)
        raise Forbidden from None
