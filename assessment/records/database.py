"""The database of an installation, and the transactions in which everything happens."""

from __future__ import annotations

import os
import sqlite3
import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, Pool, QueuePool, Table, make_url
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
    TimeoutError,
)

from assessment.records import postgresql, sqlite
from assessment.records.vault import Vault

_SQLITE = "sqlite:///"
_PATIENCE = 5.0
_ERASED = "erased"


class Unavailable(Exception):  # noqa: N818  the state of the database, not an error of ours
    """The database is away, locked for too long or full; nothing of the transaction was written.

    `str()` says what happened, for the operator's log, and holds nothing that was stored. Only
    when the connection breaks while a transaction is being finished it may have been written:
    what must not happen twice needs a key of its own, as responses have.
    """


class Misfit(Exception):  # noqa: N818  a refusal by the database
    """A row names another one that is not there (in this clinic); `str()` holds no content."""


class Taken(Misfit):
    """Something that has to be unique is there already: a slug, an e-mail address, an id."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """What every function of this package works on."""

    connection: Connection
    vault: Vault


class Database:
    """SQLite in a file, or PostgreSQL. Safe to share between threads, and to hold across a fork.

    A process that forks while it is in a transaction on SQLite gets a child that is refused with
    Unavailable: SQLite would think that the child holds locks which it does not.

    `url` is sqlite:/// and the path of a file as it is, or starts with postgresql:// or
    postgres://; `patience` is how many seconds are waited for a lock. Nothing is opened before it
    is needed. No transaction begins before `check`, which reads, has returned once; what it raises
    is Unavailable or one of its kind. Raises ValueError when the URL is not one of these.
    """

    def __init__(
        self,
        url: str,
        vault: Vault,
        *,
        patience: float = _PATIENCE,
        check: Callable[[Transaction], None] | None = None,
    ) -> None:
        self._file: Path | None = None
        if url.startswith(_SQLITE):
            self._file = sqlite.file_named(url.removeprefix(_SQLITE))
            self._engine = sqlite.make_engine(self._file, patience)
        else:
            self._engine = postgresql.make_engine(_parsed(url), patience)
        self._vault = vault
        self._check = check
        self._behind = False
        self._unclean = False
        self._misled = False
        self._uses: set[object] = set()
        _OPEN.add(self)

    def migrate(self) -> None:
        """Bring the tables up to date; harmless when they are, or when another process does so.

        Raises Unavailable when that cannot be done now, or when the check fails. It is tried again
        then before the next transaction.
        """
        from assessment.records import upgrade  # Alembic is slow to import, and needed once

        self._behind = True
        self._refuse_if_misled()
        try:
            if self._file is not None:
                sqlite.create_file(self._file)
            with self._connected(writes=True) as connection:
                with connection.begin():
                    upgrade.to_head(connection)
                sqlite.truncate_log(connection)
        except (OSError, upgrade.CannotUpgrade) as error:
            raise Unavailable(str(error)) from None
        self._behind = False
        self._pass_check()

    def reading(self) -> AbstractContextManager[Transaction]:
        """Return a transaction that cannot write. Raises Unavailable, on entry or while in it."""
        return self._transaction(writes=False)

    def writing(self) -> AbstractContextManager[Transaction]:
        """Return a transaction that is kept when its block ends, and undone on any error.

        On SQLite it holds the only write lock from the start, so it should be short. Raises
        Unavailable, on entry, while in it or at the end; Misfit or Taken when a row is refused.
        """
        return self._transaction(writes=True)

    def close(self) -> None:
        """Close all connections that are not in use; the next transaction opens a new one."""
        self._engine.dispose()

    def _pass_check(self) -> None:
        check = self._check
        if check is not None:
            with self._connected(writes=False) as connection, connection.begin():
                check(Transaction(connection, self._vault))
            self._check = None

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Transaction]:
        self._refuse_if_misled()
        if self._behind:
            self.migrate()
        self._pass_check()
        with self._connected(writes=writes) as connection:
            connection.info.pop(_ERASED, None)
            with connection.begin():
                yield Transaction(connection, self._vault)
            if connection.info.pop(_ERASED, False) or self._unclean:
                self._unclean = not sqlite.truncate_log(connection)

    @contextmanager
    def _connected(self, *, writes: bool) -> Iterator[Connection]:
        use = object()
        self._uses.add(use)
        try:
            with _translated(), self._engine.connect() as connection:
                yield connection.execution_options(writes=writes, postgresql_readonly=not writes)
        finally:
            self._uses.discard(use)

    def _before_fork(self) -> None:
        self._engine.dispose()

    def _in_child(self) -> None:
        """Leave alone what the parent still uses: neither use nor close it."""
        pool = self._engine.pool
        if self._file is not None and isinstance(pool, QueuePool):
            self._misled = self._misled or bool(self._uses) or pool.checkedin() > 0
        _INHERITED.append(pool)
        self._engine.dispose(close=False)

    def _refuse_if_misled(self) -> None:
        if self._misled:
            raise Unavailable("this process was forked in the middle of a transaction")


def mark_erased(tx: Transaction) -> None:
    """Have the bytes of what this transaction erases leave the log of SQLite as well."""
    tx.connection.info[_ERASED] = True


@contextmanager
def unique(tx: Transaction) -> Iterator[None]:
    """Run statements of which one may find its place taken; then raises Taken.

    The transaction can go on after it.
    """
    try:
        with tx.connection.begin_nested():
            yield
    except IntegrityError as error:
        raise _refusal(error) from None


def add_new(tx: Transaction, table: Table, unique_by: tuple[str, ...], **values: object) -> bool:
    """Add a row unless there is one with the same `unique_by`; return whether it was added.

    Of several who add the same at once, one succeeds and the others wait for it.
    """
    insert = sqlite_insert if tx.connection.dialect.name == "sqlite" else postgresql_insert
    statement = insert(table).values(**values).on_conflict_do_nothing(index_elements=unique_by)
    added = statement.returning(table.c[unique_by[0]])
    return tx.connection.execute(added).first() is not None


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what the database says into what our callers know, without anything that is stored."""
    try:
        yield
    except IntegrityError as error:
        raise _refusal(error) from None
    except (OperationalError, InterfaceError, TimeoutError) as error:
        raise Unavailable(_cause(error)) from None
    except DatabaseError as error:
        if type(error) is not DatabaseError:
            raise
        raise Unavailable(_cause(error)) from None  # a file that is damaged or no database


def _refusal(error: IntegrityError) -> Misfit:
    """Name the constraint only: PostgreSQL's own words quote the row."""
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


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError("this is no address of a database") from None
    if parsed.drivername not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise ValueError("a database address starts with sqlite:/// or postgresql://")
    return parsed


_OPEN: weakref.WeakSet[Database] = weakref.WeakSet()
_INHERITED: list[Pool] = []
"""Connections of a parent process. They are kept here because forgetting them would close them."""


def _each(act: str) -> None:
    for database in list(_OPEN):
        getattr(database, act)()


os.register_at_fork(before=lambda: _each("_before_fork"), after_in_child=lambda: _each("_in_child"))
