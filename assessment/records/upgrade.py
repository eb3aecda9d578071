"""Runs the migrations, with nothing but a connection."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, text

MIGRATIONS = Path(__file__).with_name("migrations")

_LOCK = 7_241_968_553
"""Names the lock under which one process at a time upgrades a PostgreSQL database."""


class CannotUpgrade(Exception):  # noqa: N818  a report for the operator
    """The tables are of a version that this program does not know."""


def to_head(connection: Connection) -> None:
    """Bring the tables up to date within the transaction that is open.

    Nobody else upgrades meanwhile: SQLite has its write lock already, PostgreSQL takes one here.
    Raises CannotUpgrade.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = '60s'"))
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    try:
        command.upgrade(config(connection), "head")
    except CommandError as error:
        raise CannotUpgrade(f"the database is newer than this program: {error}") from None


def config(connection: Connection) -> Config:
    """Return what Alembic has to know."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made
