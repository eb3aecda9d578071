"""Signing in and out, and staying."""

from __future__ import annotations

from urllib.parse import quote

from flask import request
from werkzeug.wrappers import Response

from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.web.clinic import unsent_form
from assessment.web.clinic.area import SIGN_IN, StaffArea
from assessment.web.clinic.cookies import is_same
from assessment.web.clinic.fields import SignInForm
from assessment.web.clinic.pages import MessagePage
from assessment.web.clinic.refusal_texts import what_to_do
from assessment.web.html.render import go_to
from assessment.web.server.logs import Event, tell

PRESS_AGAIN = (
    "This page was out of date. Please try again. If you see this each time, your browser keeps "
    "no cookies: please allow them for this site."
)
SIGNED_IN_AGAIN = "You are signed in again. Press Continue to send what you typed."
DONE = {
    "out": "You are signed out.",
    "password": "Your new password is set. Sign in with it.",
}
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Macintosh", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux"),
)  # fmt: skip


class SignIn:
    """Signing in and out."""

    def __init__(self, area: StaffArea) -> None:
        self._area = area
        self._accounts = area.practice.accounts

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
        response = self._signed_in(token, wanted, what)
        return self._area.devices.remember(response, form.email.data)

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
            lines=("Nothing was done on it for a while. You are still signed in.",),
            way_on=wanted,
            way_on_text="Open it again",
        )
        return self._area.page("message.html", page, None)

    def _signed_in(self, token: str, wanted: str, sealed: str) -> Response:
        """Go on; what was typed before is shown to whoever typed it, and to nobody else."""
        area, who = self._area, self._accounts.session(token)
        what = area.unsent_forms.opened(sealed)
        if what is None or who is None:
            response: Response = go_to(wanted)
        elif what.account == who.account:
            response = area.press_again(what, who, SIGNED_IN_AGAIN)
        else:
            response = area.not_yours(sealed)
        return area.cookies.opened(response, token)

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
        )


def sign_in(area: StaffArea, email: str, password: str) -> str:
    """Return the secret of a new session, which takes the place of the one at hand.

    Raises Refused. Both ways are logged, without who it was.
    """
    browser = device_at_hand()
    accounts = area.practice.accounts
    address, device = request.remote_addr or "", area.devices.known(email)
    try:
        token = accounts.sign_in(email, password, address, browser, device)
    except Refused as refused:
        waits = refused.kind is Refusal.WAIT
        tell(Event.SIGN_IN_SLOWED if waits else Event.SIGN_IN_REFUSED)
        raise
    tell(Event.SIGNED_IN)
    old = area.cookies.token()
    if old:
        accounts.sign_out(old)
    return token


def device_at_hand() -> str:
    """Return the kind of device that sent the request at hand, in words."""
    return browser_in_words(request.headers.get("User-Agent", ""))


def browser_in_words(user_agent: str) -> str:
    """Return words such as "Firefox on Windows", for the list of sessions.

    Nothing else of what a browser says of itself is kept.
    """
    browser = _named(user_agent, _BROWSERS) or "A browser"
    system = _named(user_agent, _SYSTEMS)
    return f"{browser} on {system}" if system else browser


def _named(text: str, names: tuple[tuple[str, str], ...]) -> str | None:
    return next((name for part, name in names if part in text), None)
