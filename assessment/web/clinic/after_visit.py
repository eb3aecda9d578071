"""Making the link for after a visit by hand."""

from __future__ import annotations

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from assessment.practice.staff.accounts import SignedIn
from assessment.records.ids import ResponseId
from assessment.web.clinic.area import StaffArea
from assessment.web.clinic.fresh_links import Fresh, FreshLinks
from assessment.web.clinic.invitations import HOME
from assessment.web.clinic.response_pages import NO_SECOND_LINK
from assessment.web.html.render import go_to
from assessment.web.server.logs import Event, tell


class AfterVisitPages:
    """The view of a response that something follows; it takes who is signed in."""

    def __init__(self, area: StaffArea) -> None:
        self._inbox = area.practice.inbox
        self._links = area.practice.after_visits
        self._fresh = FreshLinks(area, HOME)

    def make(self, who: SignedIn, response_id: str) -> Response:
        """Make the link and show it, or lead to the one that was made; raises NotFound."""
        response = ResponseId(response_id)
        if self._inbox.response(who, response) is None:
            raise NotFound
        issued = self._links.make(who, response)
        if issued is not None:
            tell(Event.INVITATION_MADE)
            return self._fresh.shown(who, issued.invitation, Fresh(issued.token))
        found = self._links.of(who, response)
        if found is not None and found.made is not None:
            return go_to(f"{HOME}/{found.made}")
        return go_to(f"/clinic/responses/{response_id}?done={NO_SECOND_LINK}")
