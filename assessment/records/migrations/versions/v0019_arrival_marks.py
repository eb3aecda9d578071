"""What shows that a number of a response was given before a backup was restored, or after."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add what is new, empty: numbers of before have no mark, and their cursors go on."""
    op.create_table(
        "arrival_marks",
        sa.Column("clinic", _TEXT, nullable=False),
        sa.Column("number", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("mark", _TEXT, nullable=False),
        sa.PrimaryKeyConstraint("clinic", "number", name="pk_arrival_marks"),
        sa.ForeignKeyConstraint(["clinic"], ["clinics.id"], name="fk_arrival_marks_clinic"),
    )
