"""Each test gets a database of its own, migrated and empty, once on SQLite and once on PostgreSQL.

It is a copy of one that was migrated once: of a file, or of a template database.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from assessment.records.database import Database
from assessment.records.ids import new_id
from assessment.records.vault import Vault
from tests.postgresql import Postgresql
from tests.records.some import VAULT

BOTH = ("sqlite", "postgresql")
OpenDatabase = Callable[..., Database]


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and no rows."""
    path = tmp_path_factory.mktemp("migrated") / "clinic.db"
    _migrate(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    return path


@pytest.fixture(scope="session")
def migrated_template(postgresql: Postgresql) -> Iterator[str]:
    """The name of a PostgreSQL database with all tables and no rows."""
    name = f"migrated_{new_id()}"
    _migrate(postgresql.create(name))
    yield name
    postgresql.drop(name)


@contextmanager
def fresh_url(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """Give the address of a migrated database for as long as the block takes."""
    if kind == "sqlite":
        path = folder / "clinic.db"
        shutil.copyfile(request.getfixturevalue("migrated_file"), path)
        path.chmod(0o600)
        yield f"sqlite:///{path}"
        return
    server: Postgresql = request.getfixturevalue("postgresql")
    template: str = request.getfixturevalue("migrated_template")
    name = f"test_{new_id()}"
    try:
        yield server.create(name, template)
    finally:
        server.drop(name)


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated database."""
    with fresh_url(request.param, request, tmp_path) as address:
        yield address


@pytest.fixture
def postgresql_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated database of PostgreSQL, where a test is about that."""
    with fresh_url("postgresql", request, tmp_path) as address:
        yield address


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database that nobody has migrated."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Postgresql = request.getfixturevalue("postgresql")
    name = f"empty_{new_id()}"
    try:
        yield server.create(name)
    finally:
        server.drop(name)


@pytest.fixture
def open_database() -> Iterator[OpenDatabase]:
    """Open databases, which are closed after the test."""
    opened: list[Database] = []

    def open_(
        url: str, vault: Vault = VAULT, patience: float = 5.0, at_once: int = 1000
    ) -> Database:
        opened.append(Database(url, vault, patience=patience, at_once=at_once))
        return opened[-1]

    yield open_
    for database in opened:
        database.close()


@pytest.fixture
def database(url: str, open_database: OpenDatabase) -> Database:
    """A migrated, empty database."""
    return open_database(url)


@pytest.fixture
def sqlite_file(migrated_file: Path, tmp_path: Path) -> Path:
    """A migrated SQLite file, where a test is about files."""
    path = tmp_path / "clinic.db"
    shutil.copyfile(migrated_file, path)
    path.chmod(0o600)
    return path


def _migrate(url: str) -> None:
    database = Database(url, VAULT)
    database.migrate()
    database.close()
