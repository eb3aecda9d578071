"""Makes the device at hand the tablet of the waiting room, on which nobody is signed in."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from werkzeug.wrappers import Response

from assessment.practice.staff.accounts import SignedIn
from assessment.records.acts import Act
from assessment.web.clinic.area import StaffArea
from assessment.web.clinic.pages import StaffPage
from assessment.web.html.qr_codes import reaches_phones
from assessment.web.html.render import go_to
from assessment.web.server.logs import Event, tell
from assessment.web.walk.waiting_room import HOME, OPEN, WaitingRoom

HOURS = OPEN // 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWaitingRoomPage(StaffPage):
    """`waiting.html`; `hours` is how long it stays open, `for_owners`: they alone see what
    comes. `has_code`: phones can reach this site, and get a code to scan."""

    hours: int
    for_owners: bool
    has_code: bool


class WaitingRoomPages:
    """The views; each takes who is signed in."""

    def __init__(self, area: StaffArea) -> None:
        self._area = area
        self._room = WaitingRoom(area.key, area.settings, area.clock)

    def ask(self, who: SignedIn) -> Response:
        """Say what becomes of the device."""
        page = OpenWaitingRoomPage(
            title="Waiting room",
            section="waiting",
            narrow=True,
            hours=HOURS,
            for_owners=who.clinic.inviter_only,
            has_code=reaches_phones(self._area.settings.site_address(request.host)),
        )
        return self._area.page("waiting.html", page, who)

    def open(self, who: SignedIn) -> Response:
        """Sign out on this device, and have it begin walks for the clinic and nothing else."""
        self._area.practice.audit_log.saw(who, Act.WAITING_ROOM_OPENED)
        self._area.practice.accounts.end_session(who, who.session.id)
        tell(Event.SIGNED_OUT)
        response = self._area.cookies.closed(go_to(HOME))
        return self._room.opened(response, who.clinic.id)
