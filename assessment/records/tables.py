"""The tables. Every change needs a migration beside it; a test compares the two.

The key of a row starts with its clinic, and so does every reference to it: a row cannot point into
another clinic. What a client said or what is said of one is in a column named `sealed`; the rest
is ids, times (Unix seconds), counts, states and hashes. Where a plain column decides who may do
what, or what is seen first, a column `mac` authenticates the row.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Dialect,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    and_,
    false,
)


class Plain(TypeDecorator[str]):
    """Text that both databases store and order alike: by code point, and without NUL.

    PostgreSQL refuses NUL and half characters. They have no place in any of our texts, but can
    stand in an address that somebody makes up, and such a row is simply not there.
    """

    impl = Text().with_variant(Text(collation="C"), "postgresql")
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Replace what cannot be stored."""
        if value is None or (value.isprintable() and value.isascii()):
            return value
        return value.replace("\0", "\ufffd").encode(errors="replace").decode()


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _id(name: str = "id") -> Column[str]:
    return Column(name, Plain, primary_key=True)


def _text(name: str, *, empty: bool = False) -> Column[str]:
    return Column(name, Plain, nullable=empty)


def _time(name: str, *, empty: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=empty)


def _sealed() -> Column[bytes]:
    return Column("sealed", LargeBinary, nullable=False)


def _mac() -> Column[bytes]:
    """Return the column that authenticates the plain ones of a row; see `authentic.py`."""
    return Column("mac", LargeBinary, nullable=True)


def _of(table: str, column: str, *, cascade: bool = False) -> ForeignKeyConstraint:
    """Return the reference to a row of the same clinic; `cascade` lets this row go with that."""
    there = [f"{table}.clinic", f"{table}.id"]
    return ForeignKeyConstraint(["clinic", column], there, ondelete="CASCADE" if cascade else None)


def _of_clinic() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["clinic"], ["clinics.id"])


clinics = Table(
    "clinics",
    metadata,
    _id(),
    _text("slug"),
    _text("name"),
    _text("phone", empty=True),
    _text("booking_url", empty=True),
    _text("accent", empty=True),
    _text("emergency_numbers", empty=True),
    _text("same_day_numbers", empty=True),
    _text("language"),
    Column("invitation_days", Integer, nullable=False),
    _text("logo_type", empty=True),
    Column("revision", Integer, nullable=False),
    _time("created_at"),
    Column("logo", LargeBinary, nullable=True),
    _text("country", empty=True),
    _text("time_zone", empty=True),
    Column("remind_after", Integer, nullable=True),
    Column("remind_before", Boolean, nullable=True),
    Column("inviter_only", Boolean, nullable=False, server_default=false()),
    Column("needs_factor", Boolean, nullable=False, server_default=false()),
    Column("keep_answered", Integer, nullable=True),
    Column("keep_unanswered", Integer, nullable=True),
    Column("keep_erased", Integer, nullable=True),
    _text("welcome", empty=True),
    _text("before_visit", empty=True),
    _text("after_visit", empty=True),
    Column("asks_measures", Boolean, nullable=False, server_default=false()),
    Column("measures_after", Integer, nullable=True),
    UniqueConstraint("slug"),
)

therapists = Table(
    "therapists",
    metadata,
    _id("clinic"),
    _id(),
    _text("email"),
    _text("name"),
    Column("is_owner", Boolean, nullable=False),
    Column("urgent_mail", Boolean, nullable=False),
    _time("created_at"),
    _time("disabled_at", empty=True),
    _text("email_key"),
    _text("password_hash", empty=True),
    _time("removed_at", empty=True),
    _of_clinic(),
    UniqueConstraint("email_key"),
)

sessions = Table(
    "sessions",
    metadata,
    _id("clinic"),
    _id(),
    _text("therapist"),
    _text("csrf"),
    _time("created_at"),
    _time("used_at"),
    _time("confirmed_at"),
    _text("browser"),
    _text("token_hash"),
    _time("ends_at"),
    _mac(),
    _of("therapists", "therapist"),
    UniqueConstraint("token_hash"),
    Index(None, "clinic", "therapist"),
    Index(None, "ends_at"),
)

attempts = Table(
    "attempts",
    metadata,
    _id(),
    _text("key_hash"),
    _time("made_at"),
    Index(None, "key_hash", "made_at"),
    Index(None, "made_at"),
)

codes = Table(
    "codes",
    metadata,
    _id("code_hash"),
    _text("purpose"),
    _text("clinic", empty=True),
    _text("therapist", empty=True),
    _time("expires_at", empty=True),
    _mac(),
    _of_clinic(),
    _of("therapists", "therapist"),
)

clients = Table(
    "clients",
    metadata,
    _id("clinic"),
    _id(),
    _time("created_at"),
    _sealed(),
    Column("indexed_by", Integer, nullable=True),
    _of_clinic(),
    Index(None, "clinic", "created_at", "id"),
    Index(None, "clinic", "indexed_by"),
)

