"""What a clinic chooses for itself. Its owner changes it, everybody there can read it."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace

from flask import request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response
from wtforms import Field, Form, ValidationError

from assessment.exports.dates import calendar_of
from assessment.exports.phones import phone_in_words, read_phone
from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.clinics import Choices
from assessment.records.model import LARGEST_LOGO, LONGEST_NAME, Clinic
from assessment.records.pictures import MOST_PIXELS
from assessment.web.clinic import country_fields
from assessment.web.clinic.area import StaffArea
from assessment.web.clinic.fields import Choice, Problem, StaffForm, Text, Tick, a_name, at_most
from assessment.web.clinic.pages import StaffPage
from assessment.web.clinic.upload import uploaded
from assessment.web.html.render import go_to
from assessment.web.server.logs import Event, tell
from assessment.web.server.setting_values import read_booking_url, read_numbers
from assessment.web.server.settings import ACCENT

HOME = "/clinic/settings"
LANGUAGES = (("en", "English"),)
MOST_DAYS = 90
DONE = {
    "saved": "Your settings have been saved.",
    "logo": "Your logo has been saved.",
    "no-logo": "Your logo has been removed.",
}
REMIND_AFTER = (
    ("", "No reminder"),
    ("1", "1 day later"),
    ("2", "2 days later"),
    ("3", "3 days later"),
)
_LONGEST_NUMBERS = 300
_LONGEST_ADDRESS = 500
BAD_LOGO = (
    f"Choose a PNG, JPEG or WebP picture of at most {LARGEST_LOGO // 1000} kB "
    f"and {MOST_PIXELS} by {MOST_PIXELS} pixels"
)


def phone(form: Form, field: Field) -> None:
    """Refuse what is no telephone number, read as in the country that was chosen."""
    try:
        form.phone_kept = read_phone(field.data, form["country"].data) if field.data else None
    except ValueError:
        raise ValidationError(
            "Enter a telephone number with its area code, such as +44 20 7946 0000"
        ) from None


def accent(_: Form, field: Field) -> None:
    """Refuse what is no colour."""
    if field.data and not re.fullmatch(ACCENT, field.data):
        raise ValidationError("Enter a colour, such as #0b6e63")


def booking_url(_: Form, field: Field) -> None:
    """Refuse what is no address of a page."""
    try:
        field.data = read_booking_url(field.data) if field.data else ""
    except ValueError:
        raise ValidationError("Enter an address that starts with https://") from None


def numbers(_: Form, field: Field) -> None:
    """Refuse what is no list of numbers with the places where they work."""
    try:
        read_numbers(field.data) if field.data else ()
    except ValueError:
        raise ValidationError(
            "Enter each number and where it works, with commas between: 112 Europe, 999 UK"
        ) from None


def days(_: Form, field: Field) -> None:
    """Refuse what is no number of days, in the digits of any script."""
    is_number = field.data.isdecimal() and len(field.data) <= 2
    if not is_number or not 1 <= int(field.data) <= MOST_DAYS:
        raise ValidationError(f"Enter a number of days from 1 to {MOST_DAYS}")


def language(_: Form, field: Field) -> None:
    """Refuse a language that is not offered."""
    if field.data not in dict(LANGUAGES):
        raise ValidationError("Choose one of these languages")


def remind_after(_: Form, field: Field) -> None:
    """Refuse a time that is not offered."""
    if field.data not in dict(REMIND_AFTER):
        raise ValidationError("Choose one of these times")


class SettingsForm(StaffForm):
    """Everything that the owner can change, but the logo.

    `phone_kept` is the number as it is stored; known after `validate`.
    """

    phone_kept: str | None = None

    name = Text(
        "Name of the clinic",
        [a_name("Enter the name of the clinic"), at_most(LONGEST_NAME, "The name")],
    )
    country = country_fields.country()
    time_zone = country_fields.time_zone()
    phone = Text("Telephone", [phone], "Shown to clients whose result suggests a massage.")
    booking_url = Text(
        "Booking page", [at_most(_LONGEST_ADDRESS, "The address"), booking_url],
        "The full address. Shown to clients whose result suggests massage, never in an emergency.",
    )  # fmt: skip
    accent = Text(
        "Colour", [accent],
        "Such as #0b6e63, for links and buttons. Leave it empty for ours. We adjust it if text "
        "would be hard to read.",
    )  # fmt: skip
    emergency_numbers = Text(
        "Emergency numbers", [at_most(_LONGEST_NUMBERS, "The list"), numbers],
        "Say where each one works: 112 Europe, 999 UK. Leave it empty to use those of this site.",
    )  # fmt: skip
    same_day_numbers = Text(
        "Numbers for a same-day doctor", [at_most(_LONGEST_NUMBERS, "The list"), numbers],
        "Written the same way: 111 Great Britain. Leave it empty if your country has none.",
    )  # fmt: skip
    invitation_days = Text("Days a link works", [days], f"1 to {MOST_DAYS}, for new invitations.")
    language = Choice("Language of new invitations", LANGUAGES, [language])
    remind_after = Choice(
        "Reminder after the first email", REMIND_AFTER, [remind_after],
        "Only for those who got their link by email and have not answered; never at night.",
    )  # fmt: skip
    remind_before = Tick("Remind clients the day before their visit, too")

    def choices(self) -> Choices:
        """Return what was chosen; known after `validate`."""
        return Choices(
            name=self["name"].data,
            phone=self.phone_kept,
            booking_url=self.booking_url.data or None,
            accent=self.accent.data.lower() or None,
            emergency_numbers=self.emergency_numbers.data or None,
            same_day_numbers=self.same_day_numbers.data or None,
            language=self.language.data,
            invitation_days=int(self.invitation_days.data),
            country=self.country.data,
            time_zone=self.time_zone.data,
            remind_after=int(self.remind_after.data) if self.remind_after.data else None,
            remind_before=bool(self.remind_before.data),
        )


@dataclass(frozen=True, slots=True)
class More:
    """A page of further settings: its address and name, and in one line what it is for."""

    address: str
    name: str
    what_for: str


MORE = (
    More("/clinic/colleagues", "Colleagues", "Invite them, and choose who sees what."),
    More(
        "/clinic/settings/questions", "Your own questions",
        "Ask your clients something more.",
    ),
    More(
        "/clinic/settings/words", "Your own words",
        "Greet your clients, and tell them what to bring.",
    ),
    More(
        "/clinic/settings/measures", "Pain and activities",
        "Ask how a client is before a visit, and some days after it.",
    ),
    More("/clinic/settings/sign-in", "Sign-in", "Require a second step, besides the password."),
    More(
        "/clinic/settings/keeping", "How long to keep things",
        "Choose when answers are erased.",
    ),
    More("/clinic/audit", "Audit log", "See who looked at what, and when."),
    More(
        "/clinic/settings/keys", "API keys",
        "Let your booking system make the links.",
    ),
    More(
        "/clinic/settings/webhooks", "Webhooks",
        "Let your booking system know when a client has answered.",
    ),
)  # fmt: skip
"""What else an owner chooses, each on a page of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPage(StaffPage):
    """`settings.html`. `logo` is the address of the logo; its number changes with the logo.

    `preview` is the clinic's public address. `unplaced` is what its times are in while nobody has
    chosen a time zone.
    """

    form: SettingsForm
    unplaced: str | None
    logo: str | None
    logo_error: str | None
    preview: str
    more: tuple[More, ...] = MORE


