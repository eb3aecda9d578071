"""A database that takes connections and never answers keeps nobody from what needs none."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from alembic.config import Config
from sqlalchemy import event, text

from assessment.records import clinics, room, silence
from assessment.records.database import Database
from assessment.records.model import Clinic
from assessment.records.refusals import Unavailable
from assessment.records.room import Room
from assessment.records.silence import Patient
from tests.postgresql import Postgresql, Private
from tests.records.conftest import (
    OpenDatabase,
    migrated_file,
    migrated_template,
    open_database,
    postgresql_url,
    sqlite_file,
)
from tests.records.some import some_clinic
from tests.stress import away
from tests.stress.clinic import clinic_of
from tests.stress.leaks import SMALL
from tests.stress.postgres import Missing, Stoppable, running
from tests.stress.server import Server

__all__ = ("migrated_file", "migrated_template", "open_database", "postgresql_url", "sqlite_file")

AT_ONCE = 1.0
"""Seconds within which whoever needs no database has their page."""


def driver_of(database: Database) -> Patient:
    """The connection that the next transaction uses."""
    with database.reading() as tx:
        found = tx.connection.connection.dbapi_connection
    assert isinstance(found, Patient)
    return found


def test_an_answer_that_does_not_come_is_given_up_and_the_next_one_is_had_elsewhere(
    postgresql_url: str, open_database: OpenDatabase
) -> None:
    database = open_database(postgresql_url)

    def ask() -> None:
        with database.reading() as tx:
            tx.connection.execute(text("SET LOCAL statement_timeout = 0"))
            driver = tx.connection.connection.dbapi_connection
            assert isinstance(driver, Patient)
            driver.longest = 0.1
            tx.connection.execute(text("SELECT pg_sleep(60)"))

    with pytest.raises(Unavailable, match="silent"):
        ask()
    with database.reading() as tx:
        assert not clinics.any_exists(tx)


def test_what_the_server_itself_refuses_leaves_the_connection_as_it_is(
    postgresql_url: str, open_database: OpenDatabase
) -> None:
    database = open_database(postgresql_url, patience=0.2)
    before = driver_of(database)
    with pytest.raises(Unavailable, match="statement timeout"), database.reading() as tx:
        tx.connection.execute(text("SELECT pg_sleep(60)"))

    assert driver_of(database) is before


def test_an_idle_connection_that_went_silent_is_replaced_unnoticed(
    postgresql: Postgresql,
    postgresql_url: str,
    open_database: OpenDatabase,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not isinstance(postgresql, Private):
        pytest.skip("they need a PostgreSQL of their own: unset TEST_DATABASE_URL")
    monkeypatch.setattr(silence, "PING_SECONDS", 0.2)
    database = open_database(postgresql_url)
    before = driver_of(database)
    with postgresql.frozen(before.info.backend_pid):
        with database.reading() as tx:
            assert not clinics.any_exists(tx)
        assert driver_of(database) is not before


def test_a_migration_may_take_as_long_as_it_takes(
    postgresql_url: str, open_database: OpenDatabase
) -> None:
    with open_database(postgresql_url).reading() as tx:
        driver = tx.connection.connection.dbapi_connection
        assert isinstance(driver, Patient)
        assert driver.longest is not None
        silence.wait_at_most(tx.connection, None)
        assert driver.longest is None
    assert driver_of(open_database(postgresql_url)).longest is not None


class Answers:
    """A database as far as a room asks it; `asked` once for each time it answered."""

    def __init__(self) -> None:
        self.are_given = True
        self.asked = threading.Semaphore(0)

    def __call__(self) -> None:
        if not self.are_given:
            raise RuntimeError
        self.asked.release()


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    monkeypatch.setattr(room, "STANDSTILL", 0.02)
    monkeypatch.setattr(room, "SHORTLY", 0.02)
    return Answers()


@pytest.fixture
def small_room(answers: Answers) -> Room:
    """Room for two, of a database that does not answer whoever asks meanwhile."""
    answers.are_given = False
    return Room(2, 60, answers)


def test_a_migration_that_a_page_waits_for_is_given_up_where_no_answer_comes(
    postgresql_url: str, open_database: OpenDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server itself ends a statement of it in twice the 5 seconds for which it is tried."""
    longest: list[float | None] = []

    def look(made: Config, _: str) -> None:
        driver = made.attributes["connection"].connection.dbapi_connection
        assert isinstance(driver, Patient)
        longest.append(driver.longest)

    database = open_database(postgresql_url)
    database.migrate()
    database._behind = True
    monkeypatch.setattr("assessment.records.upgrade.command.upgrade", look)
    with database.reading():
        pass
    database.migrate()
    assert longest == [12.0, None]


