"""Staff can have a second factor, and get mail about what happens to their account."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Nobody has a second factor yet, and no clinic requires one until it says so."""
    op.add_column(
        "clinics",
        sa.Column("needs_factor", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    _table("apps", "id", _number("made_at"), _sealed())
    _table("recovery_codes", "therapist", key="code_hash")
    op.create_index("ix_recovery_codes_clinic_therapist", "recovery_codes", ["clinic", "therapist"])
    _table(
        "passkeys", "therapist",
        sa.Column("credential", _TEXT, nullable=False),
        sa.Column("name", _TEXT, nullable=False),
        _number("made_at"),
        sa.Column("used_at", sa.BigInteger, nullable=True),
        _sealed(),
        unique="credential",
    )  # fmt: skip
    op.create_index("ix_passkeys_clinic_therapist", "passkeys", ["clinic", "therapist"])
    _table(
        "account_mails", "therapist",
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("browser", _TEXT, nullable=False),
        _number("made_at"),
        _number("due_at"),
        sa.Column("tries", sa.Integer, nullable=False),
    )  # fmt: skip
    op.create_index("ix_account_mails_due_at", "account_mails", ["due_at"])


def _table(
    name: str, whose: str, *more: sa.Column[Any], key: str = "id", unique: str | None = None
) -> None:
    own = [] if whose == key else [sa.Column(whose, _TEXT, nullable=False)]
    there = ["therapists.clinic", "therapists.id"]
    constraints: list[sa.Constraint] = [
        sa.PrimaryKeyConstraint("clinic", key, name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["clinic", whose], there, name=f"fk_{name}_clinic_{whose}"),
    ]
    if unique is not None:
        constraints.append(sa.UniqueConstraint(unique, name=f"uq_{name}_{unique}"))
    columns = [sa.Column(one, _TEXT, nullable=False) for one in ("clinic", key)]
    op.create_table(name, *columns, *own, *more, *constraints)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _sealed() -> sa.Column[bytes]:
    return sa.Column("sealed", sa.LargeBinary, nullable=False)
