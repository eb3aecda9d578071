"""A clinic's own questions, the answers to them, and its own words to clients."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add what is new, empty."""
    for name in ("welcome", "before_visit", "after_visit"):
        op.add_column("clinics", sa.Column(name, _TEXT, nullable=True))
    op.create_table(
        "own_questions",
        sa.Column("clinic", _TEXT, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("clinic", name="pk_own_questions"),
        sa.ForeignKeyConstraint(["clinic"], ["clinics.id"], name="fk_own_questions_clinic"),
    )
    op.create_table(
        "own_answers",
        sa.Column("clinic", _TEXT, nullable=False),
        sa.Column("id", _TEXT, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("clinic", "id", name="pk_own_answers"),
        sa.ForeignKeyConstraint(
            ["clinic", "id"],
            ["responses.clinic", "responses.id"],
            name="fk_own_answers_clinic_id",
            ondelete="CASCADE",
        ),
    )
