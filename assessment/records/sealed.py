"""The one column of a row that holds words."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Table

from assessment.records.database import Transaction
from assessment.records.vault import Unreadable

COLUMN = "sealed"


def seal(
    tx: Transaction, table: Table, place: tuple[str, ...], value: Mapping[str, object]
) -> bytes:
    """Return the value sealed for the row whose clinic, owner and id are `place`."""
    return tx.vault.seal(value, table.name, "/".join(place), COLUMN)


def unseal(tx: Transaction, table: Table, place: tuple[str, ...], data: bytes) -> dict[str, object]:
    """Return what was sealed for this row. Raises Unreadable."""
    return tx.vault.open(data, table.name, "/".join(place), COLUMN)


def words_of(
    tx: Transaction, table: Table, place: tuple[str, ...], data: bytes
) -> dict[str, str] | None:
    """Return the words that were sealed for this row; None when they cannot be read."""
    try:
        opened = unseal(tx, table, place, data)
    except Unreadable:
        return None
    return {name: str(value) for name, value in opened.items()}
