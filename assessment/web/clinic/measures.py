"""Whether a clinic asks for short measures, and when again: an owner's choice."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from werkzeug.wrappers import Response
from wtforms import Field, Form, ValidationError

from assessment.practice.staff.accounts import SignedIn
from assessment.web.clinic.area import StaffArea
from assessment.web.clinic.denials import denied
from assessment.web.clinic.fields import Choice, StaffForm, Tick
from assessment.web.clinic.pages import StaffPage
from assessment.web.html.render import go_to
from assessment.web.server.logs import Event, tell

HOME = "/clinic/settings/measures"
DONE = {"saved": "Your choice has been saved."}
DAYS = (1, 2, 3, 5, 7, 14)
"""After how many days a clinic can ask again."""


def chosen(form: Form, field: Field) -> None:
    """Refuse what is not offered."""
    if field.data not in dict(field.options):
        raise ValidationError("Choose one")


class MeasuresForm(StaffForm):
    """Whether clients are asked, and after how many days again."""

    asks = Tick(
        "Ask invited clients how their pain is, and what is hard to do",
        hint="At the end of your questions, before they press Send. They can skip it.",
    )
    after = Choice(
        "Ask again by email",
        (
            ("", "Never"),
            *((str(one), f"{one} day{'s' if one > 1 else ''} after the visit") for one in DAYS),
        ),
        [chosen],
        "Only if you gave the time of the visit and an email address, and their answers did "
        "not send them to a doctor first.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuresPage(StaffPage):
    """`measures.html`. `can_mail`: there is a mail server, so that a second link can go out."""

    form: MeasuresForm
    can_mail: bool


class MeasuresPages:
    """The views; owners only."""

    def __init__(self, area: StaffArea) -> None:
        self._area = area
        self._clinics = area.practice.clinics
        self._outbox = area.practice.outbox

    def show(self, who: SignedIn) -> Response:
        """Show what was chosen."""
        after = who.clinic.measures_after
        data = {"asks": who.clinic.asks_measures, "after": str(after) if after else ""}
        return self._page(who, MeasuresForm(data=data))

    def change(self, who: SignedIn) -> Response:
        """Ask, or no longer."""
        form = MeasuresForm(request.form)
        if not form.validate():
            return self._page(who, form, 422)
        after = int(form.after.data) if form.after.data else None
        with denied():
            self._clinics.set_measures(who, asks=bool(form.asks.data), after=after)
        tell(Event.SETTINGS_CHANGED)
        return go_to(f"{HOME}?done=saved")

    def _page(self, who: SignedIn, form: MeasuresForm, status: int = 200) -> Response:
        page = MeasuresPage(
            title="Pain and activities", section="settings", narrow=True,
            notice=self._area.just_done(DONE), problems=form.problems,
            form=form, can_mail=self._outbox.can_mail,
        )  # fmt: skip
        return self._area.page("measures.html", page, who, status)
