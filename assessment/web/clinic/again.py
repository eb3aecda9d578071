"""The password again, or a passkey, before what is sensitive: routes say so with `again`.

It counts for five minutes. What was sent waits in the page that asks, and goes on with the same
press that sends the password.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps

from flask import after_this_request, request
from werkzeug.wrappers import Response

from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.web.clinic import unsent_form
from assessment.web.clinic.area import StaffArea, View
from assessment.web.clinic.fields import Secret, StaffForm, required
from assessment.web.clinic.pages import StaffPage
from assessment.web.clinic.passkey_offers import PasskeyOffers, answer
from assessment.web.clinic.refusal_texts import NOT_YOUR_PASSWORD, what_to_do
from assessment.web.clinic.unsent_form import UnsentForm
from assessment.web.server.logs import Event, tell


class AgainForm(StaffForm):
    """The password of whoever is signed in."""

    again_password = Secret("Your password", [required("Enter your password")])


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainPage(StaffPage):
    """`again.html`: asks for the password, and holds what was sent."""

    form: AgainForm
    unsent: UnsentForm


class Again:
    """Stands before views that need the password of the last minutes."""

    def __init__(self, area: StaffArea) -> None:
        self._area = area
        self._accounts = area.practice.accounts
        self._passkeys = area.practice.passkeys
        self._offers = PasskeyOffers(area)

    def before(self, view: View) -> View:
        """Return the view `view(who, **args)`, which is reached with a fresh password only."""

        @wraps(view)
        def asked(who: SignedIn, **args: str) -> Response:
            if self._accounts.is_fresh(who):
                return view(who, **args)
            what = unsent_form.as_sent()
            if what is None:
                return self._area.error_page(413)
            form = AgainForm(request.form)
            if not (answer() or "again_password" in request.form):
                return self._page(who, AgainForm(), what, 200)
            if not (answer() or form.validate()):
                return self._page(who, form, what, 422)
            try:
                token = self._taken(who, form)
            except Refused as refused:
                return self._refused(who, form, what, refused)
            tell(Event.CONFIRMED)
            fresh = self._accounts.session(token)
            if fresh is None:  # it was ended elsewhere in this moment
                return self._area.error_page(403)
            # Whatever the view answers, an error too: the old secret opens nothing any more.
            after_this_request(lambda response: self._area.cookies.opened(response, token))
            return view(fresh, **args)

        return asked

    def _taken(self, who: SignedIn, form: AgainForm) -> str:
        """Return the new secret of the session. Raises Refused."""
        if not answer():
            return self._accounts.confirm(who, form.again_password.data)
        place, challenge = self._offers.place(), self._offers.challenge()
        return self._passkeys.confirm(who, place, challenge, answer())

    def _refused(
        self, who: SignedIn, form: AgainForm, what: UnsentForm, refused: Refused
    ) -> Response:
        tell(Event.CREDENTIAL_REFUSED)
        wrong = refused.kind is Refusal.WRONG
        form.refuse("again_password", NOT_YOUR_PASSWORD if wrong else what_to_do(refused))
        return self._page(who, form, what, 429 if refused.kind is Refusal.WAIT else 422)

    def _page(self, who: SignedIn, form: AgainForm, what: UnsentForm, status: int) -> Response:
        held = self._area.practice.factors.held(who)
        page = AgainPage(
            title="Confirm it is you", narrow=True, problems=form.problems, form=form, unsent=what,
            passkey=self._offers.offer() if held.passkeys else None,
        )  # fmt: skip
        return self._area.page("again.html", page, who, status)
