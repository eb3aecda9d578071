"""Who does what is done once for all, until when; and which hosts use this database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None
needs_code = None

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add both tables, empty: what stands in them is of the last minutes."""
    op.create_table(
        "leases",
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("owner", _TEXT, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    op.create_table(
        "hosts",
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("cookie_keys", _TEXT, nullable=False),
        sa.Column("record_keys", _TEXT, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_hosts"),
    )
