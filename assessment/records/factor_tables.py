"""The tables of second factors, and of mails to staff about their own account.

They follow what `tables.py` says of all tables.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    UniqueConstraint,
)

from assessment.records.tables import Plain, metadata


def _key(name: str) -> Column[str]:
    return Column(name, Plain, primary_key=True)


def _of(column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["clinic", column], ["therapists.clinic", "therapists.id"])


apps = Table(
    "apps",
    metadata,
    _key("clinic"),
    _key("id"),  # the therapist's: each has one or none
    Column("made_at", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    _of("id"),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    _key("clinic"),
    _key("code_hash"),
    Column("therapist", Plain, nullable=False),
    _of("therapist"),
    Index(None, "clinic", "therapist"),
)

passkeys = Table(
    "passkeys",
    metadata,
    _key("clinic"),
    _key("id"),
    Column("therapist", Plain, nullable=False),
    Column("credential", Plain, nullable=False),
    Column("name", Plain, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("used_at", BigInteger, nullable=True),
    Column("sealed", LargeBinary, nullable=False),
    _of("therapist"),
    UniqueConstraint("credential"),
    Index(None, "clinic", "therapist"),
)

account_mails = Table(
    "account_mails",
    metadata,
    _key("clinic"),
    _key("id"),
    Column("therapist", Plain, nullable=False),
    Column("kind", Plain, nullable=False),
    Column("browser", Plain, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    _of("therapist"),
    Index(None, "due_at"),
)
