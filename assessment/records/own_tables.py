"""The tables of a clinic's own questions, and of the answers; built as `tables.py` says."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKeyConstraint, LargeBinary, Table

from assessment.records.tables import Plain, metadata

own_questions = Table(
    "own_questions",
    metadata,
    Column("clinic", Plain, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    ForeignKeyConstraint(["clinic"], ["clinics.id"]),
)
"""One row for a clinic, with all of its questions."""

own_answers = Table(
    "own_answers",
    metadata,
    Column("clinic", Plain, primary_key=True),
    Column("id", Plain, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    ForeignKeyConstraint(
        ["clinic", "id"], ["responses.clinic", "responses.id"], ondelete="CASCADE"
    ),
)
"""One row for a response, under its id; it goes with the response."""
