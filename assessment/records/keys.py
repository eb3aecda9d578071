"""Keys of the API. The key itself is with whoever calls; its keyed hash finds the row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, and_, delete, insert, select, update

from assessment.records.api_tables import api_keys
from assessment.records.authentic import is_authentic, mac_of
from assessment.records.ids import ClinicId, TherapistId
from assessment.records.tables import at
from assessment.records.transactions import Transaction
from assessment.records.vault import Secret


class Scope(StrEnum):
    """What a key may be used for."""

    READ_INVITATIONS = "invitations:read"
    WRITE_INVITATIONS = "invitations:write"
    READ_RESPONSES = "responses:read"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of a clinic, made by `therapist`; `used_at` is when it was last used, about."""

    id: str
    clinic: ClinicId
    therapist: TherapistId
    name: str
    scopes: frozenset[Scope]
    made_at: int
    used_at: int | None = None


def add(tx: Transaction, key: ApiKey, secret: str) -> None:
    """Add a key; `secret` is what whoever calls sends."""
    values: dict[str, object] = {
        "clinic": key.clinic,
        "id": key.id,
        "therapist": key.therapist,
        "name": key.name,
        "scopes": " ".join(scope for scope in Scope if scope in key.scopes),
        "made_at": key.made_at,
        "used_at": key.used_at,
        "key_hash": tx.vault.secret_hash(Secret.KEY, secret),
    }
    values["mac"] = mac_of(tx, api_keys, values)
    tx.connection.execute(insert(api_keys).values(values))


def find(tx: Transaction, secret: str) -> ApiKey | None:
    """Return the key with this secret; one that was changed by somebody else opens nothing."""
    is_it = api_keys.c.key_hash.in_(tx.vault.secret_hashes(Secret.KEY, secret))
    row = tx.connection.execute(select(api_keys).where(is_it)).one_or_none()
    return _read(row) if row is not None and is_authentic(tx, api_keys, row) else None


def of_clinic(tx: Transaction, clinic: ClinicId) -> tuple[ApiKey, ...]:
    """Return the keys of a clinic, the newest first."""
    rows = tx.connection.execute(
        select(api_keys)
        .where(api_keys.c.clinic == clinic)
        .order_by(api_keys.c.made_at.desc(), api_keys.c.id)
    )
    return tuple(map(_read, rows))


def touch(tx: Transaction, clinic: ClinicId, id: str, now: int) -> None:
    """Write that a key is in use."""
    tx.connection.execute(update(api_keys).where(at(api_keys, clinic, id)).values(used_at=now))


def remove(tx: Transaction, clinic: ClinicId, id: str) -> bool:
    """Remove a key of a clinic; return whether there was one."""
    return tx.connection.execute(delete(api_keys).where(at(api_keys, clinic, id))).rowcount == 1


def remove_all(tx: Transaction, clinic: ClinicId, therapist: TherapistId) -> tuple[str, ...]:
    """Remove every key that somebody made; return the ids of these."""
    mine = and_(api_keys.c.clinic == clinic, api_keys.c.therapist == therapist)
    gone = tx.connection.execute(delete(api_keys).where(mine).returning(api_keys.c.id))
    return tuple(sorted(gone.scalars()))


def _read(row: Row[Any]) -> ApiKey:
    named = str(row.scopes).split()
    return ApiKey(
        id=row.id,
        clinic=row.clinic,
        therapist=row.therapist,
        name=row.name,
        scopes=frozenset(scope for scope in Scope if scope.value in named),
        made_at=row.made_at,
        used_at=row.used_at,
    )
