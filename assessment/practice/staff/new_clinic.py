"""A clinic as it is set up: its address, and what is chosen for it until somebody does."""

from __future__ import annotations

import re
import unicodedata

from assessment.practice.staff import help_numbers
from assessment.records import clinics
from assessment.records.ids import ClinicId, new_id
from assessment.records.model import Clinic
from assessment.records.transactions import Transaction, alone

INVITATION_DAYS = 7
REMIND_AFTER = 2
"""Days until a client is reminded, unless the clinic chooses otherwise."""

_LONGEST_SLUG = 40


def slug_of(name: str) -> str:
    """Return a clinic's name as a part of an address: a-z, 0-9 and hyphens only."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return words[:_LONGEST_SLUG].strip("-") or "clinic"


def add_clinic(
    tx: Transaction, name: str, country: str | None, time_zone: str | None, now: int
) -> Clinic:
    """Add a clinic, with an address that no other has."""
    slug = wanted = slug_of(name)
    number = 1
    alone(tx, "addresses of clinics")
    while clinics.by_slug(tx, slug) is not None:
        number += 1
        slug = f"{wanted}-{number}"
    made = Clinic(
        id=ClinicId(new_id()),
        slug=slug,
        name=name,
        phone=None,
        booking_url=None,
        accent=None,
        emergency_numbers=help_numbers.emergency(country),
        same_day_numbers=help_numbers.same_day(country),
        language="en",
        invitation_days=INVITATION_DAYS,
        logo_type=None,
        revision=1,
        created_at=now,
        country=country,
        time_zone=time_zone,
        remind_after=REMIND_AFTER,
        remind_before=True,
    )
    clinics.add(tx, made)
    return made
