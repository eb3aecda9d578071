"""Short measures before and after a visit, and whether a clinic asks for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add what is new; no clinic asks until its owner says so."""
    op.add_column(
        "clinics",
        sa.Column("asks_measures", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.add_column("clinics", sa.Column("measures_after", sa.Integer, nullable=True))
    op.create_table(
        "measures",
        sa.Column("clinic", _TEXT, nullable=False),
        sa.Column("id", _TEXT, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("clinic", "id", name="pk_measures"),
        sa.ForeignKeyConstraint(
            ["clinic", "id"],
            ["responses.clinic", "responses.id"],
            name="fk_measures_clinic_id",
            ondelete="CASCADE",
        ),
    )
