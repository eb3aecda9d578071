"""What pages for owners answer when a service refuses whoever asks, or knows no such thing.

What a form asks for is done in one way: it is checked, tried, and where that is refused the form
says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from werkzeug.exceptions import Forbidden, NotFound

from assessment.practice.staff.refusals import Refusal, Refused
from assessment.web.clinic.fields import StaffForm
from assessment.web.clinic.refusal_texts import what_to_do
from assessment.web.server.logs import Event, tell

_T = TypeVar("_T")


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


def done(form: StaffForm, act: Callable[[], _T], fields: Mapping[Refusal, str]) -> _T | None:
    """Return what `act` comes to; None where the form is not right, or it is refused.

    Then the form says why: at the field that `fields` names, else at the head of the page.
    """
    if not form.validate():
        return None
    try:
        with denied():
            return act()
    except Refused as refused:
        form.refuse(fields.get(refused.kind, ""), what_to_do(refused))
        return None
