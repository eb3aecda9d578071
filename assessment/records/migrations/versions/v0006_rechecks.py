"""Responses to a withdrawn version get a second advice, in a table of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; what is there stays as it is."""
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "rechecks",
        sa.Column("clinic", text, nullable=False),
        sa.Column("id", text, nullable=False),
        sa.Column("version", text, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("recommendation", text, nullable=False),
        sa.Column("raised", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_to", text, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("clinic", "id", "version", name="pk_rechecks"),
        sa.ForeignKeyConstraint(
            ["clinic", "id"],
            ["responses.clinic", "responses.id"],
            name="fk_rechecks_clinic_id",
            ondelete="CASCADE",
        ),
    )
