"""The list of clients with its search; one client: what was sent to them and by them, and its end.

A name that is searched for never stands in an address, as in the inbox.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from assessment.exports.phones import phone_in_words
from assessment.practice.responses.client_list import Change, changes_of
from assessment.practice.responses.measured import HEADING, LOST, NOTES, Course, course_of
from assessment.practice.responses.reach import Reach, reach_by
from assessment.practice.responses.seen import ClientFile, before_visits
from assessment.practice.staff.accounts import SignedIn
from assessment.records.client_list import Entry
from assessment.records.ids import ClientId
from assessment.records.model import Client
from assessment.web.clinic.area import StaffArea
from assessment.web.clinic.course_chart import Chart, chart_of
from assessment.web.clinic.inbox import HOME
from assessment.web.clinic.inbox_pages import Row, row_of
from assessment.web.clinic.invitation_pages import Row as Invited
from assessment.web.clinic.invitation_pages import as_cursor, as_text
from assessment.web.clinic.names_sought import NameSearch
from assessment.web.clinic.pages import StaffPage
from assessment.web.clinic.response_files import SHORT_ID
from assessment.web.clinic.response_pages import NoteRow, note_row
from assessment.web.html.render import go_to
from assessment.web.server.logs import Event, tell

CLIENTS = "/clinic/clients"
UNREADABLE = (
    "We can't read this client's name and address. They were changed in the database, "
    "or sealed with a key that is not here."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientPage(StaffPage):
    """`client.html`. `fault` says why there is no name; `reach` is how to reach them.

    `can_erase` is False where colleagues have something of this client, too. `changes` are those of
    the advice from one response to the next, `notes` those on any of them; both the newest first.
    `measured` is pain and activities, before visits and after them.
    """

    client: Client
    reach: Reach
    can_erase: bool
    fault: str | None
    rows: tuple[Row, ...]
    changes: tuple[Change, ...]
    notes: tuple[NoteRow, ...]
    invitations: tuple[Invited, ...]
    course: Chart | None
    measured: Course | None
    measured_heading: str = HEADING
    measured_lost: str = LOST
    measured_notes: tuple[str, ...] = NOTES

    @property
    def phone(self) -> str:
        """Their number, to be read."""
        return phone_in_words(self.reach.phone)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientsPage(StaffPage):
    """`clients.html`. `name` is what was searched for, `find` the same, sealed.

    `more` is where the next ones start; `is_first` tells the beginning.
    """

    entries: tuple[Entry, ...]
    name: str
    find: str
    more: str | None
    is_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseClientPage(StaffPage):
    """`client_erase.html`: how much goes with the client."""

    client: Client
    responses: int
    invitations: int


class ClientPages:
    """The views of clients; each takes who is signed in, those of one client raise NotFound."""

    def __init__(self, area: StaffArea) -> None:
        self._area = area
        self._clients = area.practice.clients
        self._names = NameSearch(area)
        self._inbox = area.practice.inbox
        self._invitations = area.practice.invitations

    def listed(self, who: SignedIn) -> Response:
        """Show the clients who are looked for, or all, the newest first."""
        find, after = request.args.get("find", ""), as_cursor(request.args.get("after", ""))
        name = self._names.opened(who, find)
        found = self._clients.listed(who, name, after)
        page = ClientsPage(
            title="Clients",
            section="clients",
            entries=found.entries,
            name=name,
            find=find if name else "",
            more=None if found.more is None else as_text(found.more),
            is_first=after is None,
        )
        return self._area.page("clients.html", page, who)

    def search(self, who: SignedIn) -> Response:
        """Look for clients by words of their name."""
        find = self._names.sealed(who, request.form.get("name", ""))
        return go_to(f"{CLIENTS}?find={find}" if find else CLIENTS)

    def one(self, who: SignedIn, client_id: str) -> Response:
        """Show a client. The title holds no name."""
        found = self._found(who, client_id)
        names = self._inbox.names
        page = ClientPage(
            title="Client",
            section="clients",
            client=found.client,
            reach=reach_by(found.client, found.invitations),
            can_erase=found.is_whole,
            fault=None if found.client.readable else UNREADABLE,
            rows=tuple(row_of(line, names, found.ask_age, found.again) for line in found.lines),
            changes=changes_of(before_visits(found), found.again, names),
            notes=tuple(map(note_row, self._clients.notes(who, found.lines))),
            invitations=tuple(
                Invited(one, self._invitations.stage(one)) for one in found.invitations
            ),
            measured=course_of(found.lines, found.measured),
            course=chart_of(self._area.practice.history.course(who, found.client.id)),
        )
        return self._area.page("client.html", page, who)

    def copy(self, who: SignedIn, client_id: str) -> Response:
        """Give everything about a client as one file, to be handed to them."""
        found = self._area.practice.copies.of_client(who, ClientId(client_id))
        if found is None:
            raise NotFound
        tell(Event.CLIENT_COPIED)
        response = Response(found, mimetype="application/zip")
        name = f"client-{client_id[:SHORT_ID]}.zip"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def ask_erase(self, who: SignedIn, client_id: str) -> Response:
        """Ask whether a client is to be erased."""
        found = self._found(who, client_id)
        if not found.is_whole:
            raise NotFound
        page = EraseClientPage(
            title="Erase this client?",
            section="clients",
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
