"""An invitation can be closed by the client."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Note when somebody closed their link."""
    op.add_column("invitations", sa.Column("closed_at", sa.BigInteger, nullable=True))
