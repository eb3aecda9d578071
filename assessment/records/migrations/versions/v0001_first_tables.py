"""The first tables: clinics and their staff, clients, invitations, responses, notes, versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables, those first that others point to."""
    _clinics()
    _staff()
    _codes()
    _clients()
    _invitations()
    _responses()
    _notes()
    _versions()


def _text(name: str, *, empty: bool = False) -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=empty)


def _time(name: str, *, empty: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=empty)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _yes_or_no(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _sealed() -> sa.Column[bytes]:
    return sa.Column("sealed", sa.LargeBinary(), nullable=False)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _of(table: str, column: str, there: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["clinic", column],
        [f"{there}.clinic", f"{there}.id"],
        name=f"fk_{table}_clinic_{column}",
        ondelete="CASCADE" if cascade else None,
    )


def _of_clinic(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["clinic"], ["clinics.id"], name=f"fk_{table}_clinic")


def _clinics() -> None:
    op.create_table(
        "clinics",
        _text("id"),
        _text("slug"),
        _text("name"),
        _text("phone", empty=True),
        _text("booking_url", empty=True),
        _text("accent", empty=True),
        _text("emergency_numbers", empty=True),
        _text("same_day_numbers", empty=True),
        _text("language"),
        _number("invitation_days"),
        _text("logo_type", empty=True),
        _number("revision"),
        _time("created_at"),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        _key("clinics", "id"),
        sa.UniqueConstraint("slug", name="uq_clinics_slug"),
    )


def _staff() -> None:
    op.create_table(
        "therapists",
        _text("clinic"),
        _text("id"),
        _text("email"),
        _text("name"),
        _yes_or_no("is_owner"),
        _yes_or_no("urgent_mail"),
        _time("created_at"),
        _time("disabled_at", empty=True),
        _text("email_key"),
        _text("password_hash", empty=True),
        _key("therapists", "clinic", "id"),
        _of_clinic("therapists"),
        sa.UniqueConstraint("email_key", name="uq_therapists_email_key"),
    )
    op.create_table(
        "sessions",
        _text("clinic"),
        _text("id"),
        _text("therapist"),
        _text("csrf"),
        _time("created_at"),
        _time("used_at"),
        _time("confirmed_at"),
        _text("browser"),
        _text("token_hash"),
        _time("ends_at"),
        _key("sessions", "clinic", "id"),
        _of("sessions", "therapist", "therapists"),
        sa.UniqueConstraint("token_hash", name="uq_sessions_token_hash"),
    )
    op.create_index("ix_sessions_clinic_therapist", "sessions", ["clinic", "therapist"])
    op.create_index("ix_sessions_ends_at", "sessions", ["ends_at"])


def _codes() -> None:
    op.create_table(
        "attempts",
        _text("id"),
        _text("key_hash"),
        _time("made_at"),
        _key("attempts", "id"),
    )
    op.create_index("ix_attempts_key_hash_made_at", "attempts", ["key_hash", "made_at"])
    op.create_index("ix_attempts_made_at", "attempts", ["made_at"])
    op.create_table(
        "codes",
        _text("code_hash"),
        _text("purpose"),
        _text("clinic", empty=True),
        _text("therapist", empty=True),
        _time("expires_at", empty=True),
        _key("codes", "code_hash"),
        _of_clinic("codes"),
        _of("codes", "therapist", "therapists"),
    )


def _clients() -> None:
    op.create_table(
        "clients",
        _text("clinic"),
        _text("id"),
        _time("created_at"),
        _sealed(),
        _key("clients", "clinic", "id"),
        _of_clinic("clients"),
    )
    op.create_table(
        "client_words",
        _text("clinic"),
        _text("word"),
        _text("client"),
        _key("client_words", "clinic", "word", "client"),
        _of("client_words", "client", "clients", cascade=True),
    )
    op.create_index("ix_client_words_clinic_client", "client_words", ["clinic", "client"])


def _invitations() -> None:
    op.create_table(
        "invitations",
        _text("clinic"),
        _text("id"),
        _text("client"),
        _text("therapist"),
        _text("token_hash"),
        _time("created_at"),
        _time("expires_at"),
        _time("mailed_at", empty=True),
        _time("opened_at", empty=True),
        _number("answered"),
        _number("of_about"),
        _time("used_at", empty=True),
        _time("revoked_at", empty=True),
        _text("replaced_by", empty=True),
        _sealed(),
        _key("invitations", "clinic", "id"),
        _of("invitations", "client", "clients", cascade=True),
        _of("invitations", "therapist", "therapists"),
        sa.ForeignKeyConstraint(
            ["clinic", "replaced_by"],
            ["invitations.clinic", "invitations.id"],
            name="fk_invitations_clinic_replaced_by",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.UniqueConstraint("token_hash", name="uq_invitations_token_hash"),
    )
    for columns in (["created_at", "id"], ["client"], ["replaced_by"]):
        name = f"ix_invitations_clinic_{'_'.join(columns)}"
        op.create_index(name, "invitations", ["clinic", *columns])


def _responses() -> None:
    op.create_table(
        "responses",
        _text("clinic"),
        _text("id"),
        _text("client"),
        _text("invitation", empty=True),
        _text("version"),
        _text("send_key"),
        _number("urgency"),
        _text("recommendation"),
        _yes_or_no("complete"),
        _text("state"),
        _time("received_at"),
        _time("read_at", empty=True),
        _sealed(),
        _key("responses", "clinic", "id"),
        _of("responses", "client", "clients", cascade=True),
        _of("responses", "invitation", "invitations"),
        sa.UniqueConstraint("clinic", "send_key", name="uq_responses_clinic_send_key"),
    )
    order = ["urgency", "received_at", "id"]
    for name, columns in {
        "inbox": order,
        "state": ["state", *order],
        "advice": ["recommendation", *order],
        "both": ["state", "recommendation", *order],
        "client": ["client", "received_at", "id"],
        "invitation": ["invitation"],
    }.items():
        op.create_index(f"ix_responses_{name}", "responses", ["clinic", *columns])
    unread = sa.text("read_at IS NULL")
    op.create_index(
        "ix_responses_unread",
        "responses",
        ["clinic", "urgency"],
        sqlite_where=unread,
        postgresql_where=unread,
    )


def _notes() -> None:
    op.create_table(
        "notes",
        _text("clinic"),
        _text("id"),
        _text("response"),
        _text("therapist"),
        _time("created_at"),
        _text("kind"),
        _sealed(),
        _key("notes", "clinic", "id"),
        _of("notes", "response", "responses", cascade=True),
        _of("notes", "therapist", "therapists"),
    )
    columns = ["clinic", "response", "created_at", "id"]
    op.create_index("ix_notes_clinic_response_created_at_id", "notes", columns)


def _versions() -> None:
    op.create_table(
        "versions",
        _text("version"),
        _text("protocol"),
        _text("files"),
        _key("versions", "version"),
    )
