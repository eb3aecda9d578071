"""What a page counts, and which names are indexed anew, is found without a look at every row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give indexes what is read beside their order; nothing stored changes."""
    op.create_index("ix_clients_clinic_indexed_by", "clients", ["clinic", "indexed_by"])
    op.drop_index("ix_responses_received", "responses")
    op.create_index("ix_responses_received", "responses", ["clinic", "received_at", "invitation"])
    op.drop_index("ix_responses_unread", "responses")
    unread = sa.text("read_at IS NULL")
    op.create_index(
        "ix_responses_unread",
        "responses",
        ["clinic", "urgency", "invitation", "read_at"],
        sqlite_where=unread,
        postgresql_where=unread,
    )
    op.drop_index("ix_invitations_expires", "invitations")
    unanswered = sa.text("used_at IS NULL")
    op.create_index(
        "ix_invitations_unanswered",
        "invitations",
        ["clinic", "expires_at", "id", "therapist", "used_at"],
        sqlite_where=unanswered,
        postgresql_where=unanswered,
    )
