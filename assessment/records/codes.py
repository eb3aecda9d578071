"""Codes that can be used once, each for one purpose."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, delete, insert, or_, select

from assessment.records.authentic import is_authentic, mac_of
from assessment.records.ids import ClinicId, TherapistId
from assessment.records.tables import codes
from assessment.records.transactions import Transaction
from assessment.records.vault import Secret

SETUP = "setup"
PASSWORD = "password"  # noqa: S105  the name of a purpose


def add(
    tx: Transaction,
    code: str,
    purpose: str,
    clinic: ClinicId | None,
    therapist: TherapistId | None,
    expires_at: int | None,
) -> None:
    """Add a code. It is good before `expires_at`, or for ever with None."""
    values: dict[str, object] = {
        "code_hash": tx.vault.secret_hash(Secret.CODE, code),
        "purpose": purpose,
        "clinic": clinic,
        "therapist": therapist,
        "expires_at": expires_at,
    }
    values["mac"] = mac_of(tx, codes, values)
    tx.connection.execute(insert(codes).values(values))


def use(
    tx: Transaction, code: str, purpose: str, now: int
) -> tuple[ClinicId | None, TherapistId | None] | None:
    """Use a code up and return whose it was; None when it is not good for this purpose now.

    Of several who try at once, one succeeds.
    """
    row = tx.connection.execute(
        delete(codes).where(_is_good(tx, code, purpose, now)).returning(codes)
    ).one_or_none()
    return (row.clinic, row.therapist) if row and is_authentic(tx, codes, row) else None


def is_good(tx: Transaction, code: str, purpose: str, now: int) -> bool:
    """Whether a code can be used for this purpose now."""
    row = tx.connection.execute(select(codes).where(_is_good(tx, code, purpose, now))).one_or_none()
    return row is not None and is_authentic(tx, codes, row)


def drop(tx: Transaction, purpose: str, therapist: TherapistId | None = None) -> None:
    """Remove all codes of a purpose, or a therapist's only."""
    statement = delete(codes).where(codes.c.purpose == purpose)
    if therapist is not None:
        statement = statement.where(codes.c.therapist == therapist)
    tx.connection.execute(statement)


def _is_good(tx: Transaction, code: str, purpose: str, now: int) -> ColumnElement[bool]:
    return and_(
        codes.c.code_hash.in_(tx.vault.secret_hashes(Secret.CODE, code)),
        codes.c.purpose == purpose,
        or_(codes.c.expires_at.is_(None), codes.c.expires_at > now),
    )
