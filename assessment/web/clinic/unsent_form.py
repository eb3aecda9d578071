"""What somebody typed into a form that could not be taken, kept until they send it again.

It travels in a hidden field of the page that they get instead, in their own browser, and is stored
nowhere. Whoever signs in on that page may be somebody else: so it is sealed, and belongs to the
account that the form was made for. After they have signed in, or once the records can be reached,
one press sends it where it was meant to go.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace

from flask import request
from werkzeug.datastructures import MultiDict

from assessment.web.clinic import flash
from assessment.web.clinic.fields import (
    NEW_ANSWER,
    NEW_CHALLENGE,
    PASSKEY_ANSWER,
    PASSKEY_CHALLENGE,
    readable,
)
from assessment.web.server.sealed import Sealed

FIELD = "carried"
"""The hidden field of a sign-in page."""
FIRST_SENT = "first_sent"
"""Names when a form that may have been taken was sent first, in Unix seconds."""
CLOSING = "closing"
"""Names a form that the script sends, as it stands, because its page is closed: nobody pressed."""
MOST_BYTES = 60_000
"""Of a form that is carried; every form of ours is smaller."""
SECONDS = 12 * 60 * 60
"""For how long what was typed can be sent again from a page that is left open."""

_HOME = "/clinic"
_OURS = (FIRST_SENT, "next", NEW_ANSWER, NEW_CHALLENGE)  # fields that nobody typed
_NOT_TYPED = ("csrf_token", CLOSING, PASSKEY_CHALLENGE, PASSKEY_ANSWER)
# these go with the page that was sent
_LOCAL = re.compile(r"/clinic(?:/[A-Za-z0-9._~-]+)*(?:\?[A-Za-z0-9._~=&-]*)?")


@dataclass(frozen=True, slots=True)
class UnsentForm:
    """A form to be sent again: its address, and names with values.

    `account` is whose form it was (as `SignedIn.account`), empty where it does not say.
    `passwords` tells that what was typed into password fields was left out.
    """

    to: str
    fields: tuple[tuple[str, str], ...]
    account: str
    passwords: bool = False

    @property
    def typed(self) -> tuple[tuple[str, str], ...]:
        """What to show of it: a label made from the name, and the value, where there is one."""
        return tuple(
            (name.replace("_", " ").capitalize(), value)
            for name, value in self.fields
            if value and name not in _OURS
        )


class UnsentForms:
    """Seals what is carried, so that a page holds it without showing it; `clock` is Unix time."""

    def __init__(self, key: bytes, clock: Callable[[], float]) -> None:
        self._sealed = Sealed(key, "what was typed", SECONDS, clock, MOST_BYTES)

    def sealed(self, what: UnsentForm) -> str:
        """Return it sealed; empty where it belongs to nobody, or is too long even when packed."""
        if not what.account or local_address(what.to) != what.to:
            return ""
        packed = zlib.compress(json.dumps(asdict(what), ensure_ascii=False).encode())
        try:
            return self._sealed.close({"packed": base64.b64encode(packed).decode("ascii")})
        except ValueError:
            return ""

    def opened(self, text: str) -> UnsentForm | None:
        """Return what was sealed; None when that is long ago, or nothing of ours."""
        found = self._sealed.open(text)
        if found is None:
            return None
        kept = json.loads(zlib.decompress(base64.b64decode(str(found["packed"]))))
        fields = tuple((name, value) for name, value in kept["fields"])
        return UnsentForm(kept["to"], fields, kept["account"], kept["passwords"])


def is_closing() -> bool:
    """Whether the request at hand was sent by a page that closed, and by nobody."""
    return request.method == "POST" and _can_be_kept() and CLOSING in request.form


def from_request() -> UnsentForm | None:
    """Return the form that was just sent; None when it is too long, or holds a file.

    None also when nothing stands in it: a button that erases, revokes or ends something is pressed
    again on its own page, which says what it does.
    """
    if not _can_be_kept():
        return None
    found = _carried(request.full_path.removesuffix("?"), request.form)
    return found if found.typed or found.passwords else None


def as_sent() -> UnsentForm | None:
    """Return the form that was just sent, also where nothing stands in it; None as above."""
    return _carried(request.full_path.removesuffix("?"), request.form) if _can_be_kept() else None


def sent_before(form: MultiDict[str, str]) -> int | None:
    """Return when this form was sent first, if it is sent again because it may have been taken."""
    sent = form.get(FIRST_SENT, "")
    return int(sent) if re.fullmatch(r"[0-9]{1,12}", sent, re.ASCII) else None


def to_try_again(now: int) -> UnsentForm | None:
    """Return the form that was just sent and may have been taken; None as with `from_request`."""
    what = from_request()
    if what is None or any(name == FIRST_SENT for name, _ in what.fields):
        return what
    return replace(what, fields=(*what.fields, (FIRST_SENT, str(now))))


def local_address(wanted: str) -> str:
    """Return where to go after signing in: a page of the clinic area, and nothing else.

    What it says was just done is left out, since nothing was.
    """
    if not _LOCAL.fullmatch(wanted) or ".." in wanted:
        return _HOME
    path, _, query = wanted.partition("?")
    kept = "&".join(one for one in query.split("&") if one.partition("=")[0] != flash.FIELD)
    return f"{path}?{kept}" if kept else path


def _can_be_kept() -> bool:
    too_long = (request.content_length or 0) > MOST_BYTES
    return not too_long and request.mimetype != "multipart/form-data"


def _carried(to: str, form: MultiDict[str, str]) -> UnsentForm:
    sent: Iterable[tuple[str, str]] = form.items(multi=True)
    pairs = [(readable(name), readable(value)) for name, value in sent if name not in _NOT_TYPED]
    # A password never goes back into a page.
    kept = tuple((name, value) for name, value in pairs if "password" not in name)
    _, _, account = form.get("csrf_token", "").partition(".")
    return UnsentForm(to, kept, account, len(kept) < len(pairs))
