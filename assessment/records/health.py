"""How a database does, for whoever runs it. Only counts and times are read, nothing of people."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, func, select

from assessment.records import upgrade
from assessment.records.factor_tables import account_mails
from assessment.records.sealed import are_sealed_with_our_key
from assessment.records.tables import outbox
from assessment.records.transactions import Transaction
from assessment.records.webhook_tables import deliveries, webhooks


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits: how many, and since when the one has been due that is due the longest."""

    number: int
    due_since: int | None


@dataclass(frozen=True, slots=True)
class Queues:
    """What waits, and how many webhooks are being tried again since nothing reaches them."""

    mails: Waiting
    account_mails: Waiting
    webhooks: Waiting
    failing: int


@dataclass(frozen=True, slots=True)
class Health:
    """Facts about a database, and how its tables are.

    `ahead` is how many seconds its clock is ahead of ours; None where it has none of its own.
    `our_key` says whether our keys are those of the records. `queues` is None where the tables are
    older than this program.
    """

    product: str
    version: str
    encoding: str
    ahead: float | None
    our_key: bool
    queues: Queues | None


def of(tx: Transaction) -> Health:
    """Return how this database does. Raises CannotUpgrade when the tables are not ours."""
    up_to_date = upgrade.is_at_head(tx.connection)
    queues = _queues(tx) if up_to_date else None
    return Health(*_server(tx), are_sealed_with_our_key(tx), queues)


def _server(tx: Transaction) -> tuple[str, str, str, float | None]:
    ask = tx.connection.exec_driver_sql
    if tx.connection.dialect.name == "sqlite":
        version = str(ask("SELECT sqlite_version()").scalar_one())
        return "SQLite", version, str(ask("PRAGMA encoding").scalar_one()), None
    version = str(ask("SHOW server_version").scalar_one())
    encoding = str(ask("SHOW server_encoding").scalar_one())
    before = time.time()
    theirs = ask("SELECT extract(epoch FROM clock_timestamp())").scalar_one()
    return "PostgreSQL", version, encoding, float(theirs) - (before + time.time()) / 2


def _queues(tx: Transaction) -> Queues:
    on = select(webhooks.c.id).where(
        webhooks.c.clinic == deliveries.c.clinic,
        webhooks.c.id == deliveries.c.webhook,
        webhooks.c.off_at.is_(None),
    )
    failing = select(func.count()).select_from(webhooks)
    failing = failing.where(webhooks.c.failing_since.is_not(None), webhooks.c.off_at.is_(None))
    return Queues(
        _waiting(tx, outbox.c.due_at, outbox.c.claimed_at.is_(None)),
        _waiting(tx, account_mails.c.due_at),
        _waiting(tx, deliveries.c.due_at, on.exists()),
        tx.connection.execute(failing).scalar_one(),
    )


def _waiting(tx: Transaction, due_at: Column[Any], *conditions: ColumnElement[bool]) -> Waiting:
    found = select(func.count(), func.min(due_at)).where(due_at.is_not(None), *conditions)
    return Waiting(*tx.connection.execute(found).one())
