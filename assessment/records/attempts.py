"""Attempts that are counted to slow down guessing; each is a hash and a time."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, insert, or_, select, update

from assessment.records.ids import new_id
from assessment.records.tables import attempts
from assessment.records.transactions import Transaction


def add(tx: Transaction, key_hash: str, now: int) -> str:
    """Count one more attempt; return what takes it back with `remove`."""
    id = new_id()
    tx.connection.execute(insert(attempts).values(id=id, key_hash=key_hash, made_at=now))
    return id


def times(tx: Transaction, key_hash: str, after: int, until: int) -> tuple[int, ...]:
    """Return when attempts were made later than `after`, and up to `until`, the oldest first."""
    found = tx.connection.execute(
        select(attempts.c.made_at)
        .where(
            attempts.c.key_hash == key_hash,
            attempts.c.made_at > after,
            attempts.c.made_at <= until,
        )
        .order_by(attempts.c.made_at)
    )
    return tuple(found.scalars())


def remove(tx: Transaction, ids: Iterable[str]) -> None:
    """Take back these attempts."""
    tx.connection.execute(delete(attempts).where(attempts.c.id.in_(list(ids))))


def write_again(tx: Transaction, ids: Iterable[str]) -> None:
    """Write these attempts once more, as they are."""
    these = attempts.c.id.in_(list(ids))
    tx.connection.execute(update(attempts).where(these).values(made_at=attempts.c.made_at))


def clear(tx: Transaction, key_hash: str) -> None:
    """Forget the attempts of this key."""
    tx.connection.execute(delete(attempts).where(attempts.c.key_hash == key_hash))


def clear_all(tx: Transaction) -> None:
    """Forget every attempt."""
    tx.connection.execute(delete(attempts))


def purge(tx: Transaction, before: int, after: int) -> None:
    """Remove attempts made before the one time, or later than the other: a clock was wrong."""
    outside = or_(attempts.c.made_at < before, attempts.c.made_at > after)
    tx.connection.execute(delete(attempts).where(outside))