@pytest.fixture
def leave() -> Iterator[threading.Event]:
    """What lets everybody out."""
    event = threading.Event()
    yield event
    event.set()


def fill(one: Room, leave: threading.Event, number: int) -> list[threading.Thread]:
    """Let so many threads in, who stay until they may leave."""
    came = threading.Barrier(number + 1)

    def stay() -> None:
        with one.inside(writes=False):
            came.wait(20)
            leave.wait(20)

    threads = [threading.Thread(target=stay) for _ in range(number)]
    for thread in threads:
        thread.start()
    came.wait(20)
    return threads


def test_where_nobody_comes_out_the_next_one_is_told_at_once(
    small_room: Room, leave: threading.Event
) -> None:
    threads = fill(small_room, leave, 2)
    with pytest.raises(Unavailable, match="not answer"), small_room.inside(writes=False):
        pass
    leave.set()
    for thread in threads:
        thread.join(20)
    with small_room.inside(writes=False):
        pass


def test_an_answer_that_takes_too_long_is_none_for_those_who_wait(
    answers: Answers, leave: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "ANSWER", 0.02)
    one = Room(2, 60, lambda: leave.wait(20))
    fill(one, leave, 2)
    for _ in range(2):
        with pytest.raises(Unavailable, match="not answer"), one.inside(writes=False):
            pass


def test_where_nobody_comes_out_of_one_that_answers_others_wait_for_their_turn(
    answers: Answers, leave: threading.Event
) -> None:
    """Those inside wait for a lock: a step of an update may hold a table for seconds."""
    one = Room(2, 60, answers)
    fill(one, leave, 2)
    came = threading.Event()

    def enter() -> None:
        with one.inside(writes=True):
            came.set()

    waiting = threading.Thread(target=enter)
    waiting.start()
    for _ in range(3):
        assert answers.asked.acquire(timeout=20)
    assert not came.is_set()
    leave.set()
    waiting.join(20)
    assert came.is_set()


def test_patience_ends_also_where_it_answers(answers: Answers, leave: threading.Event) -> None:
    one = Room(2, 0.1, answers)
    fill(one, leave, 2)
    with pytest.raises(Unavailable, match="too many"), one.inside(writes=False):
        pass


def test_those_who_write_leave_a_place_for_whoever_reads(answers: Answers) -> None:
    one = Room(2, 0.1, answers)
    with one.inside(writes=True):
        with pytest.raises(Unavailable, match="too many"):
            enter_elsewhere(one, writes=True)
        enter_elsewhere(one)


def test_a_few_are_late_where_an_update_holds_a_table_and_whoever_comes_beyond_is_told(
    postgresql_url: str, open_database: OpenDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "STANDSTILL", 0.02)
    database = open_database(postgresql_url, patience=60, at_once=2)
    with database.reading():
        pass  # it is up to date and its pool warm
    taken = threading.Semaphore(0)
    event.listen(database._engine, "checkout", lambda *_: taken.release())

    def write() -> Clinic:
        clinic = some_clinic()
        with database.writing() as tx:
            clinics.add(tx, clinic)
        return clinic

    with ThreadPoolExecutor(2) as pool:
        with psycopg.connect(postgresql_url) as step:
            step.execute("LOCK TABLE clinics IN SHARE MODE")
            written = [pool.submit(write) for _ in range(2)]
            for _ in range(4):  # by one who writes, and by whoever asks whether it answers
                assert taken.acquire(timeout=20)
            with pytest.raises(Unavailable, match="enough wait"):
                write()
            assert not any(each.done() for each in written)
        ids = {each.result(60).id for each in written}
    with database.reading() as tx:
        assert {one.id for one in clinics.every(tx)} == ids


def test_in_a_rush_everybody_has_their_turn_for_as_long_as_others_come_out(
    answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "STANDSTILL", 60)
    one = Room(2, 60, answers)

    def enter(_: int) -> None:
        with one.inside(writes=True):
            pass

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(enter, range(200)))


