"""How the staff of a clinic sign in, as its owner chose."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from werkzeug.wrappers import Response

from assessment.practice.staff.accounts import SignedIn
from assessment.web.clinic.area import StaffArea
from assessment.web.clinic.denials import denied
from assessment.web.clinic.fields import StaffForm, Tick
from assessment.web.clinic.pages import StaffPage
from assessment.web.html.render import go_to
from assessment.web.server.logs import Event, tell

HOME = "/clinic/settings/sign-in"
DONE = {"saved": "Your choice has been saved."}


class SignInRulesForm(StaffForm):
    """Whether everybody needs a second factor."""

    needs_factor = Tick(
        "Everyone here signs in with a second step",
        hint="A code from an app, or a passkey. Anyone who has neither must set one up first.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRulesPage(StaffPage):
    """`sign_in_rules.html`. `without` counts those who have no second factor yet."""

    form: SignInRulesForm
    without: int


class SignInRules:
    """The views; owners only."""

    def __init__(self, area: StaffArea) -> None:
        self._area = area
        self._colleagues = area.practice.colleagues

    def show(self, who: SignedIn) -> Response:
        """Show what was chosen."""
        everybody = self._colleagues.everybody(who)
        page = SignInRulesPage(
            title="How your staff sign in", section="settings", narrow=True,
            notice=self._area.just_done(DONE),
            form=SignInRulesForm(data={"needs_factor": who.clinic.needs_factor}),
            without=sum(not one.has_factor for one in everybody),
        )  # fmt: skip
        return self._area.page("sign_in_rules.html", page, who)

    def change(self, who: SignedIn) -> Response:
        """Require a second factor, or no longer."""
        form = SignInRulesForm(request.form)
        with denied():
            self._colleagues.require_factor(who, needs_factor=bool(form.needs_factor.data))
        tell(Event.SIGN_IN_RULES_CHANGED)
        return go_to(f"{HOME}?done=saved")
