"""Runs the migrations, with nothing but a connection."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, inspect, text

from assessment.records import (
    api_tables,  # noqa: F401  so that all tables are known
    audit_tables,  # noqa: F401
    factor_tables,  # noqa: F401
    keeping_tables,  # noqa: F401
    measure_tables,  # noqa: F401
    own_tables,  # noqa: F401
    tables_arrivals,  # noqa: F401
    tables_machines,  # noqa: F401
    tables_returning,  # noqa: F401
    webhook_tables,  # noqa: F401
)
from assessment.records.vault import Vault

MIGRATIONS = Path(__file__).with_name("migrations")

_LOCK = 7_241_968_553
"""Names the lock under which one process at a time upgrades a PostgreSQL database."""


class CannotUpgrade(Exception):  # noqa: N818  a report for the operator
    """The tables are not ours, of a version that we do not know, or not as we left them."""


def to_head(connection: Connection, vault: Vault, *, keyed: bool = False) -> None:
    """Bring the tables up to date within the transaction that is open.

    A step may seal what is there with the `vault`; `keyed`: that was done in this installation
    before, so that tables without it are not those that it left.

    Nobody else upgrades meanwhile: SQLite has its write lock already, PostgreSQL takes one here.
    Raises CannotUpgrade.
    """
    if connection.dialect.name == "postgresql":
        _refuse_encoding(connection)
        connection.execute(text("SET LOCAL lock_timeout = '60s'"))
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    try:
        made = config(connection)
        made.attributes.update(vault=vault, keyed=keyed)
        command.upgrade(made, "head")
    except CommandError as error:
        raise CannotUpgrade(f"the database is newer than this program: {error}") from None


def is_at_head(connection: Connection) -> bool:
    """Whether the tables are up to date; reads only. Raises CannotUpgrade."""
    script = ScriptDirectory.from_config(config(connection))
    found = MigrationContext.configure(connection).get_current_heads()
    others = set(inspect(connection).get_table_names()) - {"alembic_version"}
    if others and not found:
        raise CannotUpgrade("these are tables of another program; name a file of its own")
    known = {one.revision for one in script.walk_revisions()}
    for revision in found:
        if revision not in known:
            raise CannotUpgrade(f"the database is newer than this program: {revision} is unknown")
    return set(found) == set(script.get_heads())


def _refuse_encoding(connection: Connection) -> None:
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise CannotUpgrade(
            f"the database is in {encoding}, which cannot hold every name; make one with "
            "createdb --encoding=UTF8 --template=template0"
        )


def config(connection: Connection) -> Config:
    """Return what Alembic has to know."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made
