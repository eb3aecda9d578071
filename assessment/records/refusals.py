"""What can go wrong with a database, in words that hold nothing of what is stored."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import (
    DatabaseError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    SQLAlchemyError,
    TimeoutError,
)


class Unavailable(Exception):
    """The database is away, locked for too long or full; nothing of the transaction was written.

    `str()` says what happened, for the operator's log, and holds nothing that was stored. Only
    when the connection breaks while a transaction is being finished it may have been written:
    what must not happen twice needs a key of its own, as responses have.
    """


class Unusable(Unavailable):
    """It never gets better by trying again: a file of another program, a newer one, an encoding.

    Nothing in the database was changed.
    """


class Misfit(Exception):
    """A row names another one that is not there (in this clinic); `str()` holds no content."""


class Taken(Misfit):
    """Something that has to be unique is there already: a slug, an email address, an id."""


@contextmanager
def translated() -> Iterator[None]:
    """Turn what the database says into what our callers know, without anything that is stored."""
    try:
        yield
    except IntegrityError as error:
        raise refusal(error) from None
    except (OperationalError, InterfaceError, TimeoutError) as error:
        raise Unavailable(_cause(error)) from None
    except DatabaseError as error:
        if type(error) is not DatabaseError:
            raise
        raise Unavailable(_cause(error)) from None  # a file that is damaged or no database


@contextmanager
def known_tables() -> Iterator[None]:
    """Turn what the database says of tables that no step left so into Unusable.

    Such are tables of a newer release among those of an older copy, and tables of somebody else.
    """
    try:
        yield
    except ProgrammingError as error:
        raise Unusable(
            f"its tables are not as this program left them: {_cause(error)}. "
            "Nothing was changed. Restore a copy into an empty database (docs/deploy.md)"
        ) from None


def refusal(error: IntegrityError) -> Misfit:
    """Return what refused a row, by its name only: PostgreSQL's own words quote the row."""
    driver = error.orig
    if isinstance(driver, sqlite3.Error):
        taken = driver.sqlite_errorname in (
            "SQLITE_CONSTRAINT_UNIQUE",
            "SQLITE_CONSTRAINT_PRIMARYKEY",
        )
        return (Taken if taken else Misfit)(str(driver))
    taken = getattr(driver, "sqlstate", None) == "23505"
    name = getattr(getattr(driver, "diag", None), "constraint_name", None)
    return (Taken if taken else Misfit)(f"refused by {name}")


def _cause(error: SQLAlchemyError) -> str:
    if not isinstance(error, DBAPIError):
        return "all connections are in use"
    text = str(error.orig).strip()
    return text.splitlines()[0] if text else type(error.orig).__name__
