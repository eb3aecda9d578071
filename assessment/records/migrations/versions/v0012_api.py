"""Clinics have keys for the API, and responses are numbered as they come in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add what is new; what came in before is numbered by its time."""
    op.create_table(
        "api_keys",
        sa.Column("clinic", _TEXT, nullable=False),
        sa.Column("id", _TEXT, nullable=False),
        sa.Column("therapist", _TEXT, nullable=False),
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("scopes", _TEXT, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger, nullable=True),
        sa.Column("key_hash", _TEXT, nullable=False),
        sa.Column("mac", sa.LargeBinary, nullable=True),
        sa.PrimaryKeyConstraint("clinic", "id", name="pk_api_keys"),
        sa.ForeignKeyConstraint(
            ["clinic", "therapist"],
            ["therapists.clinic", "therapists.id"],
            name="fk_api_keys_clinic_therapist",
        ),
        sa.UniqueConstraint("key_hash", name="uq_api_keys_key_hash"),
    )
    op.create_table(
        "arrivals",
        sa.Column("clinic", _TEXT, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("response", _TEXT, nullable=False),
        sa.PrimaryKeyConstraint("clinic", "number", name="pk_arrivals"),
        sa.ForeignKeyConstraint(
            ["clinic", "response"],
            ["responses.clinic", "responses.id"],
            name="fk_arrivals_clinic_response",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("clinic", "response", name="uq_arrivals_clinic_response"),
    )
    op.create_table(
        "arrival_counts",
        sa.Column("clinic", _TEXT, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("clinic", name="pk_arrival_counts"),
        sa.ForeignKeyConstraint(["clinic"], ["clinics.id"], name="fk_arrival_counts_clinic"),
    )
    op.execute(
        "INSERT INTO arrivals (clinic, number, response) SELECT clinic, "
        "row_number() OVER (PARTITION BY clinic ORDER BY received_at, id), id FROM responses"
    )
    op.execute(
        "INSERT INTO arrival_counts (clinic, last) "
        "SELECT clinic, max(number) FROM arrivals GROUP BY clinic"
    )
