"""The address of a database is what an operator would write."""

from __future__ import annotations

import gc
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assessment.records import clinics
from assessment.records.database import Database
from assessment.records.refusals import Unusable
from tests.postgresql import Postgresql
from tests.records.conftest import OpenDatabase
from tests.records.some import VAULT, some_clinic


@pytest.mark.parametrize(
    "url", ["mysql://host/name", "nonsense", "", "sqlite://", "sqlite+aiosqlite:///x.db"]
)
def test_only_addresses_of_the_two_databases_are_taken(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        Database(url, VAULT)


def test_the_short_name_of_postgresql_is_taken_too(
    postgresql_url: str, open_database: OpenDatabase
) -> None:
    for address in (
        postgresql_url.replace("postgresql://", "postgres://"),
        f"{postgresql_url}?application_name=clinic&options=-c%20search_path%3Dpublic",
    ):
        with open_database(address).reading() as tx:
            assert not clinics.any_exists(tx)


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("schema=clinic", "options=-csearch_path"),
        ("ssl=true", "sslmode=require"),
        ("pgbouncer=true", "leave it out"),
        ("sslmode=require&row_factory=x", "no option `row_factory`"),
    ],
)
def test_an_option_of_another_library_is_named_before_anything_is_opened(
    option: str, words: str
) -> None:
    with pytest.raises(ValueError, match=words) as refused:
        Database(f"postgresql://nobody@127.0.0.1:9/none?{option}", VAULT)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_cannot_hold_every_name_is_refused_in_one_line(
    postgresql: Postgresql, encoding: str, open_database: OpenDatabase
) -> None:
    name = f"encoded_{encoding.lower()}"
    url = postgresql.create(name, "template0", encoding)
    try:
        with pytest.raises(Unusable, match=encoding) as refused:
            open_database(url).migrate()
        assert "createdb --encoding=UTF8" in str(refused.value)
        assert "\n" not in str(refused.value)
    finally:
        postgresql.drop(name)


def test_every_name_is_kept_whatever_encoding_the_address_asks_for(
    postgresql_url: str, open_database: OpenDatabase
) -> None:
    database = open_database(f"{postgresql_url}?client_encoding=latin1")
    clinic = some_clinic(name="Łódź")
    with database.writing() as tx:
        clinics.add(tx, clinic)
    with database.reading() as tx:
        assert clinics.get(tx, clinic.id) == clinic


@pytest.mark.parametrize("change", ["of another program", "newer than this program"])
def test_a_file_that_is_refused_is_not_changed(
    change: str, sqlite_file: Path, open_database: OpenDatabase
) -> None:
    with closing(sqlite3.connect(sqlite_file)) as connection:
        if change == "of another program":
            connection.execute("DROP TABLE alembic_version")
        else:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
            connection.execute("UPDATE oldest_code SET step = '9999'")
        connection.commit()
    sqlite_file.chmod(0o644)
    before = sqlite_file.read_bytes()
    with pytest.raises(Unusable, match=change):
        open_database(f"sqlite:///{sqlite_file}").migrate()

    assert sqlite_file.read_bytes() == before
    assert sqlite_file.stat().st_mode & 0o777 == 0o644
    assert [path.name for path in sqlite_file.parent.iterdir()] == [sqlite_file.name]


def test_a_relative_file_stays_the_same_when_the_folder_changes(
    sqlite_file: Path, open_database: OpenDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sqlite_file.parent)
    database = open_database("sqlite:///clinic.db")
    monkeypatch.chdir("/")

    with database.reading() as tx:
        assert not clinics.any_exists(tx)


def test_a_folder_with_odd_letters_is_taken(tmp_path: Path, open_database: OpenDatabase) -> None:
    folder = tmp_path / "ärzte #1? 50%41"
    folder.mkdir()
    open_database(f"sqlite:///{folder / 'clinic.db'}").migrate()

    assert (folder / "clinic.db").exists()


def test_a_database_that_is_dropped_leaves_no_connection_open(sqlite_file: Path) -> None:
    database = Database(f"sqlite:///{sqlite_file}", VAULT)
    with database.reading() as tx:
        connection = tx.connection.connection.dbapi_connection
    assert isinstance(connection, sqlite3.Connection)
    connection.execute("SELECT 1")

    del database, tx
    gc.collect()

    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")
