"""Therapists: the staff of a clinic. An email address belongs to one of them, in any case."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import asdict, fields

from sqlalchemy import insert, select, update

from assessment.records.authentic import tell_changed
from assessment.records.ids import ClinicId, TherapistId
from assessment.records.model import Therapist
from assessment.records.tables import at, therapists
from assessment.records.transactions import Transaction, unique
from assessment.records.vault import Unreadable

COLUMNS = [therapists.c[field.name] for field in fields(Therapist)]


def add(tx: Transaction, therapist: Therapist, password_hash: str | None) -> None:
    """Add a therapist, with no password yet if None. Raises Taken when the email is another's."""
    values = asdict(therapist) | {
        "email_key": _key(therapist.email),
        "password_hash": _sealed(tx, therapist.clinic, therapist.id, password_hash),
    }
    with unique(tx):
        tx.connection.execute(insert(therapists).values(values))


def get(tx: Transaction, clinic: ClinicId, id: TherapistId) -> Therapist | None:
    """Return one of a clinic's therapists."""
    row = tx.connection.execute(select(*COLUMNS).where(at(therapists, clinic, id))).one_or_none()
    return None if row is None else Therapist(*row)


def by_email(tx: Transaction, email: str) -> tuple[Therapist, str | None] | None:
    """Return who has this email address, in whichever clinic, and the hash of the password."""
    row = tx.connection.execute(
        select(*COLUMNS, therapists.c.password_hash).where(therapists.c.email_key == _key(email))
    ).one_or_none()
    if row is None:
        return None
    return Therapist(*row[:-1]), _opened(tx, row.clinic, row.id, row.password_hash)


def of_clinic(tx: Transaction, clinic: ClinicId) -> tuple[Therapist, ...]:
    """Return a clinic's therapists, the first one first; those who are disabled, none removed."""
    rows = tx.connection.execute(
        select(*COLUMNS)
        .where(therapists.c.clinic == clinic, therapists.c.removed_at.is_(None))
        .order_by(therapists.c.created_at, therapists.c.id)
    )
    return tuple(Therapist(*row) for row in rows)


def ever_of_clinic(tx: Transaction, clinic: ClinicId) -> tuple[Therapist, ...]:
    """Return everybody who is or was a clinic's therapist, those removed too, the first first."""
    rows = tx.connection.execute(
        select(*COLUMNS)
        .where(therapists.c.clinic == clinic)
        .order_by(therapists.c.created_at, therapists.c.id)
    )
    return tuple(Therapist(*row) for row in rows)


def password_of(tx: Transaction, clinic: ClinicId, id: TherapistId) -> str | None:
    """Return the hash of a therapist's password, where there is one."""
    found: str | None = tx.connection.execute(
        select(therapists.c.password_hash).where(at(therapists, clinic, id))
    ).scalar_one_or_none()
    return _opened(tx, clinic, id, found)


def set_password(tx: Transaction, clinic: ClinicId, id: TherapistId, hash: str) -> None:
    """Write the hash of a new password."""
    tx.connection.execute(
        update(therapists)
        .where(at(therapists, clinic, id))
        .values(password_hash=_sealed(tx, clinic, id, hash))
    )


def replace_password(
    tx: Transaction, clinic: ClinicId, id: TherapistId, old: str, new: str
) -> bool:
    """Write another hash of the same password; return False when it was changed meanwhile.

    Whoever changes it waits for this transaction to end.
    """
    column, mine = therapists.c.password_hash, at(therapists, clinic, id)
    stored = tx.connection.execute(select(column).where(mine)).scalar()
    if stored is None or _opened(tx, clinic, id, stored) != old:
        return False
    replaced = tx.connection.execute(
        update(therapists)
        .where(mine, column == stored)
        .values(password_hash=_sealed(tx, clinic, id, new))
    )
    return replaced.rowcount == 1


def set_details(
    tx: Transaction, clinic: ClinicId, id: TherapistId, name: str, *, urgent_mail: bool
) -> None:
    """Write how a therapist is called, and whether urgent responses are told by mail."""
    tx.connection.execute(
        update(therapists)
        .where(at(therapists, clinic, id))
        .values(name=name, urgent_mail=urgent_mail)
    )


def set_owner(tx: Transaction, clinic: ClinicId, id: TherapistId, *, is_owner: bool) -> None:
    """Write whether a therapist owns the clinic."""
    _write(tx, clinic, id, is_owner=is_owner)


def disable(tx: Transaction, clinic: ClinicId, id: TherapistId, now: int | None) -> None:
    """Write since when an account is closed, or with None open it again; it gets no mail."""
    _write(tx, clinic, id, disabled_at=now, urgent_mail=False)


def remove(tx: Transaction, clinic: ClinicId, id: TherapistId, now: int) -> None:
    """Take address, password and role from an account for good; the name stays.

    Somebody else can use the address then.
    """
    disable(tx, clinic, id, now)
    gone = {"email": "", "email_key": f"removed {id}", "password_hash": None}
    _write(tx, clinic, id, removed_at=now, is_owner=False, **gone)


def _write(tx: Transaction, clinic: ClinicId, id: TherapistId, **values: object) -> None:
    tx.connection.execute(update(therapists).where(at(therapists, clinic, id)).values(**values))


def _key(email: str) -> str:
    return email.strip().casefold()


def _sealed(tx: Transaction, clinic: ClinicId, id: TherapistId, hash: str | None) -> str | None:
    """Return a password's hash as it is stored: sealed for this one account."""
    if hash is None:
        return None
    return b64encode(tx.vault.seal({"hash": hash}, *_place(clinic, id))).decode()


def _opened(tx: Transaction, clinic: ClinicId, id: TherapistId, sealed: str | None) -> str | None:
    """Return the hash of a password; None where there is none, or somebody else wrote it."""
    if sealed is None:
        return None
    try:
        return str(tx.vault.open(b64decode(sealed, validate=True), *_place(clinic, id))["hash"])
    except (ValueError, Unreadable):
        tell_changed(therapists.name, id)
        return None


def _place(clinic: ClinicId, id: TherapistId) -> tuple[str, str, str]:
    return therapists.name, f"{clinic}/{id}", "password_hash"
