"""Codes by which a client who comes back sees what they told before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add what is new, empty."""
    op.create_table(
        "return_codes",
        sa.Column("clinic", _TEXT, nullable=False),
        sa.Column("id", _TEXT, nullable=False),
        sa.Column("code_hash", _TEXT, nullable=True),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("sent", sa.Integer, nullable=False),
        sa.Column("mac", sa.LargeBinary, nullable=True),
        sa.PrimaryKeyConstraint("clinic", "id", name="pk_return_codes"),
        sa.ForeignKeyConstraint(
            ["clinic", "id"],
            ["invitations.clinic", "invitations.id"],
            name="fk_return_codes_clinic_id",
            ondelete="CASCADE",
        ),
    )
