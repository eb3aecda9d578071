"""Invitations know the visit, clinics remind, and what is to be sent lies in an outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add what is new, empty: a clinic of an earlier version reminds nobody until it says so."""
    op.add_column("clinics", sa.Column("remind_after", sa.Integer, nullable=True))
    op.add_column("clinics", sa.Column("remind_before", sa.Boolean, nullable=True))
    op.add_column("invitations", sa.Column("visit_at", sa.BigInteger, nullable=True))
    op.add_column("invitations", sa.Column("language", _TEXT, nullable=True))
    op.create_table(
        "outbox",
        sa.Column("clinic", _TEXT, nullable=False),
        sa.Column("id", _TEXT, nullable=False),
        sa.Column("invitation", _TEXT, nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("claimed_at", sa.BigInteger, nullable=True),
        sa.Column("outcome", _TEXT, nullable=True),
        sa.Column("trouble", _TEXT, nullable=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=True),
        sa.PrimaryKeyConstraint("clinic", "id", name="pk_outbox"),
        sa.ForeignKeyConstraint(
            ["clinic", "invitation"],
            ["invitations.clinic", "invitations.id"],
            name="fk_outbox_clinic_invitation",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_outbox_clinic_invitation", "outbox", ["clinic", "invitation"])
    waits = sa.text("claimed_at IS NULL")
    op.create_index(
        "ix_outbox_due", "outbox", ["due_at"], sqlite_where=waits, postgresql_where=waits
    )
