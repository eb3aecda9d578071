"""Codes that can be used once, each for one purpose."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, delete, insert, or_, select

from assessment.records.database import Transaction
from assessment.records.ids import ClinicId, TherapistId
from assessment.records.tables import codes

SETUP = "setup"
PASSWORD = "password"  # noqa: S105  the name of a purpose


def add(
    tx: Transaction,
    code_hash: str,
    purpose: str,
    clinic: ClinicId | None,
    therapist: TherapistId | None,
    expires_at: int | None,
) -> None:
    """Add a code. It is good before `expires_at`, or for ever with None."""
    values = {
        "code_hash": code_hash,
        "purpose": purpose,
        "clinic": clinic,
        "therapist": therapist,
        "expires_at": expires_at,
    }
    tx.connection.execute(insert(codes).values(values))


def use(
    tx: Transaction, code_hash: str, purpose: str, now: int
) -> tuple[ClinicId | None, TherapistId | None] | None:
    """Use a code up and return whose it was; None when it is not good for this purpose now.

    Of several who try at once, one succeeds.
    """
    row = tx.connection.execute(
        delete(codes)
        .where(_is_good(code_hash, purpose, now))
        .returning(codes.c.clinic, codes.c.therapist)
    ).one_or_none()
    return None if row is None else (row.clinic, row.therapist)


def is_good(tx: Transaction, code_hash: str, purpose: str, now: int) -> bool:
    """Whether a code can be used for this purpose now."""
    found = tx.connection.execute(
        select(codes.c.code_hash).where(_is_good(code_hash, purpose, now))
    )
    return found.one_or_none() is not None


def drop(tx: Transaction, purpose: str, therapist: TherapistId | None = None) -> None:
    """Remove all codes of a purpose, or a therapist's only."""
    statement = delete(codes).where(codes.c.purpose == purpose)
    if therapist is not None:
        statement = statement.where(codes.c.therapist == therapist)
    tx.connection.execute(statement)


def _is_good(code_hash: str, purpose: str, now: int) -> ColumnElement[bool]:
    return and_(
        codes.c.code_hash == code_hash,
        codes.c.purpose == purpose,
        or_(codes.c.expires_at.is_(None), codes.c.expires_at > now),
    )
