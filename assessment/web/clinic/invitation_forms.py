"""The forms of invitations: a new one, and where its link is sent."""

from __future__ import annotations

import re

from wtforms import Field, Form, ValidationError

from assessment.exports.phones import phone_in_words, read_phone
from assessment.practice.post.issuing import Details
from assessment.practice.post.visits import BadVisit, read_visit
from assessment.practice.responses.reach import Reach
from assessment.records.model import LONGEST_CLIENT_NAME, Clinic
from assessment.web.clinic.fields import (
    Choice,
    Email,
    LongText,
    StaffForm,
    Text,
    Tick,
    a_name,
    at_most,
    required,
)
from assessment.web.clinic.fields import email as an_address
from assessment.web.clinic.settings_pages import LANGUAGES, language
from assessment.web.clinic.settings_pages import days as number_of_days

LONGEST_NOTE = 500

_BREAKS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")


def on_one_line(_: Form, field: Field) -> None:
    """Refuse line breaks and the like, with which somebody could forge the head of a mail."""
    if _BREAKS.search((field.raw_data or [""])[0].strip()):
        raise ValidationError("Use one line, with letters, numbers and common symbols")


def telephone(form: Form, field: Field) -> None:
    """Refuse what is no telephone number, read as in the country of the clinic."""
    try:
        form.phone_kept = read_phone(field.data, form.clinic.country) if field.data else None
    except ValueError:
        raise ValidationError("Enter a telephone number, such as +44 7700 900123") from None


def visit_day(form: Form, field: Field) -> None:
    """Refuse a day on which no visit can be, and read the visit."""
    try:
        form.visit_at = read_visit(field.data, form["visit_time"].data, form.clinic, form.now)
    except BadVisit as bad:
        form.bad_time = None if bad.in_day else str(bad)
        if bad.in_day:
            raise ValidationError(str(bad)) from None


def visit_time(form: Form, _: Field) -> None:
    """Refuse a time at which no visit can be; the field of the day comes first."""
    if form.bad_time is not None:
        raise ValidationError(form.bad_time)


class InvitationForm(StaffForm):
    """A new invitation, made at `clinic` at the time `now` (Unix seconds).

    Of somebody who is known, `name` is removed; where no mail can be sent, `send`; where one
    language is offered, `language`. `phone_kept` and `visit_at` are what is stored; known after
    `validate`.
    """

    clinic: Clinic
    now: int
    phone_kept: str | None = None
    visit_at: int | None = None
    bad_time: str | None = None

    name = Text(
        "Name or initials",
        [
            a_name("Enter a name or initials"),
            at_most(LONGEST_CLIENT_NAME, "The name"),
            on_one_line,
        ],
        hint="As shown in your inbox.",
    )
    email = Email(
        "Email address (optional)",
        [on_one_line, an_address],
        hint="To email them the link.",
    )
    send = Tick("Send it by email now")
    phone = Text(
        "Mobile number (optional)",
        [telephone],
        hint="To text them the link.",
    )
    visit_day = Text("Day of the visit (optional)", [visit_day])
    visit_time = Text("Time of the visit (optional)", [visit_time])
    language = Choice("Language", LANGUAGES, [language])
    days = Text(
        "Days the link will work", [number_of_days], hint="It works on the day of the visit, too."
    )
    note = LongText(
        "Note for yourself (optional)",
        [at_most(LONGEST_NOTE, "The note")],
        hint="Your client never sees it.",
    )

    def details(self) -> Details:
        """Return what was said of the visit; known after `validate`."""
        chosen = self.language.data if "language" in self else None
        return Details(self.visit_at, self.phone_kept or "", chosen)

    @property
    def sends(self) -> bool:
        """Whether the link shall be sent by mail at once."""
        return "send" in self and bool(self.send.data)


def first_values(clinic: Clinic, known: Reach) -> dict[str, object]:
    """Return what a new invitation holds at first, of somebody who is reached in this way."""
    return {
        "email": known.email, "phone": phone_in_words(known.phone),
        "days": str(clinic.invitation_days), "send": True,
    }  # fmt: skip


class MailForm(StaffForm):
    """Where a link is sent."""

    email = Email("Email address", [required("Enter an email address"), on_one_line, an_address])

    def tell(self, fault: str) -> None:
        """Tell why the last mail was not sent, if it was not."""
        if fault:
            self.refuse("email", fault)
