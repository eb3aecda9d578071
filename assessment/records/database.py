"""The database of an installation, which begins the transactions in which everything happens."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import URL, Connection, Pool, QueuePool, inspect, make_url
from sqlalchemy.exc import ArgumentError

from assessment.records import postgresql, sqlite, watching
from assessment.records.erasures import Erased
from assessment.records.oldest_code import refuse_if_older
from assessment.records.refusals import Unavailable, Unusable, known_tables, translated
from assessment.records.room import Room
from assessment.records.transactions import ERASED, REGISTERED, Transaction
from assessment.records.vault import Vault
from assessment.records.watching import Statements, Watcher

_SQLITE = "sqlite:///"
_PATIENCE = 5.0
_ALL = 1000


class Database:
    """SQLite in a file, or PostgreSQL. Safe to share between threads, and to hold across a fork.

    A process that forks while it is in a transaction on SQLite gets a child that is refused with
    Unavailable: SQLite would think that the child holds locks which it does not.

    `url` is sqlite:/// and the path of a file as it is, or starts with postgresql:// or
    postgres://; `patience` is how many seconds are waited for a lock. Nothing is opened before it
    is needed. No transaction begins before `check`, which reads, has returned once; what it raises
    is Unavailable or one of its kind. `keyed`: this installation had tables whose hashes are keyed;
    older ones are refused then, since anybody could have written them. `at_once` threads use
    PostgreSQL, or write to a file, at a time, so that others are left while it is silent or locked;
    whoever reads a file waits for nobody. `migrated` is told when the tables are up to date, and
    may begin transactions; whatever it raises counts as not up to date. `registered` is told what a
    transaction added to the register of erasures, consents that were taken back among it, once it
    is kept; it raises nothing. Raises ValueError when the URL is not one of these.
    """

    def __init__(
        self,
        url: str,
        vault: Vault,
        *,
        patience: float = _PATIENCE,
        check: Callable[[Transaction], None] | None = None,
        keyed: bool = False,
        migrated: Callable[[], None] | None = None,
        registered: Callable[[Sequence[Erased]], None] | None = None,
        at_once: int = _ALL,
    ) -> None:
        self._file: Path | None = None
        if url.startswith(_SQLITE):
            self._file = sqlite.file_named(url.removeprefix(_SQLITE))
            self._engine = sqlite.make_engine(self._file, patience)
            self._room = Room(at_once, patience, lambda: None)
        else:
            self._engine = engine = postgresql.make_engine(_parsed(url), patience)
            self._room = Room(at_once, patience, lambda: engine.connect().close())
        self._vault = vault
        self._check = check
        self._keyed = keyed
        self._migrated = migrated
        self._registered = registered
        self._behind = False
        self._unclean = False
        self._misled = False
        self._uses: set[object] = set()
        self._watcher: Watcher | None = None
        self._look = threading.local()
        _OPEN.add(self)
        # Who drops a database, a command that cannot go on for one, leaves no connection behind.
        weakref.finalize(self, self._engine.dispose)

    def migrate(self, seconds: float | None = None) -> None:
        """Bring the tables up to date; harmless when they are, or when another process does so.

        On PostgreSQL it is tried for that many `seconds`, else for as long as a start may take.
        Raises Unavailable when that cannot be done now, or when the check fails, and Unusable.
        Nothing in the database was changed then. It is tried again before the next transaction.
        """
        from assessment.records import upgrade  # Alembic is slow to import, and needed once

        self._behind = True
        self._refuse_if_misled()
        try:
            if self._file is not None:
                self._look_first(self._file)
                sqlite.create_file(self._file)
            with known_tables(), self._connected(writes=True) as connection:
                with connection.begin():
                    upgrade.to_head(connection, self._vault, keyed=self._keyed, seconds=seconds)
                    self._run_check(connection)
                sqlite.truncate_log(connection)
        except upgrade.CannotUpgrade as error:
            raise Unusable(str(error)) from None
        except OSError as error:
            raise Unavailable(str(error)) from None
        self._behind = False
        self._check = None
        if self._migrated is not None:
            try:
                self._migrated()
            except Exception:
                self._behind = True
                raise

    def look(self) -> None:
        """Run the check on what is stored, where anything is, and change nothing at all.

        Raises Unavailable, or Unusable.
        """
        from assessment.records import upgrade

        try:
            if self._file is not None:
                with translated(), sqlite.looking_at(self._file) as connection:
                    if connection is not None:
                        upgrade.is_at_head(connection)  # refuses the tables of another program
                        self._check_clinics(connection)
            else:
                with self._connected(writes=False) as connection, connection.begin():
                    self._check_clinics(connection)
        except upgrade.CannotUpgrade as error:
            raise Unusable(str(error)) from None
        except OSError as error:
            raise Unavailable(str(error)) from None

    def reading(self) -> AbstractContextManager[Transaction]:
        """Return a transaction that cannot write. Raises Unavailable, on entry or while in it."""
        begun: Transaction | None = getattr(self._look, "begun", None)
        return self._transaction(writes=False) if begun is None else nullcontext(begun)

    @contextmanager
    def one_look(self) -> Iterator[None]:
        """Have whatever this thread reads in the block read in one transaction.

        For a page that several parts are asked for. Nothing is to be written meanwhile: what is
        read afterwards may not show it. Raises Unavailable, as `reading` does.
        """
        with self.reading() as tx:
            self._look.begun = tx
            try:
                yield
            finally:
                self._look.begun = None

    def writing(self) -> AbstractContextManager[Transaction]:
        """Return a transaction that is kept when its block ends, and undone on any error.

        On SQLite it holds the only write lock from the start, so it should be short. Raises
        Unavailable, on entry, while in it or at the end; Misfit or Taken when a row is refused.
        It is Unusable where newer code has brought the tables beyond what this code can write.
        """
        return self._transaction(writes=True)

    def watch(self, watcher: Watcher) -> None:
        """Have `watcher` told of each use of a connection, in this process and those it forks."""
        self._watcher = watcher

    def watch_statements(self, told: Statements) -> None:
        """Have `told` called after each statement, with its text, without any value in it."""
        watching.tell_statements(self._engine, told)

    def close(self) -> None:
        """Close all connections that are not in use; the next transaction opens a new one."""
        self._engine.dispose()

    def _pass_check(self) -> None:
        if self._check is not None:
            with self._connected(writes=False) as connection, connection.begin():
                self._run_check(connection)
            self._check = None

    def _run_check(self, connection: Connection) -> None:
        if self._check is not None:
            self._check(Transaction(connection, self._vault))

    def _check_clinics(self, connection: Connection) -> None:
        if inspect(connection).has_table("clinics"):
            self._run_check(connection)

    def _look_first(self, path: Path) -> None:
        """Refuse a file before anything of it is changed, its mode and its kind of log included."""
        from assessment.records import upgrade

        with translated(), sqlite.looking_at(path) as connection:
            if connection is not None and upgrade.is_at_head(connection):
                self._run_check(connection)

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Transaction]:
        self._refuse_if_misled()
        if self._behind:
            self.migrate(_PATIENCE)  # somebody waits for a page
        self._pass_check()
        with self._connected(writes=writes) as connection:
            connection.info.pop(ERASED, None)
            connection.info.pop(REGISTERED, None)
            with connection.begin():
                if writes:
                    refuse_if_older(connection)
                self._vault.refresh()  # on SQLite nobody else writes from here on
                yield Transaction(connection, self._vault)
            entries = connection.info.pop(REGISTERED, ())
            if entries and self._registered is not None:
                self._registered(entries)
            if connection.info.pop(ERASED, False) or self._unclean:
                self._unclean = not sqlite.truncate_log(connection)

    @contextmanager
    def _connected(self, *, writes: bool) -> Iterator[Connection]:
        use = object()
        self._uses.add(use)
        try:
            with (
                watching.telling(self._watcher, self._uses, writes=writes),
                translated(),
                self._taken(writes=writes) as connection,
            ):
                yield connection.execution_options(writes=writes, postgresql_readonly=not writes)
        finally:
            self._uses.discard(use)

    @contextmanager
    def _taken(self, *, writes: bool) -> Iterator[Connection]:
        """Give a connection of the pool, once it is our turn."""
        if self._file is not None:
            turn = self._room.inside(writes=True) if writes else nullcontext()
            with turn, self._engine.connect() as connection:
                yield connection
            return
        with self._room.inside(writes=writes):
            with self._room.asking():
                connection = self._engine.connect()
            with connection:
                yield connection

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


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError("this is not the address of a database") from None
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
