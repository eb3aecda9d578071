"""A clinic can have other programs told of what happened."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_LEADS_TO = (("webhook", "webhooks"), ("invitation", "invitations"), ("response", "responses"))


def upgrade() -> None:
    """Add what is new, empty: a clinic of an earlier version tells nobody until it says so."""
    op.create_table(
        "webhooks",
        sa.Column("clinic", _TEXT, nullable=False),
        sa.Column("id", _TEXT, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("failing_since", sa.BigInteger, nullable=True),
        sa.Column("off_at", sa.BigInteger, nullable=True),
        sa.Column("off_because", _TEXT, nullable=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("clinic", "id", name="pk_webhooks"),
        sa.ForeignKeyConstraint(["clinic"], ["clinics.id"], name="fk_webhooks_clinic"),
    )
    op.create_table(
        "deliveries",
        sa.Column("clinic", _TEXT, nullable=False),
        sa.Column("id", _TEXT, nullable=False),
        sa.Column("webhook", _TEXT, nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=True),
        sa.Column("tried_at", sa.BigInteger, nullable=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("answer", _TEXT, nullable=True),
        sa.Column("invitation", _TEXT, nullable=True),
        sa.Column("response", _TEXT, nullable=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("clinic", "id", name="pk_deliveries"),
        *(
            sa.ForeignKeyConstraint(
                ["clinic", column],
                [f"{table}.clinic", f"{table}.id"],
                name=f"fk_deliveries_clinic_{column}",
                ondelete="CASCADE",
            )
            for column, table in _LEADS_TO
        ),
    )
    op.create_index("ix_deliveries_clinic_made_at_id", "deliveries", ["clinic", "made_at", "id"])
    for column, _ in _LEADS_TO:
        op.create_index(f"ix_deliveries_clinic_{column}", "deliveries", ["clinic", column])
    op.create_index("ix_deliveries_made_at", "deliveries", ["made_at"])
    due = sa.text("due_at IS NOT NULL")
    op.create_index(
        "ix_deliveries_due", "deliveries", ["due_at"], sqlite_where=due, postgresql_where=due
    )
