"""The tables behind the API: its keys, and the order in which responses came in.

As in `tables.py`, the key of a row starts with its clinic, and every change needs a migration.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    LargeBinary,
    Table,
    UniqueConstraint,
)

from assessment.records.tables import Plain, metadata

api_keys = Table(
    "api_keys",
    metadata,
    Column("clinic", Plain, primary_key=True),
    Column("id", Plain, primary_key=True),
    Column("therapist", Plain, nullable=False),
    Column("name", Plain, nullable=False),
    Column("scopes", Plain, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("used_at", BigInteger, nullable=True),
    Column("key_hash", Plain, nullable=False),
    Column("mac", LargeBinary, nullable=True),
    ForeignKeyConstraint(["clinic", "therapist"], ["therapists.clinic", "therapists.id"]),
    UniqueConstraint("key_hash"),
)

arrivals = Table(
    "arrivals",
    metadata,
    Column("clinic", Plain, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("response", Plain, nullable=False),
    ForeignKeyConstraint(
        ["clinic", "response"], ["responses.clinic", "responses.id"], ondelete="CASCADE"
    ),
    UniqueConstraint("clinic", "response"),
)

arrival_counts = Table(
    "arrival_counts",
    metadata,
    Column("clinic", Plain, primary_key=True),
    Column("last", BigInteger, nullable=False),
    ForeignKeyConstraint(["clinic"], ["clinics.id"]),
)
