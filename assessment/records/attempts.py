"""Attempts that are counted to slow down guessing; each is a hash and a time."""

from __future__ import annotations

from sqlalchemy import delete, func, insert, select

from assessment.records.database import Transaction
from assessment.records.ids import new_id
from assessment.records.tables import attempts


def add(tx: Transaction, key_hash: str, now: int) -> None:
    """Count one more attempt."""
    row = {"id": new_id(), "key_hash": key_hash, "made_at": now}
    tx.connection.execute(insert(attempts).values(row))


def count(tx: Transaction, key_hash: str, since: int) -> int:
    """Return how many attempts were made at `since` or later."""
    return tx.connection.execute(
        select(func.count()).where(attempts.c.key_hash == key_hash, attempts.c.made_at >= since)
    ).scalar_one()


def clear(tx: Transaction, key_hash: str) -> None:
    """Forget the attempts of this key."""
    tx.connection.execute(delete(attempts).where(attempts.c.key_hash == key_hash))


def purge(tx: Transaction, before: int) -> None:
    """Remove attempts that were made before this time."""
    tx.connection.execute(delete(attempts).where(attempts.c.made_at < before))
