"""The second step of signing in, on a page of its own; and signing in with a passkey alone.

What the password showed lies sealed in the page, for five minutes; nothing opens with it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from flask import request
from werkzeug.wrappers import Response

from assessment.practice.staff.first_step import HalfWay
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.records.ids import ClinicId, TherapistId
from assessment.web.clinic import unsent_form
from assessment.web.clinic.area import StaffArea
from assessment.web.clinic.fields import SignInForm, StaffForm, Text, required
from assessment.web.clinic.pages import OpenFormPage
from assessment.web.clinic.passkey_offers import PasskeyOffers, answer
from assessment.web.clinic.refusal_texts import what_to_do
from assessment.web.clinic.signed_in import begun, browser_at_hand, go_on
from assessment.web.server.logs import Event, tell
from assessment.web.server.sealed import Sealed

SECONDS = 5 * 60
"""Between the two steps, at most."""
OVER = "That took too long, or your password was changed. Please sign in again."
PRESS_AGAIN = "This page was out of date. Please sign in again."


class SecondStepForm(StaffForm):
    """The code of an app, or a recovery code."""

    code = Text(
        "Code", [required("Enter the code")],
        "The six digits that your app shows now, or one of your recovery codes.",
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondStepPage(OpenFormPage):
    """`second_step.html`. `half` is what the password showed, sealed."""

    half: str


class SecondStepPages:
    """The views after the password; nobody has a session yet."""

    def __init__(self, area: StaffArea) -> None:
        self._area = area
        self._steps = area.practice.second_step
        self._offers = PasskeyOffers(area)
        self._sealed = Sealed(area.key, "between two steps", SECONDS, area.clock)

    def asked(self, half: HalfWay, email: str) -> Response:
        """Ask for the second step, after the password of this address was right."""
        sealed = self._sealed.close({**asdict(half), "email": email})
        return self._page(SecondStepForm(), sealed, 200)

    def take(self) -> Response:
        """Take a code."""
        sealed, form = request.form.get("half", ""), SecondStepForm(request.form)
        if not self._area.cookies.is_own_form():
            tell(Event.FORM_REFUSED)
            return self._begin_again(400, PRESS_AGAIN)
        found = self._sealed.open(sealed)
        if found is None:
            return self._begin_again(401, OVER)
        if not form.validate():
            return self._page(form, sealed, 422)
        half = HalfWay(
            ClinicId(str(found["clinic"])), TherapistId(str(found["therapist"])),
            str(found["shown"]),
        )  # fmt: skip
        email = str(found["email"])
        is_known = self._area.devices.known(email) is not None
        try:
            token = self._steps.take(half, form.code.data, browser_at_hand(), is_known=is_known)
        except Refused as refused:
            return self._refused(form, sealed, refused)
        return self._through(token, email)

    def passkey(self) -> Response:
        """Take a passkey: both steps in one."""
        if not self._area.cookies.is_own_form():
            tell(Event.FORM_REFUSED)
            return self._begin_again(400, PRESS_AGAIN)
        known = self._area.devices.known
        try:
            token, email = self._area.practice.passkeys.sign_in(
                self._offers.place(), self._offers.challenge(), answer(), browser_at_hand(),
                lambda email: known(email) is not None,
            )  # fmt: skip
        except Refused as refused:
            tell(Event.SIGN_IN_REFUSED)
            return self._begin_again(422, what_to_do(refused))
        return self._through(token, email)

    def _through(self, token: str, email: str) -> Response:
        begun(self._area)
        wanted = unsent_form.local_address(request.form.get("next", ""))
        carried = request.form.get(unsent_form.FIELD, "")
        return go_on(self._area, token, email, wanted, carried)

    def _refused(self, form: SecondStepForm, sealed: str, refused: Refused) -> Response:
        if refused.kind is Refusal.OVER:
            return self._begin_again(401, OVER)
        waits = refused.kind is Refusal.WAIT
        tell(Event.SECOND_STEP_SLOWED if waits else Event.SECOND_STEP_REFUSED)
        form.refuse("code", what_to_do(refused))
        page = self._page(form, sealed, 429 if waits else 422)
        if waits:
            page.headers["Retry-After"] = str(refused.wait)
        return page

    def _begin_again(self, status: int, notice: str) -> Response:
        wanted = unsent_form.local_address(request.form.get("next", ""))
        return self._area.open_form(
            "sign_in.html", "Sign in", SignInForm(), status, notice=notice, next=wanted,
            unsent=request.form.get(unsent_form.FIELD, ""), passkey=self._offers.offer(),
        )  # fmt: skip

    def _page(self, form: SecondStepForm, sealed: str, status: int) -> Response:
        token = self._area.cookies.form_token()
        page = SecondStepPage(
            title="Second step", narrow=True, form=form, token=token, half=sealed,
            problems=form.problems, passkey=self._offers.offer(),
            next=unsent_form.local_address(request.form.get("next", "")),
            unsent=request.form.get(unsent_form.FIELD, ""),
        )  # fmt: skip
        shown = self._area.page("second_step.html", page, None, status)
        return self._area.cookies.with_form_token(shown, token)