def test_whoever_reads_meanwhile_has_nobody_wait_who_writes(answers: Answers) -> None:
    """Readers come and go beside writers that wait for a lock: that is no turn for a writer."""
    one, leave, ended = Room(2, 60, answers), threading.Event(), threading.Event()
    came = threading.Semaphore(0)

    def read() -> None:
        while not ended.is_set():
            with one.inside(writes=False):
                pass

    def write() -> None:
        with one.inside(writes=True):
            came.release()
            leave.wait(20)

    with ThreadPoolExecutor(4) as pool:
        pool.submit(write)
        assert came.acquire(timeout=20)
        pool.submit(read)
        refused = [pool.submit(write) for _ in range(2)]
        try:
            done, _ = wait(refused, 20, FIRST_COMPLETED)
            [told] = done
            with pytest.raises(Unavailable, match="enough wait"):
                told.result()
        finally:
            ended.set()
            leave.set()


def test_whoever_reads_a_file_waits_for_nobody(
    sqlite_file: Path, open_database: OpenDatabase
) -> None:
    database = open_database(f"sqlite:///{sqlite_file}", at_once=1)

    def read() -> bool:
        with database.reading() as tx:
            return clinics.any_exists(tx)

    with ThreadPoolExecutor(1) as pool, database.writing() as tx:
        clinics.add(tx, some_clinic())
        assert not pool.submit(read).result(60)


def test_whoever_is_inside_may_enter_again(small_room: Room, leave: threading.Event) -> None:
    fill(small_room, leave, 1)
    with (
        small_room.inside(writes=False),
        small_room.inside(writes=True),
        pytest.raises(Unavailable),
    ):
        enter_elsewhere(small_room)
    enter_elsewhere(small_room)


def enter_elsewhere(one: Room, *, writes: bool = False) -> None:
    raised: list[Exception] = []

    def enter() -> None:
        try:
            with one.inside(writes=writes), one.asking():
                pass
        except Unavailable as error:
            raised.append(error)

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join(20)
    if raised:
        raise raised[0]


def fails_slowly(one: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask in vain, and for long, as far as the room can tell."""
    with monkeypatch.context() as patched:
        patched.setattr(room, "SILENCE", -1.0)
        with pytest.raises(RuntimeError), one.inside(writes=False), one.asking():
            raise RuntimeError


def test_once_it_was_silent_one_tries_and_all_others_are_told_at_once(
    small_room: Room, leave: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails_slowly(small_room, monkeypatch)
    [trying] = fill(small_room, leave, 1)
    with pytest.raises(Unavailable, match="silent a moment ago"):
        enter_elsewhere(small_room)
    leave.set()
    trying.join(20)
    enter_elsewhere(small_room)
    leave.clear()
    fill(small_room, leave, 2)


def test_whoever_tried_in_vain_leaves_it_to_others_and_goes_in_once_they_were_answered(
    small_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails_slowly(small_room, monkeypatch)
    with pytest.raises(Unavailable, match="silent a moment ago"), small_room.inside(writes=False):
        pass
    enter_elsewhere(small_room)
    with small_room.inside(writes=False):
        pass


def test_a_database_that_refuses_at_once_is_asked_by_everybody(small_room: Room) -> None:
    for _ in range(3):
        with pytest.raises(RuntimeError), small_room.inside(writes=False), small_room.asking():
            raise RuntimeError


@pytest.fixture(scope="module")
def own() -> Iterator[Stoppable]:
    with ExitStack() as stack:
        try:
            yield stack.enter_context(running())
        except Missing as error:
            pytest.skip(str(error))


@pytest.mark.slow
def test_a_frozen_database_costs_waiting_and_no_emergency_page_is_late(
    tmp_path: Path, own: Stoppable
) -> None:
    url = own.create("frozen")
    server = Server(tmp_path, PROTOCOL=str(SMALL), DATABASE_URL=url)
    with clinic_of(server, url, str(SMALL)) as clinic:
        links = clinic.invite(10)
        with server.running():
            figures = away.run(server, links, clinic.ledger(), "frozen", own.frozen, 20)
    assert figures.broken == ()
    assert max(figures.slowest_page, figures.slowest_page_beside_sends) < AT_ONCE


@pytest.mark.slow
def test_a_server_starts_beside_a_frozen_database_and_uses_it_once_it_answers(
    tmp_path: Path, own: Stoppable
) -> None:
    url = own.create("start")
    server = Server(tmp_path, PROTOCOL=str(SMALL), DATABASE_URL=url)
    with server.running():
        pass  # the very first start needs the database
    with own.frozen():
        server.start()
    try:
        assert "cannot be opened" in server.said()
        assert server.run("clinic", "list").returncode == 0
    finally:
        server.stop()
