"""What a clinic chooses for itself: its name, how its pages look, whom to call."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import asdict, astuple, dataclass, replace

from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.records import audit, clinics
from assessment.records.acts import Act
from assessment.records.database import Database
from assessment.records.ids import ClinicId
from assessment.records.model import Clinic
from assessment.records.pictures import clean_picture


@dataclass(frozen=True, slots=True)
class Choices:
    """What the owner of a clinic can change. Numbers are text as in the settings."""

    name: str
    phone: str | None
    booking_url: str | None
    accent: str | None
    emergency_numbers: str | None
    same_day_numbers: str | None
    language: str
    invitation_days: int
    country: str | None
    time_zone: str | None
    remind_after: int | None
    remind_before: bool


LONGEST_WORDS = 500
"""Characters of each of the clinic's own texts."""


@dataclass(frozen=True, slots=True)
class Words:
    """The clinic's own words to its clients, each of them plain text; None for none."""

    welcome: str | None
    before_visit: str | None
    after_visit: str | None


class Clinics:
    """Clinics and their look. Every method raises Unavailable when the database is away.

    `clock` gives Unix time.
    """

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def change(self, who: SignedIn, choices: Choices) -> Clinic:
        """Change the settings of their clinic; raises Refused (NOT_OWNER)."""
        _refuse_others(who)
        with self._database.writing() as tx:
            clinic = clinics.get(tx, who.clinic.id) or who.clinic
            changed = clinics.update(tx, replace(clinic, **asdict(choices)))
            audit.append(tx, who.by, Act.SETTINGS_CHANGED, int(self._clock()))
            return changed

    def set_words(self, who: SignedIn, words: Words) -> None:
        """Change the words of their clinic; raises Refused (NOT_OWNER)."""
        _refuse_others(who)
        with self._database.writing() as tx:
            clinics.set_words(tx, who.clinic.id, *astuple(words))
            audit.append(tx, who.by, Act.SETTINGS_CHANGED, int(self._clock()))

    def set_measures(self, who: SignedIn, *, asks: bool, after: int | None) -> None:
        """Choose whether clients are asked for short measures; raises Refused (NOT_OWNER)."""
        _refuse_others(who)
        with self._database.writing() as tx:
            clinics.set_measures(tx, who.clinic.id, asks=asks, after=after)
            audit.append(tx, who.by, Act.MEASURES_CHANGED, int(self._clock()))

    def set_logo(self, who: SignedIn, data: bytes | None) -> None:
        """Change or, with None, remove the logo of their clinic; only what is seen is kept.

        Raises Refused (NOT_OWNER), and ValueError when it is too large or no picture of ours.
        """
        _refuse_others(who)
        logo = None if data is None else clean_picture(data)
        with self._database.writing() as tx:
            if logo is None:
                clinics.set_logo(tx, who.clinic.id, None, None)
            else:
                clinics.set_logo(tx, who.clinic.id, logo.data, logo.media_type)
            audit.append(tx, who.by, Act.LOGO_CHANGED, int(self._clock()))

    def several(self, ids: Collection[ClinicId]) -> tuple[Clinic, ...]:
        """Return those of these clinics that are there."""
        with self._database.reading() as tx:
            return clinics.several(tx, ids)

    def get(self, clinic: ClinicId) -> Clinic | None:
        """Return a clinic by its id."""
        with self._database.reading() as tx:
            return clinics.get(tx, clinic)

    def by_slug(self, slug: str) -> Clinic | None:
        """Return the clinic that has this public address."""
        with self._database.reading() as tx:
            return clinics.by_slug(tx, slug)

    def logo(self, clinic: ClinicId) -> tuple[bytes, str] | None:
        """Return a clinic's logo and its media type."""
        with self._database.reading() as tx:
            return clinics.logo(tx, clinic)


def _refuse_others(who: SignedIn) -> None:
    if not who.therapist.is_owner:
        raise Refused(Refusal.NOT_OWNER)
