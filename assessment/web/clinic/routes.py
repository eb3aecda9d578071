"""Every address of the clinic area, in one table. Nothing else adds one.

Each row says who may: whoever it does not name is denied.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from flask import Blueprint, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from assessment.practice.responses.downloads import Format
from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.colleagues import Step
from assessment.web.clinic.account import Account
from assessment.web.clinic.area import StaffArea, View
from assessment.web.clinic.audit import AuditPages
from assessment.web.clinic.clients import ClientPages
from assessment.web.clinic.colleagues import ColleaguePages
from assessment.web.clinic.enrol import Enrol
from assessment.web.clinic.inbox import InboxPages
from assessment.web.clinic.invitations import InvitationPages
from assessment.web.clinic.many import ManyPages
from assessment.web.clinic.responses import ResponsePages
from assessment.web.clinic.settings_pages import SettingsPages
from assessment.web.clinic.sign_in import SignIn
from assessment.web.clinic.traces import traced
from assessment.web.clinic.upload import uploaded_fields
from assessment.web.html.render import go_to


class May(Enum):
    """Who may open an address."""

    ANYBODY = "anybody"
    STAFF = "whoever is signed in"
    OWNER = "the owners of the clinic"


ANYBODY, STAFF, OWNER = May.ANYBODY, May.STAFF, May.OWNER


@dataclass(frozen=True, slots=True)
class Route:
    """One address and who `may` open it: `view(who, **args)`, or `view(**args)` for anybody.

    `form` reads what is sent, where that is not done as usual.
    """

    method: Literal["GET", "POST"]
    path: str
    view: View
    may: May
    form: Callable[[], MultiDict[str, str]] = lambda: request.form

    @property
    def endpoint(self) -> str:
        """The name of its view, such as `InboxPages_listed_GET`."""
        return f"{self.view.__qualname__.replace('.', '_')}_{self.method}"

    @property
    def address(self) -> str:
        """Method and path, as `traces.py` names it: without the choices of a place."""
        return f"{self.method} {re.sub(r'<any[(][^)]*[)]:', '<', self.path)}"


def routes(area: StaffArea) -> tuple[Route, ...]:
    """Return the table."""
    return (
        Route("GET", "/clinic", home, STAFF),
        *_signing_in(area),
        *_account(area),
        *_settings(area),
        *_colleagues(area),
        *_invitations(area),
        *_inbox(area),
        *_responses(area),
        *_clients(area),
        *_audit(area),
        # Whatever is not listed is denied, too, to those who are not signed in.
        Route("GET", "/clinic/<path:rest>", nowhere, STAFF),
        Route("POST", "/clinic/<path:rest>", nowhere, STAFF),
    )


def _signing_in(area: StaffArea) -> tuple[Route, ...]:
    pages, enrol = SignIn(area), Enrol(area)
    return (
        Route("GET", "/clinic/sign-in", pages.show, ANYBODY),
        Route("POST", "/clinic/sign-in", pages.sign_in, ANYBODY),
        Route("POST", "/clinic/sign-out", pages.sign_out, ANYBODY),
        Route("POST", "/clinic/stay", pages.stay, STAFF),
        Route("GET", "/clinic/closed", pages.closed, ANYBODY),
        Route("GET", "/clinic/setup", enrol.setup, ANYBODY),
        Route("POST", "/clinic/setup", enrol.set_up, ANYBODY),
        Route("GET", "/clinic/code", enrol.code, ANYBODY),
        Route("POST", "/clinic/code", enrol.set_password, ANYBODY),
    )


def _account(area: StaffArea) -> tuple[Route, ...]:
    pages = Account(area)
    return (
        Route("GET", "/clinic/account", pages.show, STAFF),
        Route("POST", "/clinic/account", pages.change_details, STAFF),
        Route("POST", "/clinic/account/password", pages.change_password, STAFF),
        Route("POST", "/clinic/account/sessions/<session_id>/end", pages.end_session, STAFF),
        Route("POST", "/clinic/account/everywhere", pages.everywhere, STAFF),
    )


def _settings(area: StaffArea) -> tuple[Route, ...]:
    pages = SettingsPages(area)
    return (
        Route("GET", "/clinic/settings", pages.show, STAFF),
        Route("POST", "/clinic/settings", pages.change, OWNER),
        Route("GET", "/clinic/settings/logo", pages.logo, STAFF),
        Route("POST", "/clinic/settings/logo", pages.change_logo, OWNER, form=uploaded_fields),
    )


def _colleagues(area: StaffArea) -> tuple[Route, ...]:
    pages = ColleaguePages(area)
    home = "/clinic/colleagues"
    steps = ",".join(f'"{step}"' for step in Step)
    step = f"{home}/<therapist_id>/<any({steps}):step>"
    return (
        Route("GET", home, pages.listed, OWNER),
        Route("GET", f"{home}/new", pages.new, OWNER),
        Route("POST", f"{home}/new", pages.invite, OWNER),
        Route("GET", f"{home}/sharing", pages.sharing, OWNER),
        Route("POST", f"{home}/sharing", pages.share, OWNER),
        Route("GET", f"{home}/<therapist_id>", pages.one, OWNER),
        Route("GET", step, pages.ask, OWNER),
        Route("POST", step, pages.take, OWNER),
    )


def _invitations(area: StaffArea) -> tuple[Route, ...]:
    pages, many = InvitationPages(area), ManyPages(area)
    one = "/clinic/invitations/<invitation_id>"
    return (
        Route("GET", "/clinic/invitations", pages.listed, STAFF),
        Route("GET", "/clinic/invitations/new", pages.new, STAFF),
        Route("POST", "/clinic/invitations/new", pages.create, STAFF),
        Route("GET", "/clinic/invitations/many", many.show, STAFF),
        Route("POST", "/clinic/invitations/many", many.make, STAFF),
        Route("POST", "/clinic/invitations/many/file", many.upload, STAFF, form=uploaded_fields),
        Route("GET", one, pages.one, STAFF),
        Route("GET", f"{one}/resend", pages.ask_resend, STAFF),
        Route("POST", f"{one}/resend", pages.resend, STAFF),
        Route("GET", f"{one}/revoke", pages.ask_revoke, STAFF),
        Route("POST", f"{one}/revoke", pages.revoke, STAFF),
        Route("POST", f"{one}/mail", pages.mail, STAFF),
    )


def _inbox(area: StaffArea) -> tuple[Route, ...]:
    pages = InboxPages(area)
    return (
        Route("GET", "/clinic/inbox", pages.listed, STAFF),
        Route("POST", "/clinic/inbox", pages.search, STAFF),
        Route("POST", "/clinic/export", pages.export, STAFF),
    )


def _responses(area: StaffArea) -> tuple[Route, ...]:
    pages = ResponsePages(area)
    one = "/clinic/responses/<response_id>"
    formats = ",".join(Format)
    return (
        Route("GET", one, pages.one, STAFF),
        Route("GET", f"{one}.<any({formats}):format>", pages.file, STAFF),
        Route("POST", f"{one}/read", pages.read, STAFF),
        Route("POST", f"{one}/notes", pages.note, STAFF),
        Route("POST", f"{one}/state", pages.mark, STAFF),
        Route("GET", f"{one}/erase", pages.ask_erase, STAFF),
        Route("POST", f"{one}/erase", pages.erase, STAFF),
    )


def _clients(area: StaffArea) -> tuple[Route, ...]:
    pages = ClientPages(area)
    one = "/clinic/clients/<client_id>"
    return (
        Route("GET", one, pages.one, STAFF),
        Route("GET", f"{one}/erase", pages.ask_erase, STAFF),
        Route("POST", f"{one}/erase", pages.erase, STAFF),
    )


def _audit(area: StaffArea) -> tuple[Route, ...]:
    pages = AuditPages(area)
    return (
        Route("GET", "/clinic/audit", pages.listed, OWNER),
        Route("GET", "/clinic/audit.csv", pages.export, OWNER),
    )


def register(blueprint: Blueprint, area: StaffArea) -> None:
    """Give every page of the clinic area its route."""
    area.templates.files.register(blueprint)
    for route in routes(area):
        view = route.view
        if route.may is not ANYBODY:
            view = traced(area.practice.audit_log, route.address, view)
            view = area.protect(view, route.form, owners_only=route.may is not STAFF)
        blueprint.add_url_rule(route.path, route.endpoint, area.safe(view), methods=[route.method])


def home(who: SignedIn) -> Response:
    """Show the inbox."""
    return go_to("/clinic/inbox")


def nowhere(who: SignedIn, rest: str) -> Response:
    """Say that there is no such page."""
    raise NotFound
