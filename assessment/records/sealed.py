"""The one column of a row that holds words, and whose key sealed what is stored."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields
from typing import Any

from sqlalchemy import Table, select

from assessment.records.tables import clients, therapists
from assessment.records.transactions import Transaction
from assessment.records.vault import Unreadable

COLUMN = "sealed"

_FEW = 20


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


def known(kind: type[Any], words: Mapping[str, Any]) -> dict[str, Any]:
    """Return those words that this dataclass has: a newer release beside us may seal more."""
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in words.items() if name in names}


def are_sealed_with_our_key(tx: Transaction) -> bool:
    """Whether our keys are those of what is stored here; a few clients and passwords tell.

    Staff have passwords from the set-up on, before there is any client. True when nothing is
    sealed yet.
    """
    found = list(tx.connection.execute(select(clients.c.sealed).limit(_FEW)).scalars())
    hashes = select(therapists.c.password_hash).where(therapists.c.password_hash.is_not(None))
    for stored in tx.connection.execute(hashes.limit(_FEW)).scalars():
        with suppress(TypeError, ValueError):  # somebody else wrote that one
            found.append(b64decode(stored, validate=True))
    return not found or any(tx.vault.has_key_of(sealed) for sealed in found)
