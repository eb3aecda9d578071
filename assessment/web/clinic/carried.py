"""What somebody typed into a form that could not be taken, kept until they send it again.

It travels in hidden fields of the page that they get instead, in their own browser, and is stored
nowhere. After they have signed in, or once the records can be reached, one press sends it where it
was meant to go.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from flask import current_app, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from assessment.web.clinic.fields import readable

TO = "carried_to"
FIELD = "carried:"
FIRST_SENT = "first_sent"
"""Names when a form that may have been taken was sent first, in Unix seconds."""
MOST_BYTES = 60_000
"""Of a form that is carried; every form of ours is smaller."""

_HOME = "/clinic"
_OURS = (TO, FIRST_SENT, "next")  # fields that nobody typed
_LOCAL = re.compile(r"/clinic(?:/[A-Za-z0-9._~-]+)*(?:\?[A-Za-z0-9._~=&-]*)?")


@dataclass(frozen=True, slots=True)
class Carried:
    """A form to be sent again: its address, and names with values.

    `passwords` tells that what was typed into password fields was left out.
    """

    to: str
    fields: tuple[tuple[str, str], ...]
    passwords: bool = False

    @property
    def typed(self) -> tuple[tuple[str, str], ...]:
        """What to show of it: a label made from the name, and the value, where there is one."""
        return tuple(
            (name.removeprefix(FIELD).replace("_", " ").capitalize(), value)
            for name, value in self.fields
            if value and name.removeprefix(FIELD) not in _OURS
        )


def from_request() -> Carried | None:
    """Return the form that was just sent; None when it is too long, or holds a file.

    None also when nothing stands in it: a button that erases, revokes or ends something is pressed
    again on its own page, which says what it does.
    """
    if (request.content_length or 0) > MOST_BYTES or request.mimetype == "multipart/form-data":
        return None
    found = _carried(request.full_path.removesuffix("?"), request.form.items(multi=True))
    return found if found.typed or found.passwords else None


def sent_before(form: MultiDict[str, str]) -> int | None:
    """Return when this form was sent first, if it is sent again because it may have been taken."""
    sent = form.get(FIRST_SENT, "")
    return int(sent) if re.fullmatch(r"[0-9]{1,12}", sent, re.ASCII) else None


def from_sign_in(form: MultiDict[str, str]) -> Carried | None:
    """Return the form that a sign-in page carried.

    None when there is none, or when it was not meant for a page of the clinic area.
    """
    to = form.get(TO, "")
    if local_address(to) != to or not _takes_forms(to.partition("?")[0]):
        return None
    sent = [
        (name.removeprefix(FIELD), value)
        for name, value in form.items(multi=True)
        if name.startswith(FIELD)
    ]
    return _carried(to, sent)


def to_try_again(now: int) -> Carried | None:
    """Return the form that was just sent and may have been taken; None as with `from_request`."""
    what = from_request()
    if what is None or any(name == FIRST_SENT for name, _ in what.fields):
        return what
    return replace(what, fields=(*what.fields, (FIRST_SENT, str(now))))


def local_address(wanted: str) -> str:
    """Return where to go after signing in: a page of the clinic area, and nothing else."""
    return wanted if _LOCAL.fullmatch(wanted) and ".." not in wanted else _HOME


def _carried(to: str, sent: Iterable[tuple[str, str]]) -> Carried:
    pairs = [(readable(name), readable(value)) for name, value in sent if name != "csrf_token"]
    # A password never goes back into a page.
    kept = tuple((name, value) for name, value in pairs if "password" not in name)
    return Carried(to, kept, len(kept) < len(pairs))


def _takes_forms(path: str) -> bool:
    try:
        current_app.url_map.bind("").match(path, method="POST")
    except HTTPException:
        return False
    return True
