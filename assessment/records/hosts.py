"""The hosts that use a database, each with the ids of its keys, which tell nothing of the keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from assessment.records.leases import now_of
from assessment.records.tables_machines import hosts
from assessment.records.transactions import Transaction, alone

SEEN = 10 * 60
"""Seconds after which a host that said nothing is taken to be gone."""


@dataclass(frozen=True, slots=True)
class Host:
    """A host, named by its machine and instance folder; the id of the key that seals comes first.

    `cookies` are those of the cookies, `records` those of the records.
    """

    name: str
    cookies: tuple[str, ...]
    records: tuple[str, ...]


def note(tx: Transaction, host: Host) -> None:
    """Write that a host is there, and forget those of which nothing was seen for long.

    What the transaction then reads of other hosts is true until it ends: one at a time is here.
    """
    alone(tx, "hosts")
    now = now_of(tx)
    gone = ~hosts.c.seen_at.between(now - SEEN, now + SEEN)  # later: a clock was wrong
    tx.connection.execute(delete(hosts).where(gone | (hosts.c.name == host.name)))
    row = {
        "name": host.name,
        "cookie_keys": " ".join(host.cookies),
        "record_keys": " ".join(host.records),
        "seen_at": now,
    }
    tx.connection.execute(insert(hosts).values(row))


def others(tx: Transaction, name: str) -> Sequence[Host]:
    """Return the hosts but this one that were there in the last minutes."""
    now = now_of(tx)
    there = hosts.c.seen_at.between(now - SEEN, now + SEEN)
    rows = tx.connection.execute(
        select(hosts).where(hosts.c.name != name, there).order_by(hosts.c.name)
    )
    return [
        Host(row.name, tuple(row.cookie_keys.split()), tuple(row.record_keys.split()))
        for row in rows
    ]


def forget(tx: Transaction, name: str) -> None:
    """Write that a host is not there any more."""
    tx.connection.execute(delete(hosts).where(hosts.c.name == name))
