"""Which code may use a database: the oldest step of the migrations that it has to know.

Code of a release goes on beside the tables of the next one, also after it started anew: steps that
only add leave it alone. A step that takes something away names the first code that can do without
(docs/releases.md). Code that does not know that step is refused before it writes anything.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Column, Connection, Table, insert, inspect, select, update

from assessment.records.refusals import Unusable
from assessment.records.tables import Plain, metadata

STEPS = Path(__file__).with_name("migrations") / "versions"
NEWEST = max(path.name[1:5] for path in STEPS.glob("v*_*.py*"))
"""The last step that this code knows; all have four digits."""
ANY = "0001"

oldest_code = Table("oldest_code", metadata, Column("step", Plain, primary_key=True))
"""One row."""

_FOUND = select(oldest_code.c.step)


def refuse_if_older(connection: Connection) -> None:
    """Raise Unusable where this code does not know what it has to know to use the tables."""
    oldest = connection.execute(_FOUND).scalar_one_or_none() or ANY
    if oldest > NEWEST:
        raise Unusable(refusal_of(oldest))


def may_use(connection: Connection) -> str | None:
    """Return why this code cannot use tables that are newer than it knows; None where it can."""
    if not inspect(connection).has_table(oldest_code.name):
        return refusal_of("a later one")
    oldest = connection.execute(_FOUND).scalar_one_or_none() or ANY
    return refusal_of(oldest) if oldest > NEWEST else None


def raise_to(connection: Connection, step: str) -> None:
    """Have only code that knows this step use the tables from now on; never takes that back."""
    if connection.execute(_FOUND).scalar_one_or_none() is None:
        connection.execute(insert(oldest_code).values(step=step))
    connection.execute(update(oldest_code).where(oldest_code.c.step < step).values(step=step))


def refusal_of(oldest: str) -> str:
    """Return the line for the operator of code that is too old."""
    return (
        f"the database is newer than this program: it needs one that knows step {oldest}, and this "
        f"one ends with {NEWEST}. Install the newer release again (docs/releases.md)"
    )