class SettingsPages:
    """The settings of a clinic."""

    def __init__(self, area: StaffArea) -> None:
        self._area = area
        self._clinics = area.practice.clinics

    def show(self, who: SignedIn) -> Response:
        """Show the settings."""
        return self._page(who, notice=self._area.just_done(DONE))

    def change(self, who: SignedIn) -> Response:
        """Change the settings."""
        form = SettingsForm(request.form)
        if not form.validate():
            return self._page(who, form, status=422)
        self._clinics.change(who, form.choices())
        tell(Event.SETTINGS_CHANGED)
        return go_to(f"{HOME}?done=saved")

    def change_logo(self, who: SignedIn) -> Response:
        """Take another logo, or remove it."""
        upload = uploaded()
        removed = "remove" in upload.fields
        try:
            if not removed and not upload.data:
                raise ValueError("no file")
            self._clinics.set_logo(who, None if removed else upload.data)
        except ValueError:
            return self._page(who, logo_error=BAD_LOGO, status=422)
        tell(Event.SETTINGS_CHANGED)
        return go_to(f"{HOME}?done={'no-logo' if removed else 'logo'}")

    def logo(self, who: SignedIn) -> Response:
        """Give the logo to the settings page."""
        found = self._clinics.logo(who.clinic.id)
        if found is None:
            raise NotFound
        return Response(found[0], mimetype=found[1])

    def _page(
        self,
        who: SignedIn,
        form: SettingsForm | None = None,
        *,
        notice: str | None = None,
        logo_error: str | None = None,
        status: int = 200,
    ) -> Response:
        clinic = who.clinic
        stored = _as_text(asdict(_to_be_read(clinic)))
        shown = form or SettingsForm(data=stored | {"remind_before": clinic.remind_before})
        page = SettingsPage(
            title="Settings",
            section="settings",
            notice=notice,
            problems=shown.problems + ((Problem("logo", logo_error),) if logo_error else ()),
            form=shown,
            unplaced=None if clinic.time_zone else calendar_of(None).place,
            logo=f"{HOME}/logo?{clinic.revision}" if clinic.logo_type else None,
            logo_error=logo_error,
            preview=f"/c/{clinic.slug}",
        )
        return self._area.page("settings.html", page, who, status)


def _to_be_read(clinic: Clinic) -> Clinic:
    phone = clinic.phone
    return clinic if phone is None else replace(clinic, phone=phone_in_words(phone, clinic.country))


def _as_text(values: dict[str, object]) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in values.items()}
