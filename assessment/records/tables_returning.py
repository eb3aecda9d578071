"""The table of codes that open what a client told before; built as `tables.py` says."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Integer, LargeBinary, Table

from assessment.records.tables import Plain, metadata

return_codes = Table(
    "return_codes",
    metadata,
    Column("clinic", Plain, primary_key=True),
    Column("id", Plain, primary_key=True),
    Column("code_hash", Plain, nullable=True),  # empty once it was used
    Column("expires_at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("mac", LargeBinary, nullable=True),
    ForeignKeyConstraint(
        ["clinic", "id"], ["invitations.clinic", "invitations.id"], ondelete="CASCADE"
    ),
)
"""One row for an invitation, under its id."""
