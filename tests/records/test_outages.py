"""A database that is away, locked or full is Unavailable, loses nothing and recovers by itself."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from assessment.records import clients, clinics, inbox, responses, sqlite
from assessment.records.database import Database
from assessment.records.inbox import Filter
from assessment.records.refusals import Misfit, Unavailable
from assessment.records.vault import Unreadable
from tests.postgresql import Postgresql
from tests.records.conftest import OpenDatabase
from tests.records.some import NOW, move_in, some_client, some_clinic, some_content, some_response

SOON = 0.2


def test_a_locked_file_is_unavailable_until_it_is_free(
    sqlite_file: Path, open_database: OpenDatabase
) -> None:
    database = open_database(f"sqlite:///{sqlite_file}", patience=SOON)
    with database.writing() as tx:
        house = move_in(tx)
    with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="locked"), database.writing() as tx:
            clients.add(tx, some_client(house.id))
        with database.reading() as tx:
            assert clients.get(tx, house.id, house.client.id) == house.client
        other.execute("ROLLBACK")

    with database.writing() as tx:
        clients.add(tx, some_client(house.id))


def test_a_file_without_a_log_that_is_locked_is_waited_for(
    sqlite_file: Path, open_database: OpenDatabase
) -> None:
    database = open_database(f"sqlite:///{sqlite_file}", patience=60)
    other = sqlite3.connect(sqlite_file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.2, other.close)
    release.start()

    with database.reading() as tx:
        assert not clinics.any_exists(tx)
    release.join()


def test_a_locked_row_of_postgresql_is_unavailable_until_it_is_free(
    postgresql_url: str, open_database: OpenDatabase
) -> None:
    database, other = open_database(postgresql_url, patience=SOON), open_database(postgresql_url)
    with database.writing() as tx:
        house = move_in(tx)
    with other.writing() as tx:
        clinics.set_logo(tx, house.id, b"logo", "image/png")
        with pytest.raises(Unavailable, match="lock timeout"), database.writing() as late:
            clinics.set_logo(late, house.id, None, None)

    with database.reading() as tx:
        assert clinics.logo(tx, house.id) == (b"logo", "image/png")


def test_a_statement_of_postgresql_that_takes_too_long_is_given_up(
    postgresql_url: str, open_database: OpenDatabase
) -> None:
    database = open_database(postgresql_url, patience=SOON)

    with pytest.raises(Unavailable, match="statement timeout"), database.reading() as tx:
        tx.connection.execute(text("SELECT pg_sleep(30)"))
    with database.reading() as tx:
        assert not clinics.any_exists(tx)


def test_a_full_disk_is_unavailable_and_nothing_of_the_transaction_stays(
    sqlite_file: Path, open_database: OpenDatabase
) -> None:
    database = open_database(f"sqlite:///{sqlite_file}")
    with database.writing() as tx:
        house = move_in(tx)
        [[pages]] = tx.connection.exec_driver_sql("PRAGMA page_count").all()
        tx.connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 3}")
    long = replace(
        some_response(house.client.id), content=some_content(message="Canarymessage " * 5000)
    )

    def send() -> None:
        with database.writing() as tx:
            clients.add(tx, some_client(house.id))
            responses.add(tx, house.id, long, "send key")

    with pytest.raises(Unavailable, match="full") as caught:
        send()
    assert "anary" not in str(caught.value)
    with database.reading() as tx:
        assert responses.by_visit(tx, house.id, "send key") is None
        assert responses.get(tx, house.id, house.response.line.id) == house.response
    with database.writing() as tx:
        tx.connection.exec_driver_sql("PRAGMA max_page_count=1000000")
        assert responses.add(tx, house.id, long, "send key")
    with database.reading() as tx:
        assert responses.get(tx, house.id, long.line.id) == long


def test_a_stopped_postgresql_is_unavailable_and_is_found_again(
    postgresql: Postgresql, postgresql_url: str, open_database: OpenDatabase
) -> None:
    if not postgresql.can_stop:
        pytest.skip("they need a PostgreSQL of their own: unset TEST_DATABASE_URL")
    database = open_database(postgresql_url)
    with database.writing() as tx:
        house = move_in(tx)
    postgresql.checkpoint()

    def interrupted() -> None:
        with database.writing() as tx:
            clients.add(tx, some_client(house.id))
            postgresql.stop()
            clients.add(tx, some_client(house.id))

    try:
        with pytest.raises(Unavailable):
            interrupted()
        with pytest.raises(Unavailable), database.reading():
            pass
        with pytest.raises(Unavailable), database.writing():
            pass
        with pytest.raises(Unavailable):
            database.migrate()
    finally:
        postgresql.start()

    with database.writing() as tx:
        assert clients.get(tx, house.id, house.client.id) == house.client
        assert inbox.listed(tx, house.id, Filter(), None, 10) == (house.response.line,)


def test_connections_that_were_cut_while_idle_are_made_anew_unnoticed(
    postgresql_url: str, open_database: OpenDatabase
) -> None:
    database, other = open_database(postgresql_url), open_database(postgresql_url)
    with database.writing() as tx:
        house = move_in(tx)
    with other.writing() as tx:
        cut = tx.connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        ).scalars()
        assert list(cut) == [True]

    with database.writing() as tx:
        assert clients.get(tx, house.id, house.client.id) == house.client


def test_a_file_that_is_lost_is_unavailable_and_no_empty_one_takes_its_place(
    sqlite_file: Path, open_database: OpenDatabase
) -> None:
    database = open_database(f"sqlite:///{sqlite_file}")
    for opened_before in (False, True):
        away = sqlite_file.rename(sqlite_file.with_name("away"))
        with pytest.raises(Unavailable, match="unable to open"), database.writing():
            pass
        assert not sqlite_file.exists(), opened_before
        away.rename(sqlite_file)
        with database.writing() as tx:
            clinics.add(tx, some_clinic())


def test_a_backup_that_is_put_back_while_it_runs_is_what_is_read_and_written(
    sqlite_file: Path, open_database: OpenDatabase
) -> None:
    database = open_database(f"sqlite:///{sqlite_file}")
    with database.writing() as tx:
        house = move_in(tx)
    backup = sqlite_file.with_name("backup")
    with closing(sqlite3.connect(sqlite_file)) as live, closing(sqlite3.connect(backup)) as copy:
        live.backup(copy)
    with database.writing() as tx:
        clinics.add(tx, some_clinic())
        clients.erase(tx, house.id, house.client.id, NOW)  # so that all is in the one file
    backup.replace(sqlite_file)

    new = some_clinic()
    with database.writing() as tx:
        assert clinics.every(tx) == (house.clinic,)
        clinics.add(tx, new)
    database.close()
    with open_database(f"sqlite:///{sqlite_file}").reading() as tx:
        assert {one.id for one in clinics.every(tx)} == {house.id, new.id}
        assert clients.get(tx, house.id, house.client.id) == house.client


@pytest.mark.parametrize("content", [b"this is no database at all, however long it is" * 50])
def test_a_file_that_is_no_database_is_unavailable(
    sqlite_file: Path, open_database: OpenDatabase, content: bytes
) -> None:
    sqlite_file.write_bytes(content)
    database = open_database(f"sqlite:///{sqlite_file}")

    with pytest.raises(Unavailable, match="not a database"), database.reading():
        pass
    with pytest.raises(Unavailable, match="not a database"):
        database.migrate()
    assert sqlite_file.read_bytes() == content


def test_an_error_undoes_the_whole_transaction(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
    new = some_clinic()

    def fail() -> None:
        with database.writing() as tx:
            clinics.add(tx, new)
            clients.erase(tx, house.id, house.client.id, NOW)
            raise Unreadable("clients row")

    with pytest.raises(Unreadable):
        fail()
    with database.reading() as tx:
        assert clinics.every(tx) == (house.clinic,)
        assert responses.get(tx, house.id, house.response.line.id) == house.response


def test_what_reads_cannot_write(database: Database) -> None:
    with pytest.raises((Unavailable, Exception), match=r"read-?only"), database.reading() as tx:
        clinics.add(tx, some_clinic())
    with database.reading() as tx:
        assert not clinics.any_exists(tx)
    with database.writing() as tx:
        clinics.add(tx, some_clinic())


def test_a_refusal_says_nothing_of_the_row(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
    stranger = replace(some_client(house.id), clinic=some_clinic().id)
    with pytest.raises(Misfit) as caught, database.writing() as tx:
        clients.add(tx, stranger)

    assert stranger.id not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_no_error_of_sqlalchemy_shows_what_was_to_be_stored(database: Database) -> None:
    wrong = text("SELECT nothing FROM clinics WHERE id = :id")
    known = (ProgrammingError, Unavailable)
    with pytest.raises(known, match="nothing") as caught, database.reading() as tx:
        tx.connection.execute(wrong, {"id": "canary"})
    assert "canary" not in str(caught.value)


def test_too_many_at_once_wait_and_then_are_told(url: str, open_database: OpenDatabase) -> None:
    database = open_database(url, patience=SOON)
    inside, leave = threading.Barrier(16), threading.Event()

    def read() -> None:
        with database.reading():
            inside.wait(30)
            leave.wait(30)

    threads = [threading.Thread(target=read) for _ in range(15)]
    for thread in threads:
        thread.start()
    inside.wait(30)
    try:
        with pytest.raises(Unavailable, match="all connections are in use"), database.reading():
            pass
    finally:
        leave.set()
        for thread in threads:
            thread.join()
    with database.reading() as tx:
        assert not clinics.any_exists(tx)


class Failing(sqlite3.Connection):
    """A connection on which one statement fails, as when the disk does."""

    fails = ""

    def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:
        if self.fails and sql.startswith(self.fails):
            raise sqlite3.OperationalError("disk I/O error")
        return super().execute(sql, *given)


@pytest.mark.parametrize(
    "statement",
    ["PRAGMA busy_timeout", "PRAGMA busy_timeout=", "PRAGMA busy_timeout=5", "PRAGMA wal_"],
)
def test_what_was_kept_is_not_said_to_be_lost_when_its_log_cannot_be_emptied(
    sqlite_file: Path, statement: str
) -> None:
    with closing(sqlite3.connect(sqlite_file, factory=Failing)) as driver:
        driver.fails = statement
        held = SimpleNamespace(connection=SimpleNamespace(dbapi_connection=driver))
        emptied = sqlite.truncate_log(held)  # type: ignore[arg-type]  # as much as it needs
        assert emptied == (statement == "PRAGMA busy_timeout=5")
