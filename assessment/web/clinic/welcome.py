"""The page after setting up: what was filled in from the country, and what to do first."""

from __future__ import annotations

from dataclasses import dataclass

import phonenumbers
from werkzeug.wrappers import Response

from assessment.exports.dates import calendar_of
from assessment.exports.typed_times import read_day
from assessment.practice.staff.accounts import SignedIn
from assessment.web.clinic.area import StaffArea
from assessment.web.clinic.pages import StaffPage

DONE = {"welcome": "Your clinic is set up."}
OF_THIS_SITE = "The ones for this site. Please enter those for your country"
NONE_KNOWN = "None filled in"


@dataclass(frozen=True, slots=True, kw_only=True)
class WelcomePage(StaffPage):
    """`welcome.html`. `filled` are pairs of what it is and what was filled in."""

    filled: tuple[tuple[str, str], ...]


class Welcome:
    """The view; it takes who is signed in, an owner."""

    def __init__(self, area: StaffArea) -> None:
        self._area = area

    def show(self, who: SignedIn) -> Response:
        """Show what the country gave, for the owner to check."""
        page = WelcomePage(
            title="Your clinic is ready",
            section="today",
            narrow=True,
            notice=self._area.just_done(DONE),
            filled=self._filled(who),
        )
        return self._area.page("welcome.html", page, who)

    def _filled(self, who: SignedIn) -> tuple[tuple[str, str], ...]:
        clinic, now = who.clinic, int(self._area.clock())
        calendar = calendar_of(clinic.time_zone)
        third = read_day("3/4/2030", clinic.country, calendar.date(now))
        typed = "3 April" if third.day == 3 else "March 4"
        return (
            ("Emergency", clinic.emergency_numbers or OF_THIS_SITE),
            ("Same-day doctor", clinic.same_day_numbers or NONE_KNOWN),
            ("Time", f"{calendar.place}: it is {calendar.time(now)}"),
            ("Dates you type", f"3/4 is {typed}"),
            ("Telephone numbers", _telephone(clinic.country)),
        )


def _telephone(country: str | None) -> str:
    code = phonenumbers.country_code_for_region(country) if country else 0
    return (
        f"If there is no country code, we add +{code}"
        if code
        else "Type them with the country code"
    )
