"""The tables of the audit log. They hold numbers, and point at nothing that can be erased."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, LargeBinary, Table

from assessment.records.tables import Plain, metadata

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("clinic", Plain, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("made_at", BigInteger, nullable=False),
    Column("kind", Plain, nullable=False),
    Column("act", Plain, nullable=False),
    Column("therapist", Plain, nullable=False),
    Column("device", Plain, nullable=False),
    Column("about", Plain, nullable=True),
    Column("mac", LargeBinary, nullable=False),
    ForeignKeyConstraint(["clinic"], ["clinics.id"]),
    # The owner's page: read backwards, each gives the newest first without sorting.
    Index("ix_audit_all", "clinic", "made_at", "number"),
    Index("ix_audit_who", "clinic", "therapist", "made_at", "number"),
    Index("ix_audit_what", "clinic", "kind", "made_at", "number"),
    Index("ix_audit_both", "clinic", "therapist", "kind", "made_at", "number"),
)

audit_heads = Table(
    "audit_heads",
    metadata,
    Column("clinic", Plain, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("last", LargeBinary, nullable=False),
    Column("mac", LargeBinary, nullable=False),
    ForeignKeyConstraint(["clinic"], ["clinics.id"]),
)
