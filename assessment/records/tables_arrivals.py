"""What shows that a number of a response was given in this database, and not in one that was lost.

As in `tables.py`, the key of a row starts with its clinic, and every change needs a migration.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Table

from assessment.records.tables import Plain, metadata

arrival_marks = Table(
    "arrival_marks",
    metadata,
    Column("clinic", Plain, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("mark", Plain, nullable=False),
    ForeignKeyConstraint(["clinic"], ["clinics.id"]),
)
