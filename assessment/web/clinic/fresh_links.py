"""Links that were just made.

Only the hash of a link is stored, so it can be shown right after it was made and never again. The
secret waits for the page behind the redirect in a sealed cookie, for ten minutes and for this
invitation and therapist only.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from werkzeug.wrappers import Response

from assessment.practice.staff.accounts import SignedIn
from assessment.records.model import Invitation
from assessment.web.clinic.area import StaffArea
from assessment.web.html.render import go_to
from assessment.web.server.sealed import Sealed

SECONDS = 600


@dataclass(frozen=True, slots=True)
class Fresh:
    """The secret of a link, where it was mailed to, and why it was not, in words."""

    token: str
    mailed_to: str = ""
    fault: str = ""


class FreshLinks:
    """Keeps each for the page of its invitation, under `home`."""

    def __init__(self, area: StaffArea, home: str) -> None:
        self._home = home
        self._local = area.settings.local
        self._sealed = Sealed(area.key, "the link of a new invitation", SECONDS, area.clock)
        # With the `__Secure-` prefix browsers take it over https only. `__Host-` would not let it
        # stay with the page of one invitation.
        self._cookie = "fresh-link" if self._local else "__Secure-fresh-link"

    def shown(self, who: SignedIn, of: Invitation, link: Fresh) -> Response:
        """Lead to the page of an invitation, on which its link can be seen for a while."""
        kept = {
            "of": of.id, "for": who.therapist.id,
            "token": link.token, "to": link.mailed_to, "fault": link.fault,
        }  # fmt: skip
        response = go_to(f"{self._home}/{of.id}")
        response.set_cookie(
            self._cookie,
            self._sealed.close(kept),
            max_age=self._sealed.seconds,
            path=f"{self._home}/{of.id}",
            secure=not self._local,
            httponly=True,
            samesite="Strict",
        )
        return response

    def found(self, who: SignedIn, of: Invitation) -> Fresh | None:
        """Return the link of an invitation, if it was just made by whoever asks."""
        kept = self._sealed.open(request.cookies.get(self._cookie)) or {}
        if (kept.get("of"), kept.get("for")) != (of.id, who.therapist.id):
            return None
        return Fresh(str(kept["token"]), str(kept["to"]), str(kept.get("fault", "")))
