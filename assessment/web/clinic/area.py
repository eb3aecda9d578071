"""What every staff view is made with: pages, and the guard in front of the views.

A view is denied unless somebody is signed in, and takes who that is as its first argument. A form
is taken only with the token of their session. What was typed into a form is never lost: a session
that has ended, or a page that is out of date, costs one more press.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from urllib.parse import quote

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import Forbidden, HTTPException, NotFound
from werkzeug.wrappers import Response

from assessment.exports.typesetters import Busy
from assessment.practice.practice import Practice
from assessment.practice.staff.accounts import SignedIn
from assessment.records.refusals import Unavailable
from assessment.web.clinic import error_pages, unsent_form
from assessment.web.clinic.cookies import StaffCookies, is_same
from assessment.web.clinic.device import Devices
from assessment.web.clinic.fields import SignInForm, StaffForm
from assessment.web.clinic.flash import notice, told_once
from assessment.web.clinic.pages import OpenFormPage, StaffPage, UnsentFormPage
from assessment.web.clinic.templates import ClinicTemplates, reply
from assessment.web.html.pages import Site
from assessment.web.html.render import go_to
from assessment.web.server.logs import Event, in_places, log, tell
from assessment.web.server.settings import Settings

View = Callable[..., Response]
SIGN_IN = "/clinic/sign-in"
SET_UP_FACTOR = "/clinic/account/second-step"
"""Where a second factor is set up."""
SIGNED_OUT = "You have been signed out. Sign in again to carry on."
KEPT = f"{SIGNED_OUT} We have kept what you typed."
NOT_YOURS = (
    "What was typed on that page belongs to another account. It was not sent, and only that "
    "account can see it: sign in with it to carry on."
)
PAGE_CLOSED = (
    "The page you were on was closed, because it was not used for a while. Press Continue "
    "to send what you typed."
)
OUT_OF_DATE = "This page was out of date. Nothing is lost. Press Continue to send what you typed."


class StaffArea:
    """Shows pages of the clinic area, and lets nobody in who is not signed in.

    `key` seals what waits in a cookie, `clock` gives Unix time.
    """

    def __init__(
        self,
        practice: Practice,
        settings: Settings,
        site: Site,
        key: bytes,
        clock: Callable[[], float],
    ) -> None:
        self.practice = practice
        self.settings = settings
        self.key = key
        self.clock = clock
        self.cookies = StaffCookies(settings)
        self.devices = Devices(settings, key, clock)
        self.templates = ClinicTemplates(site)
        self.unsent_forms = unsent_form.UnsentForms(key, clock)
        self._error_pages = error_pages.ready_pages(self.templates)

    def page(
        self,
        template: str,
        page: StaffPage,
        who: SignedIn | None,
        status: int = 200,
        *,
        unread: int | None = None,
    ) -> Response:
        """Return a page; `template` is a name in templates/clinic, such as `account.html`.

        `unread` is how many urgent responses nobody has read, where that is known already.
        """
        idle = 0 if who is None else who.idle_ends - int(self.clock())
        if unread is None:
            unread = self._unread(who)
        return reply(self.templates.text(template, page, who, unread=unread, idle=idle), status)

    def _unread(self, who: SignedIn | None) -> int:
        return 0 if who is None or who.lacks_factor else self.practice.inbox.unread_urgent(who)

    def just_done(self, words: Mapping[str, str]) -> str | None:
        """Return what a page tells that was just done, once."""
        return notice(self.cookies, words)

    def error_page(self, status: int) -> Response:
        """Return the page that explains an error."""
        return error_pages.response(self._error_pages, status)

    def here(self, *, used: bool = True) -> SignedIn | None:
        """Return who sent the request at hand, if they are signed in.

        Not `used`: it was sent by a page that closed, and by nobody.
        """
        token = self.cookies.token()
        return self.practice.accounts.session(token, used=used) if token else None

    def protect(
        self,
        view: View,
        form: Callable[[], MultiDict[str, str]] = lambda: request.form,
        *,
        owners_only: bool = True,
        is_use: bool = True,
        sets_up: bool = False,
    ) -> View:
        """Return the view for people who are signed in, or `owners_only`: `view(who, **args)`.

        Whoever still has to set up a second factor opens only what `sets_up` one. On a POST the
        form must hold the token of the session; `form` reads it, where that is not done as usual.
        Not `is_use`: a page asks by itself, which keeps no session alive.
        """

        @wraps(view)
        def guarded(**args: str) -> Response:
            closing = unsent_form.is_closing()
            who = self.here(used=is_use and not closing)
            if who is None:
                return self.cookies.emptied(self._ask_to_sign_in())
            if request.method == "POST" and not is_same(
                form().get("csrf_token", ""), who.form_token
            ):
                tell(Event.FORM_REFUSED)
                return self.out_of_date(who)
            if who.lacks_factor and not sets_up:
                return go_to(SET_UP_FACTOR)
            if closing:
                return self._unsent(who)
            if owners_only and not who.therapist.is_owner:
                tell(Event.DENIED)
                raise Forbidden
            try:
                return view(who, **args)
            except NotFound:
                tell(Event.NOT_THERE)
                raise

        return guarded

    def safe(self, view: View) -> View:
        """Return the view with every error answered by a page of the clinic area."""

        @wraps(view)
        def answered(**args: str) -> Response:
            try:
                return told_once(self.cookies, view(**args))
            except HTTPException as error:
                return self.error_page(error.code or 500)
            except Busy:
                return error_pages.no_pdf(self._error_pages)
            except Unavailable as away:
                log.error("clinic: the database is away: %s", away)
                return self._failed(503)
            except Exception as error:  # whatever it is, the person gets a page
                log.error("%s", in_places(error))
                return self._failed(500)

        return answered

    def open_form(
        self, template: str, title: str, form: StaffForm, status: int = 200, **more: object
    ) -> Response:
        """Return the page of a form that people without a session may send."""
        token = self.cookies.form_token()
        page = OpenFormPage(
            title=title, form=form, token=token, problems=form.problems, **more,  # type: ignore[arg-type]  # as the page has them
        )  # fmt: skip
        return self.cookies.with_form_token(self.page(template, page, None, status), token)

    def press_again(
        self, what: unsent_form.UnsentForm, who: SignedIn, notice: str, status: int = 200
    ) -> Response:
        """Return the page that sends, after one more press, what was typed."""
        page = UnsentFormPage(title="Send what you typed", notice=notice, unsent=what)
        return self.page("unsent_form.html", page, who, status)

    def out_of_date(self, who: SignedIn) -> Response:
        """Answer a form that came without the token of the session: nothing of it is done yet.

        Another session of theirs made it, or that of somebody else, or nobody at all.
        """
        what = unsent_form.from_request()
        if what is None or not what.account:
            return self.error_page(400)
        if what.account != who.account:
            return self.not_yours(self.unsent_forms.sealed(what), 400)
        return self.press_again(what, who, OUT_OF_DATE, 400)

    def not_yours(self, sealed: str, status: int = 200) -> Response:
        """Return the page for what somebody else typed: it shows nothing of it."""
        return self.open_form(
            "sign_in.html", "Sign in", SignInForm(), status,
            notice=NOT_YOURS, unsent=sealed, is_others=True,
        )  # fmt: skip

    def _unsent(self, who: SignedIn) -> Response:
        """Offer what stood in a form whose page closed while they were signed in elsewhere."""
        what = unsent_form.from_request()
        return go_to("/clinic") if what is None else self.press_again(what, who, PAGE_CLOSED)

    def _failed(self, status: int) -> Response:
        """Explain that we failed; of a form that was sent, keep what was typed."""
        if request.method != "POST":
            return self.error_page(status)
        try:
            what = unsent_form.to_try_again(int(self.clock()))
            token = "" if what is None else request.form.get("csrf_token", "")
            return error_pages.try_again(self.templates, status, what, token)
        except Exception as error:  # a form that cannot be read, for one: they still get a page
            log.error("%s", in_places(error))
            return self.error_page(status)

    def _ask_to_sign_in(self) -> Response:
        if request.method != "POST":
            address = unsent_form.local_address(request.full_path.removesuffix("?"))
            return go_to(f"{SIGN_IN}?next={quote(address)}")
        what = unsent_form.from_request()
        sealed = "" if what is None else self.unsent_forms.sealed(what)
        return self.open_form(
            "sign_in.html", "Sign in", SignInForm(), 401,
            notice=KEPT if sealed else SIGNED_OUT, unsent=sealed, signed_out=True,
        )  # fmt: skip
