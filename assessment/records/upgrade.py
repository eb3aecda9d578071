"""Runs the migrations, with nothing but a connection."""

from __future__ import annotations

import random
import time
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import OperationalError

from assessment.records import (
    api_tables,  # noqa: F401  so that all tables are known
    audit_tables,  # noqa: F401
    factor_tables,  # noqa: F401
    keeping_tables,  # noqa: F401
    measure_tables,  # noqa: F401
    oldest_code,
    own_tables,  # noqa: F401
    tables_arrivals,  # noqa: F401
    tables_machines,  # noqa: F401
    tables_returning,  # noqa: F401
    webhook_tables,  # noqa: F401
)
from assessment.records.postgresql import set_for_transaction, wait_for_steps
from assessment.records.vault import Vault

MIGRATIONS = Path(__file__).with_name("migrations")

_LOCK = 7_241_968_553
"""Names the lock under which one process at a time upgrades a PostgreSQL database."""
_LOCK_SECONDS = 1.0
"""Whoever asks for a table after us waits behind us, so we wait for it no longer than this."""
_STATEMENT_SECONDS = 4.0
"""Less than `Database` waits for a lock: what it keeps waiting is late, and not refused."""
_TRY_SECONDS = 60.0
"""For as long a server that starts tries; nobody waits for it yet."""
_AGAIN = {"55P03", "57014", "40P01"}
"""PostgreSQL's codes for a lock or a statement that took too long, and for a deadlock."""


class CannotUpgrade(Exception):
    """The tables are not ours, too new for this code, or not as we left them."""


def to_head(
    connection: Connection, vault: Vault, *, keyed: bool = False, seconds: float | None = None
) -> None:
    """Bring the tables up to date within the transaction that is open.

    Newer tables are left as they are, where this code may use them. A step may seal what is there
    with the `vault`; `keyed`: that was done in this installation before, so that tables without it
    are not those that it left.

    Nobody else upgrades meanwhile: SQLite has its write lock already, PostgreSQL takes one here.
    On PostgreSQL others go on: no step waits or works for longer than they are patient, and what
    could not be done so is undone and tried again for that many `seconds`, and a server that falls
    silent is given up soon after. None is for a start: it takes as long as it may, and waits for
    each answer as long as it takes. Raises CannotUpgrade.
    """
    trying = _TRY_SECONDS if seconds is None else seconds
    if connection.dialect.name == "postgresql":
        _refuse_encoding(connection)
        wait_for_steps(connection, seconds)
        _wait_at_most(connection, trying)
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        _wait_at_most(connection, _LOCK_SECONDS)
        set_for_transaction(connection, {"statement_timeout": _milliseconds(_STATEMENT_SECONDS)})
    made = config(connection)
    script = ScriptDirectory.from_config(made)
    if _is_newer(connection, script):
        return
    made.attributes.update(vault=vault, keyed=keyed)
    if connection.dialect.name == "postgresql":
        _try_until_done(connection, made, trying)
    else:
        command.upgrade(made, "head")
    oldest_code.raise_to(connection, needed_by(script))


def is_at_head(connection: Connection) -> bool:
    """Whether nothing is to be done: the tables are up to date, or newer and fit for this code.

    Reads only. Raises CannotUpgrade.
    """
    script = ScriptDirectory.from_config(config(connection))
    found = MigrationContext.configure(connection).get_current_heads()
    others = set(inspect(connection).get_table_names()) - {"alembic_version"}
    if others and not found:
        raise CannotUpgrade("these are tables of another program; name a file of its own")
    return _is_newer(connection, script) or set(found) == set(script.get_heads())


def needed_by(script: ScriptDirectory) -> str:
    """Return the oldest step that code has to know, once every step was taken."""
    steps = script.walk_revisions()
    named: list[str | None] = [getattr(one.module, "needs_code", None) for one in steps]
    return max([oldest_code.ANY, *(one for one in named if one is not None)])


def _is_newer(connection: Connection, script: ScriptDirectory) -> bool:
    """Whether steps were taken that this code does not know. Raises CannotUpgrade if it had to."""
    known = {one.revision for one in script.walk_revisions()}
    if set(MigrationContext.configure(connection).get_current_heads()) <= known:
        return False
    if (refusal := oldest_code.may_use(connection)) is not None:
        raise CannotUpgrade(refusal)
    return True


def _try_until_done(connection: Connection, made: Config, seconds: float) -> None:
    """Take the steps; let go of every table between one try and the next."""
    end = time.monotonic() + seconds
    while True:
        try:
            with connection.begin_nested():
                command.upgrade(made, "head")
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) not in _AGAIN or time.monotonic() > end:
                raise
        else:
            return
        time.sleep(_LOCK_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311  no secret


def _wait_at_most(connection: Connection, seconds: float) -> None:
    patience, longest = _milliseconds(seconds), _milliseconds(seconds * 2)
    set_for_transaction(connection, {"lock_timeout": patience, "statement_timeout": longest})


def _milliseconds(seconds: float) -> str:
    return str(int(seconds * 1000))


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
