"""The tables of what goes, and of what was taken back. See `tables.py` for what holds of all."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Table,
)

from assessment.records.tables import Plain, invitations, metadata, responses

erasures = Table(
    "erasures",
    metadata,
    Column("clinic", Plain, primary_key=True),  # which a backup may not have: no reference
    Column("name_hash", Plain, primary_key=True),
    Column("erased_at", BigInteger, nullable=False),
)

purge_notices = Table(
    "purge_notices",
    metadata,
    Column("clinic", Plain, primary_key=True),
    Column("made_at", BigInteger, primary_key=True),
    Column("until", BigInteger, nullable=False),
    ForeignKeyConstraint(["clinic"], ["clinics.id"]),
)

withdrawals = Table(
    "withdrawals",
    metadata,
    Column("clinic", Plain, primary_key=True),
    Column("id", Plain, primary_key=True),
    Column("withdrawn_at", BigInteger, nullable=False),
    Column("mac", LargeBinary, nullable=True),
    ForeignKeyConstraint(
        ["clinic", "id"], ["responses.clinic", "responses.id"], ondelete="CASCADE"
    ),
)

# Counted without a look at the rows, which are large; with whose they are, where not all are seen.
Index("ix_responses_received", responses.c.clinic, responses.c.received_at, responses.c.invitation)
Index(
    "ix_invitations_unanswered",
    invitations.c.clinic,
    invitations.c.expires_at,
    invitations.c.id,
    invitations.c.therapist,
    invitations.c.used_at,  # SQLite would look for it in the row
    sqlite_where=invitations.c.used_at.is_(None),
    postgresql_where=invitations.c.used_at.is_(None),
)