client_words = Table(
    "client_words",
    metadata,
    _id("clinic"),
    _id("word"),
    _id("client"),
    _of("clients", "client", cascade=True),
    Index(None, "clinic", "client"),
)

invitations = Table(
    "invitations",
    metadata,
    _id("clinic"),
    _id(),
    _text("client"),
    _text("therapist"),
    _text("token_hash"),
    _time("created_at"),
    _time("expires_at"),
    _time("mailed_at", empty=True),
    _time("opened_at", empty=True),
    Column("answered", Integer, nullable=False),
    Column("of_about", Integer, nullable=False),
    _time("used_at", empty=True),
    _time("revoked_at", empty=True),
    _text("replaced_by", empty=True),
    _sealed(),
    _time("closed_at", empty=True),
    _mac(),
    _time("visit_at", empty=True),
    _text("language", empty=True),
    _of("clients", "client", cascade=True),
    _of("therapists", "therapist"),
    ForeignKeyConstraint(
        ["clinic", "replaced_by"],
        ["invitations.clinic", "invitations.id"],
        deferrable=True,  # whichever of the two is written first
        initially="DEFERRED",
    ),
    UniqueConstraint("token_hash"),
    Index(None, "clinic", "created_at", "id"),
    Index(None, "clinic", "client", "therapist"),
    Index(None, "clinic", "therapist", "created_at", "id"),
    Index(None, "clinic", "replaced_by"),
    Index(None, "clinic", "visit_at", "id"),
)

responses = Table(
    "responses",
    metadata,
    _id("clinic"),
    _id(),
    _text("client"),
    _text("invitation", empty=True),
    _text("version"),
    _text("send_key"),
    Column("urgency", Integer, nullable=False),
    _text("recommendation"),
    Column("complete", Boolean, nullable=False),
    _text("state"),
    _time("received_at"),
    _time("read_at", empty=True),
    _sealed(),
    _mac(),
    _of("clients", "client", cascade=True),
    _of("invitations", "invitation"),
    UniqueConstraint("clinic", "send_key"),
    # The inbox: read backwards, each gives "most urgent first, then newest" without sorting.
    Index("ix_responses_inbox", "clinic", "urgency", "received_at", "id"),
    Index("ix_responses_state", "clinic", "state", "urgency", "received_at", "id"),
    Index("ix_responses_advice", "clinic", "recommendation", "urgency", "received_at", "id"),
    Index("ix_responses_both", "clinic", "state", "recommendation", "urgency", "received_at", "id"),
    Index("ix_responses_client", "clinic", "client", "received_at", "id"),
    Index("ix_responses_invitation", "clinic", "invitation"),
)

Index(
    "ix_responses_unread",
    responses.c.clinic,
    responses.c.urgency,
    responses.c.invitation,
    responses.c.read_at,  # SQLite would look for it in the row
    sqlite_where=responses.c.read_at.is_(None),
    postgresql_where=responses.c.read_at.is_(None),
)

notes = Table(
    "notes",
    metadata,
    _id("clinic"),
    _id(),
    _text("response"),
    _text("therapist"),
    _time("created_at"),
    _text("kind"),
    _sealed(),
    _of("responses", "response", cascade=True),
    _of("therapists", "therapist"),
    Index(None, "clinic", "response", "created_at", "id"),
)

rechecks = Table(
    "rechecks",
    metadata,
    _id("clinic"),
    _id(),
    _id("version"),
    Column("number", Integer, nullable=False),
    Column("urgency", Integer, nullable=False),
    _text("recommendation"),
    Column("raised", Boolean, nullable=False),
    _time("made_at"),
    _text("seen_to", empty=True),
    _sealed(),
    _mac(),
    _of("responses", "id", cascade=True),
)

outbox = Table(
    "outbox",
    metadata,
    _id("clinic"),
    _id(),
    _text("invitation"),
    _text("kind"),
    _time("made_at"),
    _time("due_at"),
    _time("claimed_at", empty=True),
    _text("outcome", empty=True),
    _text("trouble", empty=True),
    Column("tries", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=True),  # empty as soon as sending begins
    _of("invitations", "invitation", cascade=True),
    Index(None, "clinic", "invitation"),
)

Index(
    "ix_outbox_due",
    outbox.c.due_at,
    sqlite_where=outbox.c.claimed_at.is_(None),
    postgresql_where=outbox.c.claimed_at.is_(None),
)

sent_mails = Table(
    "sent_mails",
    metadata,
    _id("clinic"),
    _id("about"),
    _id("day"),
    Column("sent", Integer, nullable=False),
    _of_clinic(),
)

versions = Table(
    "versions",
    metadata,
    _id("version"),
    _text("protocol"),
    _text("files"),
)


def at(table: Table, clinic: str, id: str) -> ColumnElement[bool]:
    """Return the condition that names one row of a clinic."""
    return and_(table.c.clinic == clinic, table.c.id == id)


def storable(number: int, bits: int = 64) -> int:
    """Return a number that was made up, or the nearest one that a column of so many bits holds."""
    most = (1 << (bits - 1)) - 1
    return max(-most, min(most, number))
