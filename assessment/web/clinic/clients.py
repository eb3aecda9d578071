"""One client: what was sent to them, what they sent, and the end of both."""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from assessment.practice.responses.seen import ClientFile
from assessment.practice.staff.accounts import SignedIn
from assessment.records.ids import ClientId
from assessment.records.model import Client
from assessment.web.clinic.area import StaffArea
from assessment.web.clinic.inbox import HOME
from assessment.web.clinic.inbox_pages import Row, row_of
from assessment.web.clinic.invitation_pages import Row as Invited
from assessment.web.clinic.pages import StaffPage
from assessment.web.html.render import go_to
from assessment.web.server.logs import Event, tell

UNREADABLE = (
    "We can't read this client's name and address. They were changed in the database, "
    "or sealed with a key that is not here."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientPage(StaffPage):
    """`client.html`. `fault` says why there is no name.

    `can_erase` is False where colleagues have something of this client, too.
    """

    client: Client
    can_erase: bool
    fault: str | None
    rows: tuple[Row, ...]
    invitations: tuple[Invited, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseClientPage(StaffPage):
    """`client_erase.html`: how much goes with the client."""

    client: Client
    responses: int
    invitations: int


class ClientPages:
    """The views of one client; each takes who is signed in, and raises NotFound."""

    def __init__(self, area: StaffArea) -> None:
        self._area = area
        self._inbox = area.practice.inbox
        self._invitations = area.practice.invitations

    def one(self, who: SignedIn, client_id: str) -> Response:
        """Show a client. The title holds no name."""
        found = self._found(who, client_id)
        page = ClientPage(
            title="Client",
            section="inbox",
            client=found.client,
            can_erase=found.is_whole,
            fault=None if found.client.readable else UNREADABLE,
            rows=tuple(
                row_of(line, self._inbox.names, found.ask_age, found.again) for line in found.lines
            ),
            invitations=tuple(
                Invited(one, self._invitations.stage(one)) for one in found.invitations
            ),
        )
        return self._area.page("client.html", page, who)

    def ask_erase(self, who: SignedIn, client_id: str) -> Response:
        """Ask whether a client is to be erased."""
        found = self._found(who, client_id)
        if not found.is_whole:
            raise NotFound
        page = EraseClientPage(
            title="Erase this client?",
            section="inbox",
            narrow=True,
            client=found.client,
            responses=len(found.lines),
            invitations=len(found.invitations),
        )
        return self._area.page("client_erase.html", page, who)

    def erase(self, who: SignedIn, client_id: str) -> Response:
        """Erase a client and everything about them for good."""
        if not self._inbox.erase_client(who, ClientId(client_id)):
            raise NotFound
        tell(Event.CLIENT_ERASED)
        return go_to(f"{HOME}?done=client-erased")

    def _found(self, who: SignedIn, client_id: str) -> ClientFile:
        found = self._inbox.client(who, ClientId(client_id))
        if found is None:
            raise NotFound
        return found
