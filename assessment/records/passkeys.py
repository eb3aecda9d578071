"""Passkeys: public keys with which somebody shows that they hold a device, and unlocked it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import delete, insert, select, update

from assessment.records.authentic import tell_changed
from assessment.records.factor_tables import passkeys
from assessment.records.ids import ClinicId, TherapistId
from assessment.records.sealed import seal, unseal
from assessment.records.tables import at
from assessment.records.transactions import Transaction, unique
from assessment.records.vault import Unreadable


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey. `credential` and `public_key` are base64url; `name` says where it was made.

    `count` is how often its device says that it was used; `asked_at` (Unix seconds, with
    fractions) is when the last challenge was made that it answered.
    """

    id: str
    clinic: ClinicId
    therapist: TherapistId
    credential: str
    name: str
    made_at: int
    used_at: int | None
    public_key: str = ""
    count: int = 0
    asked_at: float = 0.0


_PLAIN = ("id", "clinic", "therapist", "credential", "name", "made_at", "used_at")
_COLUMNS = [passkeys.c[name] for name in _PLAIN]


def add(tx: Transaction, passkey: Passkey) -> None:
    """Add a passkey. Raises Taken when this one is there already."""
    values = {name: getattr(passkey, name) for name in _PLAIN}
    with unique(tx):
        tx.connection.execute(insert(passkeys).values(values | {"sealed": _sealed(tx, passkey)}))


def of_therapist(tx: Transaction, clinic: ClinicId, therapist: TherapistId) -> tuple[Passkey, ...]:
    """Return somebody's passkeys without their keys, the first one first."""
    rows = tx.connection.execute(
        select(*_COLUMNS)
        .where(passkeys.c.clinic == clinic, passkeys.c.therapist == therapist)
        .order_by(passkeys.c.made_at, passkeys.c.id)
    )
    return tuple(Passkey(*row) for row in rows)


def by_credential(tx: Transaction, credential: str) -> tuple[Passkey, bytes] | None:
    """Return the passkey with this name, in whichever clinic, and its row for `use`.

    None where there is none, or somebody else wrote it.
    """
    row = tx.connection.execute(
        select(*_COLUMNS, passkeys.c.sealed).where(passkeys.c.credential == credential)
    ).one_or_none()
    if row is None:
        return None
    found = Passkey(*row[:-1])
    try:
        value = unseal(tx, passkeys, _place(found), row.sealed)
    except Unreadable:
        tell_changed(passkeys.name, found.id)
        return None
    opened = replace(
        found,
        public_key=str(value["public_key"]),
        count=int(str(value["count"])),
        asked_at=float(str(value["asked_at"])),
    )
    return opened, row.sealed


def use(
    tx: Transaction, passkey: Passkey, stored: bytes, count: int, asked_at: float, now: int
) -> bool:
    """Write that a passkey answered a challenge; return False when it answered one meanwhile."""
    sealed = _sealed(tx, replace(passkey, count=count, asked_at=asked_at))
    used = tx.connection.execute(
        update(passkeys)
        .where(at(passkeys, passkey.clinic, passkey.id), passkeys.c.sealed == stored)
        .values(sealed=sealed, used_at=now)
    )
    return used.rowcount == 1


def remove(tx: Transaction, clinic: ClinicId, therapist: TherapistId, id: str) -> bool:
    """Remove one of somebody's passkeys; return whether there was one."""
    removed = tx.connection.execute(
        delete(passkeys).where(at(passkeys, clinic, id), passkeys.c.therapist == therapist)
    )
    return removed.rowcount == 1


def remove_all(tx: Transaction, clinic: ClinicId, therapist: TherapistId) -> None:
    """Remove all of somebody's passkeys."""
    tx.connection.execute(
        delete(passkeys).where(passkeys.c.clinic == clinic, passkeys.c.therapist == therapist)
    )


def _place(passkey: Passkey) -> tuple[str, ...]:
    return passkey.clinic, passkey.therapist, passkey.id, passkey.credential


def _sealed(tx: Transaction, passkey: Passkey) -> bytes:
    value = {
        "public_key": passkey.public_key, "count": passkey.count, "asked_at": passkey.asked_at,
    }  # fmt: skip
    return seal(tx, passkeys, _place(passkey), value)
