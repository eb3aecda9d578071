"""Which code may use the tables, for code that is older than they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None
needs_code = None

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the table; its row is written after all steps, as the last of them demand."""
    op.create_table(
        "oldest_code",
        sa.Column("step", _TEXT, nullable=False),
        sa.PrimaryKeyConstraint("step", name="pk_oldest_code"),
    )
