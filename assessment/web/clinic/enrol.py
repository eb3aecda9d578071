"""Setting up a clinic, and choosing a password, each with a one-time code."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from assessment.practice.staff.countries import likely_place
from assessment.practice.staff.first_step import SecondStepNeeded
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.records.model import LONGEST_NAME
from assessment.web.clinic import country_fields
from assessment.web.clinic.area import SIGN_IN, StaffArea
from assessment.web.clinic.fields import (
    Email,
    Secret,
    StaffForm,
    Text,
    a_name,
    at_most,
    email,
    required,
)
from assessment.web.clinic.refusal_texts import PASSWORD_HINT, what_to_do
from assessment.web.clinic.second_step import SecondStepPages
from assessment.web.clinic.sign_in import PRESS_AGAIN, sign_in
from assessment.web.clinic.signed_in import browser_at_hand, go_on
from assessment.web.clinic.today import HOME
from assessment.web.html.render import go_to
from assessment.web.server.logs import Event, tell

NO_CLINIC_MADE = (
    "No clinic was set up. Check the code, or ask for a new one: each works once, for 24 hours. "
    "If you already have an account here, use another email address with the new code"
)


class SetupForm(StaffForm):
    """A new clinic and its owner."""

    code = Text("Code", [required("Enter the code")], "It was shown when the server started.")
    clinic_name = Text(
        "Name of your clinic",
        [a_name("Enter the name of your clinic"), at_most(LONGEST_NAME, "The name")],
    )
    country = country_fields.country()
    time_zone = country_fields.time_zone()
    name = Text(
        "Your name", [a_name("Enter your name"), at_most(LONGEST_NAME, "Your name")],
        "Clients see who will read their answers.",
    )  # fmt: skip
    email = Email("Your email address", [required("Enter your email address"), email])
    password = Secret("Password", [required("Enter a password")], PASSWORD_HINT)


class CodeForm(StaffForm):
    """A new password for an account."""

    email = Email("Your email address", [required("Enter your email address")])
    code = Text(
        "Code", [required("Enter the code")],
        "You got it by email, from an owner of your clinic, or from whoever runs this site.",
    )  # fmt: skip
    password = Secret("New password", [required("Enter a new password")], PASSWORD_HINT)


class Enrol:
    """The pages that take a one-time code."""

    def __init__(self, area: StaffArea) -> None:
        self._area = area
        self._enrolment = area.practice.enrolment
        self._second_step = SecondStepPages(area)

    def setup(self) -> Response:
        """Show the form of a new clinic."""
        country, zone = likely_place(request.accept_languages.values())
        return self._setup_page(SetupForm(data={"country": country, "time_zone": zone}))

    def set_up(self) -> Response:
        """Make a clinic, and sign its owner in."""
        form = SetupForm(request.form)
        if not self._area.cookies.is_own_form():
            return self._setup_page(form, 400, PRESS_AGAIN)
        if not form.validate():
            return self._setup_page(form, 422)
        try:
            self._enrolment.set_up(
                form.code.data, form.clinic_name.data, form.name.data,
                form.email.data, form.password.data,
                country=form.country.data, time_zone=form.time_zone.data, device=browser_at_hand(),
            )  # fmt: skip
        except Refused as refused:
            _explain(form, refused, NO_CLINIC_MADE)
            return self._setup_page(form, 422)
        tell(Event.CLINIC_SET_UP)
        try:
            token = sign_in(self._area, form.email.data, form.password.data, is_new=True)
        except Refused:  # too many tries from this place, or by somebody with this address
            return go_to(SIGN_IN)
        response = self._area.cookies.opened(go_to("/clinic/settings/keeping?done=welcome"), token)
        return self._area.devices.remember(response, form.email.data)

    def code(self) -> Response:
        """Show the form of a new password."""
        return self._code_page(CodeForm())

    def set_password(self) -> Response:
        """Take a new password, and sign in with it as on the page for that."""
        form = CodeForm(request.form)
        if not self._area.cookies.is_own_form():
            return self._code_page(form, 400, PRESS_AGAIN)
        if not form.validate():
            return self._code_page(form, 422)
        try:
            self._enrolment.set_password(
                form.email.data, form.code.data, form.password.data, device=browser_at_hand()
            )
        except Refused as refused:
            _explain(form, refused, what_to_do(refused))
            return self._code_page(form, 422)
        tell(Event.CODE_USED)
        email, password = form.email.data, form.password.data
        try:
            token = sign_in(self._area, email, password)
        except Refused:  # too many tries from this place, or they were switched off
            return self._area.cookies.closed(go_to(f"{SIGN_IN}?done=password"))
        except SecondStepNeeded as needed:
            return self._area.cookies.closed(self._second_step.asked(needed.half, email))
        return self._area.cookies.emptied(go_on(self._area, token, email, HOME, ""))

    def _setup_page(
        self, form: SetupForm, status: int = 200, notice: str | None = None
    ) -> Response:
        return self._area.open_form("setup.html", "Set up your clinic", form, status, notice=notice)

    def _code_page(self, form: CodeForm, status: int = 200, notice: str | None = None) -> Response:
        return self._area.open_form("code.html", "Choose a password", form, status, notice=notice)


def _explain(form: StaffForm, refused: Refused, about_code: str) -> None:
    if refused.kind is Refusal.CODE:
        tell(Event.CODE_REFUSED)
        form.refuse("code", about_code)
    else:
        form.refuse("password", what_to_do(refused))
