"""Signing in and out, and staying."""

from __future__ import annotations

from urllib.parse import quote

from flask import request
from werkzeug.wrappers import Response

from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.first_step import SecondStepNeeded
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.web.clinic import unsent_form
from assessment.web.clinic.area import SIGN_IN, StaffArea
from assessment.web.clinic.cookies import is_same
from assessment.web.clinic.fields import SignInForm
from assessment.web.clinic.pages import MessagePage
from assessment.web.clinic.passkey_offers import PasskeyOffers
from assessment.web.clinic.refusal_texts import what_to_do
from assessment.web.clinic.second_step import SecondStepPages
from assessment.web.clinic.signed_in import begun, browser_at_hand, go_on
from assessment.web.html.render import go_to
from assessment.web.server.logs import Event, tell

PRESS_AGAIN = (
    "This page was out of date. Please try again. If you see this each time, your browser keeps "
    "no cookies: please allow them for this site."
)
DONE = {
    "out": "You are signed out.",
    "password": "Your new password is set. Sign in with it.",
}


class SignIn:
    """Signing in and out."""

    def __init__(self, area: StaffArea) -> None:
        self._area = area
        self._accounts = area.practice.accounts
        self._second_step = SecondStepPages(area)
        self._offers = PasskeyOffers(area)

    def show(self) -> Response:
        """Show the form, or go on where somebody is signed in already."""
        wanted = unsent_form.local_address(request.args.get("next", ""))
        if self._area.here() is not None:
            return go_to(wanted)
        notice = DONE.get(request.args.get("done", ""))
        page = self._page(SignInForm(), 200, notice, wanted, signed_out=True)
        return self._area.cookies.emptied(page)

    def sign_in(self) -> Response:
        """Sign in, then go where they wanted, or offer to send what they had typed."""
        form = SignInForm(request.form)
        wanted = unsent_form.local_address(request.form.get("next", ""))
        what = request.form.get(unsent_form.FIELD, "")
        if not self._area.cookies.is_own_form():
            tell(Event.FORM_REFUSED)
            return self._page(form, 400, PRESS_AGAIN, wanted, what)
        if not form.validate():
            return self._page(form, 422, None, wanted, what)
        try:
            token = sign_in(self._area, form.email.data, form.password.data)
        except Refused as refused:
            form.refuse("email", what_to_do(refused))
            waits = refused.kind is Refusal.WAIT
            page = self._page(form, 429 if waits else 422, None, wanted, what)
            if waits:
                page.headers["Retry-After"] = str(refused.wait)
            return page
        except SecondStepNeeded as needed:
            return self._second_step.asked(needed.half, form.email.data)
        return go_on(self._area, token, form.email.data, wanted, what)

    def sign_out(self) -> Response:
        """End the session, here and on our side."""
        who = self._area.here()
        if who is not None:
            if not is_same(request.form.get("csrf_token", ""), who.form_token):
                return self._area.out_of_date(who)
            self._accounts.end_session(who, who.session.id)
            tell(Event.SIGNED_OUT)
        return self._area.cookies.closed(go_to(f"{SIGN_IN}?done=out"))

    def stay(self, who: SignedIn) -> Response:
        """Do nothing: that the session was used is noted for every page."""
        return Response(status=204)

    def closed(self) -> Response:
        """Take the place of a page that closed when its session was known to end.

        Nobody asked for this, so it never counts as use: else a few open tabs, each closing in its
        turn, would keep a session alive for ever.
        """
        wanted = unsent_form.local_address(request.args.get("next", ""))
        if self._area.here(used=False) is None:
            return self._area.cookies.emptied(go_to(f"{SIGN_IN}?next={quote(wanted)}"))
        page = MessagePage(
            title="This page was closed",
            lines=("It was not used for a while. You are still signed in.",),
            way_on=wanted,
            way_on_text="Open it again",
        )
        return self._area.page("message.html", page, None)

    def _page(
        self,
        form: SignInForm,
        status: int,
        notice: str | None,
        wanted: str,
        sealed: str = "",
        *,
        signed_out: bool = False,
    ) -> Response:
        return self._area.open_form(
            "sign_in.html",
            "Sign in",
            form,
            status,
            notice=notice,
            next=wanted,
            unsent=sealed,
            signed_out=signed_out,
            is_new=self._area.practice.enrolment.setup_needed(),
            passkey=self._offers.offer(),
        )


def sign_in(area: StaffArea, email: str, password: str, *, is_new: bool = False) -> str:
    """Return the secret of a new session, which takes the place of the one at hand.

    `is_new`: the account was made just now. Raises Refused and SecondStepNeeded. Each way is
    logged, without who it was.
    """
    accounts = area.practice.accounts
    address, device = request.remote_addr or "", area.devices.known(email)
    try:
        token = accounts.sign_in(email, password, address, browser_at_hand(), device, is_new=is_new)
    except Refused as refused:
        waits = refused.kind is Refusal.WAIT
        tell(Event.SIGN_IN_SLOWED if waits else Event.SIGN_IN_REFUSED)
        raise
    begun(area)
    return token
