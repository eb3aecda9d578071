"""A transaction, and what can be done in one: wait for others, add what is not there yet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Table, text
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import IntegrityError

from assessment.records.refusals import refusal
from assessment.records.vault import Vault

ERASED = "erased"
"""Where a connection remembers that something was erased."""
REGISTERED = "registered"
"""Where a connection remembers what this transaction adds to the register of erasures."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """What every function of this package works on."""

    connection: Connection
    vault: Vault


def mark_erased(tx: Transaction) -> None:
    """Have the bytes of what this transaction erases leave the log of SQLite as well."""
    tx.connection.info[ERASED] = True


def alone(tx: Transaction, *about: str) -> None:
    """Wait until no other transaction is at the same thing, and let none begin with it before this
    one has ended: what is read from here on is still true when it is acted upon.

    SQLite has one writer at a time anyway. Whoever needs several of these asks for them in the same
    order as everybody else. Keys are as they are by then: what the others made is recognised.
    """
    if tx.connection.dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:about, 0))")
        tx.connection.execute(lock, {"about": "\n".join(about)})
    tx.vault.refresh()


@contextmanager
def unique(tx: Transaction) -> Iterator[None]:
    """Run statements of which one may find its place taken; then raises Taken.

    The transaction can go on after it.
    """
    try:
        with tx.connection.begin_nested():
            yield
    except IntegrityError as error:
        raise refusal(error) from None


def add_new(tx: Transaction, table: Table, unique_by: tuple[str, ...], **values: object) -> bool:
    """Add a row unless there is one with the same `unique_by`; return whether it was added.

    Of several who add the same at once, one succeeds and the others wait for it.
    """
    insert = sqlite_insert if tx.connection.dialect.name == "sqlite" else postgresql_insert
    statement = insert(table).values(**values).on_conflict_do_nothing(index_elements=unique_by)
    added = statement.returning(table.c[unique_by[0]])
    return tx.connection.execute(added).first() is not None
