"""Every clinic gets an audit log, which begins with an entry that says so."""

from __future__ import annotations

import time

import sqlalchemy as sa
from alembic import context, op

from assessment.records.vault import Vault

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and begin the log of every clinic that is there."""
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    entries = op.create_table(
        "audit_entries",
        sa.Column("clinic", text, nullable=False),
        sa.Column("number", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("act", text, nullable=False),
        sa.Column("therapist", text, nullable=False),
        sa.Column("device", text, nullable=False),
        sa.Column("about", text, nullable=True),
        sa.Column("mac", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("clinic", "number", name="pk_audit_entries"),
        sa.ForeignKeyConstraint(["clinic"], ["clinics.id"], name="fk_audit_entries_clinic"),
    )
    heads = op.create_table(
        "audit_heads",
        sa.Column("clinic", text, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("last", sa.LargeBinary, nullable=False),
        sa.Column("mac", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("clinic", name="pk_audit_heads"),
        sa.ForeignKeyConstraint(["clinic"], ["clinics.id"], name="fk_audit_heads_clinic"),
    )
    order = ["made_at", "number"]
    for name, columns in (
        ("ix_audit_all", []),
        ("ix_audit_who", ["therapist"]),
        ("ix_audit_what", ["kind"]),
        ("ix_audit_both", ["therapist", "kind"]),
    ):
        op.create_index(name, "audit_entries", ["clinic", *columns, *order])
    _begin(context.config.attributes["vault"], entries, heads)


def _begin(vault: Vault, entries: sa.Table, heads: sa.Table) -> None:
    connection, now = op.get_bind(), int(time.time())
    for clinic in connection.execute(sa.text("SELECT id FROM clinics ORDER BY id")).scalars().all():
        values = [clinic, 1, now, "changed", "log begun", "", "command line", None]
        mac = vault.mac("audit_entries", [*values, ""])
        names = ("clinic", "number", "made_at", "kind", "act", "therapist", "device", "about")
        row = dict(zip(names, values, strict=True))
        connection.execute(sa.insert(entries).values(**row, mac=mac))
        head = vault.mac("audit_heads", [clinic, 1, mac.hex()])
        connection.execute(sa.insert(heads).values(clinic=clinic, number=1, last=mac, mac=head))
