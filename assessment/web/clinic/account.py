"""A therapist's own account: how they are called, their password, where they are signed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.records.model import LONGEST_NAME, StaffSession
from assessment.web.clinic.area import SIGN_IN, StaffArea
from assessment.web.clinic.fields import Secret, StaffForm, Text, Tick, a_name, at_most, required
from assessment.web.clinic.pages import StaffPage
from assessment.web.clinic.refusal_texts import NOT_YOUR_PASSWORD, PASSWORD_HINT, what_to_do
from assessment.web.html.render import go_to
from assessment.web.server.logs import Event, tell

HOME = "/clinic/account"
DONE = {
    "details": "Your details have been saved.",
    "password": "Your password has been changed. You have been signed out everywhere else.",
    "ended": "That session has ended.",
}


class DetailsForm(StaffForm):
    """How somebody is called, and whether they get mail."""

    name = Text(
        "Your name", [a_name("Enter your name"), at_most(LONGEST_NAME, "Your name")],
        "Clients see who will read their answers.",
    )  # fmt: skip
    urgent_mail = Tick(
        "Email me when an urgent response arrives",
        hint="The email only says that something urgent has come in. It names no one.",
    )
    password = Secret(
        "Your password", hint="We need it before you change your name or your email settings."
    )


class PasswordForm(StaffForm):
    """The old password, and the new one."""

    old_password = Secret("Current password", [required("Enter your current password")])
    new_password = Secret("New password", [required("Enter a new password")], PASSWORD_HINT)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage(StaffPage):
    """`account.html`."""

    details: DetailsForm
    password: PasswordForm
    sessions: tuple[StaffSession, ...]


class Account:
    """The pages of one's own account."""

    def __init__(self, area: StaffArea) -> None:
        self._area = area
        self._accounts = area.practice.accounts
        self._can_mail = area.practice.outbox.can_mail

    def show(self, who: SignedIn) -> Response:
        """Show the account."""
        return self._page(who, notice=self._area.just_done(DONE))

    def change_details(self, who: SignedIn) -> Response:
        """Change name and mail; the password is asked for unless it was given just now."""
        form = self._details(sent=request.form)
        if not form.validate():
            return self._page(who, details=form, status=422)
        asked_before = who.therapist.urgent_mail
        try:
            token = self._accounts.change_details(
                who,
                form["name"].data,
                urgent_mail=bool(form.urgent_mail.data) if self._can_mail else asked_before,
                password=form.password.data or "",
            )
        except Refused as refused:
            _explain(form, "password", refused)
            return self._page(who, details=form, status=422)
        if form["name"].data != who.therapist.name:
            tell(Event.RENAMED)
        response = go_to(f"{HOME}?done=details")
        return response if token is None else self._area.cookies.opened(response, token)

    def change_password(self, who: SignedIn) -> Response:
        """Change the password; every other session ends."""
        form = PasswordForm(request.form)
        if not form.validate():
            return self._page(who, password=form, status=422)
        old, new = form.old_password.data, form.new_password.data
        try:
            token = self._accounts.change_password(who, old, new)
        except Refused as refused:
            about_old = refused.kind in (Refusal.WRONG, Refusal.WAIT)
            _explain(form, "old_password" if about_old else "new_password", refused)
            return self._page(who, password=form, status=422)
        tell(Event.CREDENTIAL_CHANGED)
        return self._area.cookies.opened(go_to(f"{HOME}?done=password"), token)

    def end_session(self, who: SignedIn, session_id: str) -> Response:
        """End one session."""
        if not self._accounts.end_session(who, session_id):
            raise NotFound
        tell(Event.SESSION_ENDED)
        return go_to(f"{HOME}?done=ended")

    def everywhere(self, who: SignedIn) -> Response:
        """End all sessions, this one too."""
        self._accounts.sign_out_everywhere(who)
        tell(Event.SIGNED_OUT_EVERYWHERE)
        return self._area.cookies.closed(go_to(f"{SIGN_IN}?done=out"))

    def _details(
        self,
        sent: MultiDict[str, str] | None = None,
        data: Mapping[str, object] | None = None,
    ) -> DetailsForm:
        """Return the form; mail is offered only where it can be sent."""
        form = DetailsForm(sent, data=data)
        if not self._can_mail:
            del form.urgent_mail
        return form

    def _page(
        self,
        who: SignedIn,
        *,
        details: DetailsForm | None = None,
        password: PasswordForm | None = None,
        notice: str | None = None,
        status: int = 200,
    ) -> Response:
        therapist = who.therapist
        shown = details or self._details(
            data={"name": therapist.name, "urgent_mail": therapist.urgent_mail}
        )
        passwords = password or PasswordForm()
        page = AccountPage(
            title="Your account",
            section="account",
            notice=notice,
            problems=shown.problems + passwords.problems,
            details=shown,
            password=passwords,
            sessions=self._accounts.sessions(who),
        )
        return self._area.page("account.html", page, who, status)


def _explain(form: StaffForm, field: str, refused: Refused) -> None:
    if refused.kind is not Refusal.CONFIRM:
        tell(Event.CREDENTIAL_REFUSED)
    wrong = refused.kind is Refusal.WRONG
    form.refuse(field, NOT_YOUR_PASSWORD if wrong else what_to_do(refused))
