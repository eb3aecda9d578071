"""Colleagues can be removed, and a clinic chooses who sees what clients send."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """In a clinic that is there already, everybody goes on to see everything."""
    op.add_column(
        "clinics",
        sa.Column("inviter_only", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.add_column("therapists", sa.Column("removed_at", sa.BigInteger, nullable=True))
    op.create_index(
        "ix_invitations_clinic_therapist_created_at_id",
        "invitations",
        ["clinic", "therapist", "created_at", "id"],
    )
