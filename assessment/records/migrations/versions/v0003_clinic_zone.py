"""Countries and time zones of clinics, links that end with a day, and counts of a day's mails."""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Leave the place for each clinic to choose; links last until the end of their last day.

    Every mail with a link named that day in the zone of the server, so it is the one that counts.
    """
    op.add_column("clinics", sa.Column("country", _TEXT, nullable=True))
    op.add_column("clinics", sa.Column("time_zone", _TEXT, nullable=True))
    op.add_column("clients", sa.Column("indexed_by", sa.Integer, nullable=True))
    op.create_table(
        "sent_mails",
        sa.Column("clinic", _TEXT, nullable=False),
        sa.Column("about", _TEXT, nullable=False),
        sa.Column("day", _TEXT, nullable=False),
        sa.Column("sent", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("clinic", "about", "day", name="pk_sent_mails"),
        sa.ForeignKeyConstraint(["clinic"], ["clinics.id"], name="fk_sent_mails_clinic"),
    )
    table = sa.table("invitations", sa.column("expires_at", sa.BigInteger))
    connection = op.get_bind()
    for ends in connection.execute(sa.select(table.c.expires_at).distinct()).scalars().all():
        connection.execute(
            sa.update(table).where(table.c.expires_at == ends).values(expires_at=_end_of_day(ends))
        )


def _end_of_day(seconds: int) -> int:
    day = datetime.datetime.fromtimestamp(seconds, datetime.UTC).astimezone().date()
    next_day = day + datetime.timedelta(days=1)
    return int(datetime.datetime.combine(next_day, datetime.time()).astimezone().timestamp())
