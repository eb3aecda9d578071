"""The visits of a day, and the clients of a clinic, are listed without sorting all of them."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the indexes, of which one takes the place of a shorter one; nothing stored changes."""
    op.create_index(
        "ix_invitations_clinic_visit_at_id", "invitations", ["clinic", "visit_at", "id"]
    )
    op.create_index("ix_clients_clinic_created_at_id", "clients", ["clinic", "created_at", "id"])
    op.create_index(
        "ix_invitations_clinic_client_therapist", "invitations", ["clinic", "client", "therapist"]
    )
    op.drop_index("ix_invitations_clinic_client", "invitations")
