"""Codes that open what a client told before: few for each invitation, with few tries each.

Six digits are soon tried out, so a row counts tries and codes, and is believed only with its mac.
A code is stored as a keyed hash, bound to its invitation.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select, update

from assessment.records.authentic import COLUMNS, is_authentic, mac_of
from assessment.records.ids import ClinicId, InvitationId
from assessment.records.tables import at
from assessment.records.tables_returning import return_codes
from assessment.records.transactions import Transaction, add_new
from assessment.records.vault import Secret

MOST_CODES = 3
"""Codes that an invitation gets in its life."""
MOST_TRIES = 5
"""Tries that each of them has."""


def put(
    tx: Transaction, clinic: ClinicId, invitation: InvitationId, code: str, expires_at: int
) -> bool:
    """Store a new code in place of an earlier one; return False when there were enough."""
    empty: dict[str, object] = {
        "clinic": clinic, "id": invitation, "code_hash": None, "expires_at": 0, "tries": 0,
        "sent": 0,
    }  # fmt: skip
    add_new(tx, return_codes, ("clinic", "id"), **empty, mac=mac_of(tx, return_codes, empty))
    row = _locked(tx, clinic, invitation)
    if row is None or row.sent >= MOST_CODES:
        return False
    code_hash = _hashes(tx, clinic, invitation, code)[0]
    _write(tx, row, code_hash=code_hash, expires_at=expires_at, tries=0, sent=row.sent + 1)
    return True


def waits(tx: Transaction, clinic: ClinicId, invitation: InvitationId, now: int) -> bool:
    """Whether a code is out that can still be tried."""
    row = tx.connection.execute(
        select(return_codes).where(at(return_codes, clinic, invitation))
    ).one_or_none()
    return row is not None and is_authentic(tx, return_codes, row) and _can_be_tried(row, now)


def take(tx: Transaction, clinic: ClinicId, invitation: InvitationId, code: str, now: int) -> bool:
    """Try a code; return whether it was right. A right one is used up, and every try counts."""
    row = _locked(tx, clinic, invitation)
    if row is None or not _can_be_tried(row, now):
        return False
    is_right: bool = row.code_hash in _hashes(tx, clinic, invitation, code)
    _write(tx, row, tries=row.tries + 1, code_hash=None if is_right else row.code_hash)
    return is_right


def _can_be_tried(row: Row[Any], now: int) -> bool:
    return row.code_hash is not None and row.expires_at > now and row.tries < MOST_TRIES


def _locked(tx: Transaction, clinic: ClinicId, invitation: InvitationId) -> Row[Any] | None:
    """Return a row that nobody else changes meanwhile; one that somebody altered is none."""
    found = select(return_codes).where(at(return_codes, clinic, invitation)).with_for_update()
    row = tx.connection.execute(found).one_or_none()
    return row if row is not None and is_authentic(tx, return_codes, row) else None


def _write(tx: Transaction, row: Row[Any], **changes: object) -> None:
    values = {name: row._mapping[name] for name in COLUMNS[return_codes.name]} | changes
    values["mac"] = mac_of(tx, return_codes, values)
    tx.connection.execute(
        update(return_codes).where(at(return_codes, row.clinic, row.id)).values(values)
    )


def _hashes(
    tx: Transaction, clinic: ClinicId, invitation: InvitationId, code: str
) -> tuple[str, ...]:
    return tx.vault.secret_hashes(Secret.RETURN, f"{clinic} {invitation} {code}")
