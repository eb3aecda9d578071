"""The table of short measures; built as `tables.py` says."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKeyConstraint, LargeBinary, Table

from assessment.records.tables import Plain, metadata

measures = Table(
    "measures",
    metadata,
    Column("clinic", Plain, primary_key=True),
    Column("id", Plain, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    ForeignKeyConstraint(
        ["clinic", "id"], ["responses.clinic", "responses.id"], ondelete="CASCADE"
    ),
)
"""One row for a response, under its id; it goes with the response."""
