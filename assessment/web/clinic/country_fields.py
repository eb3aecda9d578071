"""Where a clinic is: the two fields that ask for it, at set-up and in the settings."""

from __future__ import annotations

from wtforms import Field, Form, ValidationError

from assessment.practice.staff.countries import countries, only_zone, zones
from assessment.web.clinic.fields import Choice

COUNTRIES = (("", "Choose a country"), *countries())
ZONES = (("", "The time zone of your country"), *zones())


def _country(_: Form, field: Field) -> None:
    if not field.data or field.data not in dict(COUNTRIES):
        raise ValidationError("Choose the country of your clinic")


def _time_zone(form: Form, field: Field) -> None:
    """Fill in the zone of a country that has one; refuse what is none."""
    country = form["country"].data
    if not country:
        return  # it is asked for first
    field.data = field.data or only_zone(country) or ""
    if not field.data:
        raise ValidationError("Choose a time zone: your country has several")
    if field.data not in dict(ZONES):
        raise ValidationError("Choose one of these time zones")


def country() -> Choice:
    """Return the field for the country."""
    return Choice(
        "Country", COUNTRIES, [_country],
        "For telephone numbers, and the numbers for help.",
    )  # fmt: skip


def time_zone() -> Choice:
    """Return the field for the time zone; `country` stands beside it."""
    return Choice("Time zone", ZONES, [_time_zone])
