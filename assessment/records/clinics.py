"""Clinics: how their pages look, and how they are found."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, fields

from sqlalchemy import insert, select
from sqlalchemy import update as updating

from assessment.records.ids import ClinicId
from assessment.records.model import Clinic
from assessment.records.tables import clinics
from assessment.records.transactions import Transaction, unique

PERIODS = ("keep_answered", "keep_unanswered", "keep_erased")
WORDS = ("welcome", "before_visit", "after_visit")
MEASURES = ("asks_measures", "measures_after")
COLUMNS = [clinics.c[field.name] for field in fields(Clinic)]


def add(tx: Transaction, clinic: Clinic) -> None:
    """Add a clinic. Raises Taken when its slug is another's."""
    with unique(tx):
        tx.connection.execute(insert(clinics).values(asdict(clinic)))


def get(tx: Transaction, clinic: ClinicId) -> Clinic | None:
    """Return a clinic by its id."""
    row = tx.connection.execute(select(*COLUMNS).where(clinics.c.id == clinic)).one_or_none()
    return None if row is None else Clinic(*row)


def by_slug(tx: Transaction, slug: str) -> Clinic | None:
    """Return the clinic that has this public address."""
    row = tx.connection.execute(select(*COLUMNS).where(clinics.c.slug == slug)).one_or_none()
    return None if row is None else Clinic(*row)


def several(tx: Transaction, ids: Collection[ClinicId]) -> tuple[Clinic, ...]:
    """Return those of these clinics that are there."""
    rows = tx.connection.execute(select(*COLUMNS).where(clinics.c.id.in_(list(ids))))
    return tuple(Clinic(*row) for row in rows)


def every(tx: Transaction) -> tuple[Clinic, ...]:
    """Return all clinics, the oldest first: for the operator only."""
    rows = tx.connection.execute(select(*COLUMNS).order_by(clinics.c.created_at, clinics.c.id))
    return tuple(Clinic(*row) for row in rows)


def any_exists(tx: Transaction) -> bool:
    """Return whether there is a clinic at all."""
    return tx.connection.execute(select(clinics.c.id).limit(1)).first() is not None


def update(tx: Transaction, clinic: Clinic) -> Clinic:
    """Write a clinic's settings and return it with its new revision.

    The logo, `inviter_only`, `needs_factor`, the periods, the words and the measures have functions
    of their own and stay as they are. Raises Taken when the slug is another's and LookupError when
    there is no such clinic.
    """
    kept = {
        "id", "logo_type", "revision", "created_at", "inviter_only", "needs_factor", *PERIODS,
        *WORDS, *MEASURES,
    }  # fmt: skip
    values = {name: value for name, value in asdict(clinic).items() if name not in kept}
    statement = (
        updating(clinics)
        .where(clinics.c.id == clinic.id)
        .values(values | {"revision": clinics.c.revision + 1})
        .returning(*COLUMNS)
    )
    with unique(tx):
        row = tx.connection.execute(statement).one_or_none()
    if row is None:
        raise LookupError("there is no such clinic")
    return Clinic(*row)


def set_inviter_only(tx: Transaction, clinic: ClinicId, *, inviter_only: bool) -> None:
    """Write who sees what clients send."""
    tx.connection.execute(
        updating(clinics).where(clinics.c.id == clinic).values(inviter_only=inviter_only)
    )


def set_periods(tx: Transaction, clinic: ClinicId, *days: int) -> None:
    """Write after how many days things go, as `PERIODS` has them; 0 for never by itself."""
    tx.connection.execute(
        updating(clinics)
        .where(clinics.c.id == clinic)
        .values(dict(zip(PERIODS, days, strict=True)) | {"revision": clinics.c.revision + 1})
    )


def set_words(tx: Transaction, clinic: ClinicId, *words: str | None) -> None:
    """Write the clinic's own words to its clients, as `WORDS` has them; None for none."""
    tx.connection.execute(
        updating(clinics)
        .where(clinics.c.id == clinic)
        .values(dict(zip(WORDS, words, strict=True)) | {"revision": clinics.c.revision + 1})
    )


def set_measures(tx: Transaction, clinic: ClinicId, *, asks: bool, after: int | None) -> None:
    """Write whether clients are asked for short measures, and after how many days again."""
    tx.connection.execute(
        updating(clinics)
        .where(clinics.c.id == clinic)
        .values(asks_measures=asks, measures_after=after, revision=clinics.c.revision + 1)
    )


def set_needs_factor(tx: Transaction, clinic: ClinicId, *, needs_factor: bool) -> None:
    """Write whether the staff need a second factor."""
    tx.connection.execute(
        updating(clinics).where(clinics.c.id == clinic).values(needs_factor=needs_factor)
    )


def set_logo(tx: Transaction, clinic: ClinicId, data: bytes | None, kind: str | None) -> None:
    """Write or, with None, remove a clinic's logo; `kind` is its media type."""
    tx.connection.execute(
        updating(clinics)
        .where(clinics.c.id == clinic)
        .values(logo=data, logo_type=kind, revision=clinics.c.revision + 1)
    )


def logo(tx: Transaction, clinic: ClinicId) -> tuple[bytes, str] | None:
    """Return a clinic's logo and its media type."""
    row = tx.connection.execute(
        select(clinics.c.logo, clinics.c.logo_type).where(clinics.c.id == clinic)
    ).one_or_none()
    return None if row is None or row.logo is None else (row.logo, row.logo_type or "")
