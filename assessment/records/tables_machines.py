"""The tables of who does what is done once for all, and of the hosts of a site.

Nothing of a clinic is in them. As in `tables.py`, every change needs a migration.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table

from assessment.records.tables import Plain, metadata

leases = Table(
    "leases",
    metadata,
    Column("name", Plain, primary_key=True),
    Column("owner", Plain, nullable=False),
    Column("until", BigInteger, nullable=False),
)

hosts = Table(
    "hosts",
    metadata,
    Column("name", Plain, primary_key=True),
    Column("cookie_keys", Plain, nullable=False),
    Column("record_keys", Plain, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
)
