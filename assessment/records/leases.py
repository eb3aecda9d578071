"""Leases: something is done by one process of all until a time, or until it is done.

The clock is that of the database, which is one for all hosts. A lease is a row and no lock of a
session: it holds through a pool of connections, and outlives the loss of one.
"""

from __future__ import annotations

from sqlalchemy import delete, or_, select, text, update

from assessment.records.tables_machines import leases
from assessment.records.transactions import Transaction, add_new

LONGEST = 2 * 60 * 60
"""Seconds. One that goes on for longer was given while the clock of the database was wrong."""

_CLOCK = {
    "sqlite": text("SELECT CAST(strftime('%s', 'now') AS INTEGER)"),
    "postgresql": text("SELECT CAST(floor(extract(epoch FROM clock_timestamp())) AS bigint)"),
}


def now_of(tx: Transaction) -> int:
    """Return the time by the clock of the database, in Unix seconds."""
    found: int = tx.connection.execute(_CLOCK[tx.connection.dialect.name]).scalar_one()
    return found


def is_of_another(tx: Transaction, name: str, owner: str) -> bool:
    """Whether somebody else has this lease now; most who look end here, and write nothing."""
    row = tx.connection.execute(select(leases).where(leases.c.name == name)).one_or_none()
    if row is None or row.owner == owner:
        return False
    now = now_of(tx)
    return bool(now < row.until <= now + LONGEST)


def take(tx: Transaction, name: str, owner: str, seconds: int) -> bool:
    """Take a lease that is free or ran out, or go on with one's own; return whether one has it.

    Of several at once one gets it.
    """
    now = now_of(tx)
    free = or_(leases.c.owner == owner, leases.c.until <= now, leases.c.until > now + LONGEST)
    values = {"owner": owner, "until": now + seconds}
    taken = update(leases).where(leases.c.name == name, free).values(values)
    if tx.connection.execute(taken).rowcount == 1:
        return True
    return add_new(tx, leases, ("name",), name=name, **values)


def give_up(tx: Transaction, name: str, owner: str) -> None:
    """Have the next one begin at once."""
    mine = leases.c.name == name, leases.c.owner == owner
    tx.connection.execute(delete(leases).where(*mine))
