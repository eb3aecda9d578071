"""Every address of the clinic area, in one table. Nothing else adds one.

A view is protected unless its row says `OPEN`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from flask import Blueprint, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from assessment.practice.responses.downloads import Format
from assessment.practice.staff.accounts import SignedIn
from assessment.web.clinic.account import Account
from assessment.web.clinic.area import StaffArea, View
from assessment.web.clinic.clients import ClientPages
from assessment.web.clinic.enrol import Enrol
from assessment.web.clinic.inbox import InboxPages
from assessment.web.clinic.invitations import InvitationPages
from assessment.web.clinic.responses import ResponsePages
from assessment.web.clinic.settings_pages import SettingsPages
from assessment.web.clinic.sign_in import SignIn
from assessment.web.clinic.upload import uploaded_fields
from assessment.web.html.render import go_to

OPEN = True


@dataclass(frozen=True, slots=True)
class Route:
    """One address: `view(who, **args)`, or `view(**args)` where anybody may look.

    `form` reads what is sent, where that is not done as usual.
    """

    method: Literal["GET", "POST"]
    path: str
    view: View
    is_open: bool = False
    form: Callable[[], MultiDict[str, str]] = lambda: request.form

    @property
    def endpoint(self) -> str:
        """The name of its view, such as `InboxPages_listed_GET`."""
        return f"{self.view.__qualname__.replace('.', '_')}_{self.method}"


def routes(area: StaffArea) -> tuple[Route, ...]:
    """Return the table."""
    return (
        Route("GET", "/clinic", home),
        *_signing_in(area),
        *_account(area),
        *_settings(area),
        *_invitations(area),
        *_inbox(area),
        *_responses(area),
        *_clients(area),
        # Whatever is not listed is denied, too, to those who are not signed in.
        Route("GET", "/clinic/<path:rest>", nowhere),
        Route("POST", "/clinic/<path:rest>", nowhere),
    )


def _signing_in(area: StaffArea) -> tuple[Route, ...]:
    pages, enrol = SignIn(area), Enrol(area)
    return (
        Route("GET", "/clinic/sign-in", pages.show, OPEN),
        Route("POST", "/clinic/sign-in", pages.sign_in, OPEN),
        Route("POST", "/clinic/sign-out", pages.sign_out, OPEN),
        Route("POST", "/clinic/stay", pages.stay),
        Route("GET", "/clinic/closed", pages.closed, OPEN),
        Route("GET", "/clinic/setup", enrol.setup, OPEN),
        Route("POST", "/clinic/setup", enrol.set_up, OPEN),
        Route("GET", "/clinic/code", enrol.code, OPEN),
        Route("POST", "/clinic/code", enrol.set_password, OPEN),
    )


def _account(area: StaffArea) -> tuple[Route, ...]:
    pages = Account(area)
    return (
        Route("GET", "/clinic/account", pages.show),
        Route("POST", "/clinic/account", pages.change_details),
        Route("POST", "/clinic/account/password", pages.change_password),
        Route("POST", "/clinic/account/sessions/<session_id>/end", pages.end_session),
        Route("POST", "/clinic/account/everywhere", pages.everywhere),
    )


def _settings(area: StaffArea) -> tuple[Route, ...]:
    pages = SettingsPages(area)
    return (
        Route("GET", "/clinic/settings", pages.show),
        Route("POST", "/clinic/settings", pages.change),
        Route("GET", "/clinic/settings/logo", pages.logo),
        Route("POST", "/clinic/settings/logo", pages.change_logo, form=uploaded_fields),
    )


def _invitations(area: StaffArea) -> tuple[Route, ...]:
    pages = InvitationPages(area)
    one = "/clinic/invitations/<invitation_id>"
    return (
        Route("GET", "/clinic/invitations", pages.listed),
        Route("GET", "/clinic/invitations/new", pages.new),
        Route("POST", "/clinic/invitations/new", pages.create),
        Route("GET", one, pages.one),
        Route("GET", f"{one}/resend", pages.ask_resend),
        Route("POST", f"{one}/resend", pages.resend),
        Route("GET", f"{one}/revoke", pages.ask_revoke),
        Route("POST", f"{one}/revoke", pages.revoke),
        Route("POST", f"{one}/mail", pages.mail),
    )


def _inbox(area: StaffArea) -> tuple[Route, ...]:
    pages = InboxPages(area)
    return (
        Route("GET", "/clinic/inbox", pages.listed),
        Route("POST", "/clinic/inbox", pages.search),
        Route("POST", "/clinic/export", pages.export),
    )


def _responses(area: StaffArea) -> tuple[Route, ...]:
    pages = ResponsePages(area)
    one = "/clinic/responses/<response_id>"
    formats = ",".join(Format)
    return (
        Route("GET", one, pages.one),
        Route("GET", f"{one}.<any({formats}):format>", pages.file),
        Route("POST", f"{one}/read", pages.read),
        Route("POST", f"{one}/notes", pages.note),
        Route("POST", f"{one}/state", pages.mark),
        Route("GET", f"{one}/erase", pages.ask_erase),
        Route("POST", f"{one}/erase", pages.erase),
    )


def _clients(area: StaffArea) -> tuple[Route, ...]:
    pages = ClientPages(area)
    one = "/clinic/clients/<client_id>"
    return (
        Route("GET", one, pages.one),
        Route("GET", f"{one}/erase", pages.ask_erase),
        Route("POST", f"{one}/erase", pages.erase),
    )


def register(blueprint: Blueprint, area: StaffArea) -> None:
    """Give every page of the clinic area its route."""
    area.templates.files.register(blueprint)
    for route in routes(area):
        view = route.view if route.is_open else area.protect(route.view, route.form)
        blueprint.add_url_rule(route.path, route.endpoint, area.safe(view), methods=[route.method])


def home(who: SignedIn) -> Response:
    """Show the inbox."""
    return go_to("/clinic/inbox")


def nowhere(who: SignedIn, rest: str) -> Response:
    """Say that there is no such page."""
    raise NotFound
