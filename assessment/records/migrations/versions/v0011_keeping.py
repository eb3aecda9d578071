"""Clinics choose after how long things go; erasures and agreements taken back are noted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add what is new, empty: nothing goes by itself in a clinic whose owner has not chosen."""
    for name in ("keep_answered", "keep_unanswered", "keep_erased"):
        op.add_column("clinics", sa.Column(name, sa.Integer, nullable=True))
    op.create_table(
        "erasures",
        sa.Column("clinic", _TEXT, nullable=False),
        sa.Column("name_hash", _TEXT, nullable=False),
        sa.Column("erased_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("clinic", "name_hash", name="pk_erasures"),
    )
    op.create_table(
        "purge_notices",
        sa.Column("clinic", _TEXT, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("clinic", "made_at", name="pk_purge_notices"),
        sa.ForeignKeyConstraint(["clinic"], ["clinics.id"], name="fk_purge_notices_clinic"),
    )
    op.create_table(
        "withdrawals",
        sa.Column("clinic", _TEXT, nullable=False),
        sa.Column("id", _TEXT, nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger, nullable=False),
        sa.Column("mac", sa.LargeBinary, nullable=True),
        sa.PrimaryKeyConstraint("clinic", "id", name="pk_withdrawals"),
        sa.ForeignKeyConstraint(
            ["clinic", "id"],
            ["responses.clinic", "responses.id"],
            name="fk_withdrawals_clinic_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_responses_received", "responses", ["clinic", "received_at"])
    op.create_index("ix_invitations_expires", "invitations", ["clinic", "expires_at"])
