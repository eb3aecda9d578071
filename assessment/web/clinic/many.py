"""Inviting many at once: a list is pasted or uploaded, looked at, and then made as a whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote_plus

from flask import request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from assessment.practice.post.guest_list import Guest, read_guests
from assessment.practice.post.mail_quota import MOST_A_DAY
from assessment.practice.staff.accounts import SignedIn
from assessment.records.ids import new_id
from assessment.web.clinic.area import StaffArea
from assessment.web.clinic.fields import Problem, readable
from assessment.web.clinic.mail_rows import reminding
from assessment.web.clinic.pages import StaffPage
from assessment.web.clinic.upload import uploaded
from assessment.web.html.render import go_to
from assessment.web.server.logs import Event, tell

HOME = "/clinic/invitations"
LONGEST = 40_000
"""Bytes of a list as a browser sends it."""
TOO_LONG = "This list is too long. Split it in two"
_BATCH = re.compile(r"[A-Za-z0-9_-]{22}")
_SHOWN_FAULTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyPage(StaffPage):
    """`invitations_many.html`: a list, and whom it invites, unless there is a fault.

    `batch` names the list. `most` is how many mails a clinic sends a day, `days` how long the
    links work, `reminding` when clients are reminded, if they are.
    """

    text: str
    guests: tuple[Guest, ...]
    batch: str
    most: int
    days: int
    reminding: str | None


class ManyPages:
    """The views; where no mail can be sent there are none, since nobody could give out the links.

    A link is seen once. Those of a list are seen by nobody but the clients who get them by mail.
    """

    def __init__(self, area: StaffArea) -> None:
        self._area = area
        self._invitations = area.practice.invitations

    def show(self, who: SignedIn) -> Response:
        """Show the form."""
        self._refuse_without_mail()
        return self._page(who, "")

    def upload(self, who: SignedIn) -> Response:
        """Show whom a file invites."""
        self._refuse_without_mail()
        return self._looked_at(who, _decoded(uploaded().data))

    def make(self, who: SignedIn) -> Response:
        """Show whom a list invites; once that was looked at, invite them."""
        self._refuse_without_mail()
        text = readable(request.form.get("list", ""))
        batch = request.form.get("batch", "")
        if not _BATCH.fullmatch(batch):
            return self._looked_at(who, text)
        found = read_guests(text, who.clinic, int(self._area.clock()))
        if found.faults or len(quote_plus(text)) > LONGEST:  # a visit may have passed since
            return self._looked_at(who, text)
        site = self._area.settings.site_address(request.host)
        if self._invitations.invite_all(
            who, found.guests, batch, lambda token: f"{site}/i/{token}"
        ):
            tell(Event.INVITATION_MADE)
        return go_to(f"{HOME}?done=many")

    def _looked_at(self, who: SignedIn, text: str) -> Response:
        if len(quote_plus(text)) > LONGEST:
            return self._page(who, "", faults=(TOO_LONG,))
        found = read_guests(text, who.clinic, int(self._area.clock()))
        return self._page(who, text, () if found.faults else found.guests, found.faults)

    def _page(
        self,
        who: SignedIn,
        text: str,
        guests: tuple[Guest, ...] = (),
        faults: tuple[str, ...] = (),
    ) -> Response:
        page = ManyPage(
            title="Invite several at once",
            section="invitations",
            problems=tuple(Problem("list", fault) for fault in faults[:_SHOWN_FAULTS]),
            text=text,
            guests=guests,
            batch=new_id(),
            most=MOST_A_DAY,
            days=who.clinic.invitation_days,
            reminding=reminding(who.clinic),
        )
        return self._area.page("invitations_many.html", page, who, 422 if faults else 200)

    def _refuse_without_mail(self) -> None:
        if not self._area.practice.outbox.can_mail:
            raise NotFound


def _decoded(data: bytes) -> str:
    """Return a file as text: as most programs write it, or as older ones of Windows do."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    return readable(text)
