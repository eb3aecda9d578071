"""The tables of webhooks: where another program is told of what happened, and what it was told."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Integer, LargeBinary, Table

from assessment.records.tables import Plain, metadata

webhooks = Table(
    "webhooks",
    metadata,
    Column("clinic", Plain, primary_key=True),
    Column("id", Plain, primary_key=True),
    Column("made_at", BigInteger, nullable=False),
    Column("failing_since", BigInteger, nullable=True),
    Column("off_at", BigInteger, nullable=True),
    Column("off_because", Plain, nullable=True),
    Column("sealed", LargeBinary, nullable=False),
    ForeignKeyConstraint(["clinic"], ["clinics.id"]),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("clinic", Plain, primary_key=True),
    Column("id", Plain, primary_key=True),
    Column("webhook", Plain, nullable=False),
    Column("kind", Plain, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=True),  # empty once nothing more will be tried
    Column("tried_at", BigInteger, nullable=True),
    Column("tries", Integer, nullable=False),
    Column("answer", Plain, nullable=True),
    Column("invitation", Plain, nullable=True),
    Column("response", Plain, nullable=True),
    Column("sealed", LargeBinary, nullable=False),
    # What is erased takes along what was to be told of it.
    *(
        ForeignKeyConstraint(
            ["clinic", column], [f"{table}.clinic", f"{table}.id"], ondelete="CASCADE"
        )
        for column, table in (
            ("webhook", "webhooks"), ("invitation", "invitations"), ("response", "responses"),
        )
    ),
    Index(None, "clinic", "made_at", "id"),
    Index(None, "clinic", "webhook"),
    Index(None, "clinic", "invitation"),
    Index(None, "clinic", "response"),
    Index(None, "made_at"),
)  # fmt: skip

Index(
    "ix_deliveries_due",
    deliveries.c.due_at,
    sqlite_where=deliveries.c.due_at.is_not(None),
    postgresql_where=deliveries.c.due_at.is_not(None),
)
