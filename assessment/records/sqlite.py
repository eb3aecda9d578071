"""How SQLite is opened: a private file, one writer at a time, and erased bytes really gone."""

from __future__ import annotations

import errno
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, NullPool, QueuePool, create_engine, event
from sqlalchemy.exc import DisconnectionError, OperationalError

_LOOK_SECONDS = 5.0
_CHECKPOINT_WAIT = 0.25
"""Seconds that a checkpoint waits for readers before it is put off."""


def make_engine(path: Path, patience: float) -> Engine:
    """Return an engine over a file. `patience` is how many seconds are waited for a lock.

    A file that is missing is not made here, so that a database that got lost is noticed:
    `create_file` makes it.
    """
    address = f"file:{quote(str(path))}?mode=rw"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            address, uri=True, timeout=patience, isolation_level=None, check_same_thread=False
        )
        try:
            _set_up(connection, patience)
        except BaseException:
            connection.close()
            raise
        return connection

    engine = create_engine(
        "sqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_timeout=patience,
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin)
    event.listen(engine, "connect", lambda _, record: record.info.update(file=_identity(path)))
    event.listen(engine, "checkout", lambda _, record, __: _check(path, record.info["file"]))
    return engine


def file_named(path: str) -> Path:
    """Return the file of this name, whatever folder is the current one later on."""
    if not path:
        raise ValueError("the address of a database names a file, such as sqlite:////srv/clinic.db")
    return Path(path).absolute()


def create_file(path: Path) -> None:
    """Make the file where there is none; nobody but us may read it. Raises OSError.

    SQLite gives its -wal and -shm files the mode of this one.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if os.fstat(descriptor).st_mode & 0o077:
            os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


@contextmanager
def looking_at(path: Path) -> Iterator[Connection | None]:
    """Give a connection that cannot change the file in any way; None where nothing is in it.

    Where SQLite has to put a file in order first, after a crash, it is None as well. Raises OSError
    where the folder of the file is away, or another one is in its place: nobody knows then what
    there is.
    """
    path.parent.stat()
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not path.exists() or not path.stat().st_size:
        yield None
        return
    address = f"file:{quote(str(path))}?mode=ro"
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(address, uri=True, timeout=_LOOK_SECONDS),
        poolclass=NullPool,
        hide_parameters=True,
    )
    with engine.connect() as connection:
        try:
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
        except OperationalError as error:
            code = getattr(error.orig, "sqlite_errorcode", 0)
            if code & 0xFF not in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
                raise
            yield None
        else:
            yield connection


def truncate_log(connection: Connection) -> bool:
    """Bring everything into the file and empty its -wal; return whether that was done.

    Pages that were overwritten stay in the -wal until then. It cannot be done while somebody
    reads or writes.
    """
    driver = connection.connection.dbapi_connection
    if not isinstance(driver, sqlite3.Connection):
        return True
    # What was written is kept by now: no fault in here may look as if it were not.
    try:
        [[patience]] = driver.execute("PRAGMA busy_timeout").fetchall()
    except sqlite3.Error:
        return False
    try:
        driver.execute(f"PRAGMA busy_timeout={int(_CHECKPOINT_WAIT * 1000)}")
        [[busy, _, _]] = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except sqlite3.Error:
        return False
    finally:
        with suppress(sqlite3.Error):
            driver.execute(f"PRAGMA busy_timeout={patience}")
    return not busy


def _set_up(connection: sqlite3.Connection, patience: float) -> None:
    with closing(connection.cursor()) as cursor:
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA temp_store=MEMORY")
        _use_log(cursor, patience)


def _use_log(cursor: sqlite3.Cursor, patience: float) -> None:
    """Switch to a write-ahead log; SQLite does not wait by itself when two do so at once."""
    end = time.monotonic() + patience
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.02)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _check(path: Path, opened: tuple[int, int] | None) -> None:
    """Have the file opened anew when another one took its place, as after a restored backup.

    What is written to a file that was moved away would be lost without a word.
    """
    if opened is None or opened != _identity(path):
        raise DisconnectionError


def _begin(connection: Connection) -> None:
    """Take the write lock at once, so that nothing that was read is out of date when written."""
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
