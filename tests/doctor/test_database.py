"""What the doctor says of the database, its keys and its queue."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from assessment.doctor import database
from assessment.doctor.findings import Finding, State
from assessment.doctor.here import DAY, Here
from assessment.records import health
from tests.doctor.conftest import MakeHere, states
from tests.records.conftest import OpenDatabase
from tests.records.some import KEY, NOW, Household, move_in

WELL, TO_DO, UNKNOWN = State.WELL, State.TO_DO, State.UNKNOWN
MAIL: dict[str, object] = {"smtp_host": "127.0.0.1", "smtp_from": "a@example.org"}


@pytest.fixture
def file_url(migrated_file: Path, tmp_path: Path) -> str:
    """The address of a migrated file, where it does not matter which database it is."""
    shutil.copyfile(migrated_file, tmp_path / "clinic.db")
    return f"sqlite:///{tmp_path / 'clinic.db'}"


def furnished(url: str, open_database: OpenDatabase) -> Household:
    """Put one of everything into a database, so that it has words of people."""
    opened = open_database(url)
    with opened.writing() as tx:
        house = move_in(tx)
    opened.close()
    return house


def keyed(here: MakeHere, url: str, key: bytes | None = KEY, mail: bool = False) -> Here:
    place = here(database_url=url, clock=lambda: NOW + 60.0, **(MAIL if mail else {}))
    place.settings.instance.mkdir(mode=0o700, exist_ok=True)
    if key is not None:
        (place.settings.instance / "records.key").write_bytes(key)
    return place


def found_in(place: Here) -> list[Finding]:
    return list(database.check(place))


def test_a_database_that_is_up_to_date_is_well_with_its_keys_and_its_queue(
    here: MakeHere, url: str, open_database: OpenDatabase
) -> None:
    furnished(url, open_database)
    found = found_in(keyed(here, url))

    clock = [one for one in found if one.about == "clock"]  # the test's own is another day's
    assert len(clock) == (0 if url.startswith("sqlite") else 1) or not clock
    assert states([one for one in found if one.about != "clock"]) == {
        "database": [WELL],
        "keys": [WELL],
        "queue": [WELL],
    }


def test_nothing_of_people_is_said(here: MakeHere, url: str, open_database: OpenDatabase) -> None:
    house = furnished(url, open_database)
    said = "\n".join(map(str, found_in(keyed(here, url, mail=True))))

    assert "anary" not in said
    assert house.clinic.slug not in said
    assert house.id not in said


def test_nothing_is_changed_and_no_key_is_made(
    here: MakeHere, tmp_path: Path, file_url: str, open_database: OpenDatabase
) -> None:
    furnished(file_url, open_database)
    place = keyed(here, file_url, key=None)
    content = (tmp_path / "clinic.db").read_bytes()
    found_in(place)

    assert (tmp_path / "clinic.db").read_bytes() == content
    made = {one.name for one in tmp_path.rglob("*") if one.is_file()}
    assert made <= {"clinic.db", "clinic.db-wal", "clinic.db-shm"}, "SQLite makes these to read"


def test_tables_that_nobody_made_yet_are_something_to_do(here: MakeHere, empty_url: str) -> None:
    assert states(found_in(keyed(here, empty_url)))["database"] == [TO_DO]


def test_the_tables_of_another_program_are_something_to_do(
    here: MakeHere, file_url: str, open_database: OpenDatabase
) -> None:
    with open_database(file_url).writing() as tx:
        tx.connection.exec_driver_sql("DELETE FROM alembic_version")
    [found, *_] = found_in(keyed(here, file_url))
    assert (found.state, "another program" in found.says) == (TO_DO, True)


def test_tables_older_than_the_program_are_brought_up_to_date_by_a_start(
    here: MakeHere, file_url: str, open_database: OpenDatabase
) -> None:
    with open_database(file_url).writing() as tx:
        tx.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0018'")
    found = found_in(keyed(here, file_url))

    assert "older than this program" in found[0].says
    assert states(found)["queue"] == [UNKNOWN]


def test_a_database_that_is_away_is_something_to_do_and_no_password_is_said(
    here: MakeHere, tmp_path: Path
) -> None:
    for url in (
        f"sqlite:///{tmp_path / 'nowhere' / 'clinic.db'}",
        "postgresql://clinic:canary@127.0.0.1:1/clinic",
    ):
        found = found_in(keyed(here, url))
        assert states(found) == {"database": [TO_DO], "keys": [UNKNOWN], "queue": [UNKNOWN]}
        assert "canary" not in "".join(map(str, found))


def test_a_database_in_another_encoding_is_something_to_do() -> None:
    told = health.Health("PostgreSQL", "15.1", "LATIN1", 0.0, True, None)
    assert database._server(told).state is TO_DO


@pytest.mark.parametrize("key", [bytes(32), b"no key", None])
def test_keys_that_are_wrong_or_missing_are_something_to_do(
    here: MakeHere, file_url: str, open_database: OpenDatabase, key: bytes | None
) -> None:
    furnished(file_url, open_database)
    assert states(found_in(keyed(here, file_url, key)))["keys"] == [TO_DO]


def test_what_cannot_be_read_from_here_is_not_well(
    here: MakeHere, url: str, open_database: OpenDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnished(url, open_database)
    place = keyed(here, url)
    access = os.access
    monkeypatch.setattr(
        os, "access", lambda path, how: ".db" not in str(path) and access(path, how)
    )

    def refuse(*_: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    found = states(found_in(place))
    assert found["keys"] == [UNKNOWN]
    assert found["database"] == [UNKNOWN if url.startswith("sqlite") else WELL]


def test_a_file_that_a_crash_left_is_not_called_well(here: MakeHere, tmp_path: Path) -> None:
    file = tmp_path / "clinic.db"
    file.write_bytes(b"something")
    assert database._nothing_yet(keyed(here, f"sqlite:///{file}")).state is UNKNOWN


def test_a_log_that_nobody_empties_is_something_to_do(
    here: MakeHere, tmp_path: Path, file_url: str, open_database: OpenDatabase
) -> None:
    place = keyed(here, file_url)
    with Path(f"{tmp_path / 'clinic.db'}-wal").open("wb") as log:
        log.truncate(database.LARGEST_LOG + 1)
    assert [one.state for one in database._log(place)] == [TO_DO]


@pytest.mark.parametrize(("ahead", "which"), [(9.0, "ahead of"), (-9.0, "behind")])
def test_a_database_with_another_time_is_something_to_do(ahead: float, which: str) -> None:
    [found] = database._clock(health.Health("PostgreSQL", "15.1", "UTF8", ahead, True, None))
    assert (found.state, which in found.says) == (TO_DO, True)
    assert list(database._clock(health.Health("PostgreSQL", "15", "UTF8", 0.1, True, None))) == []


def test_what_should_have_gone_out_long_ago_is_something_to_do(
    here: MakeHere, url: str, open_database: OpenDatabase
) -> None:
    furnished(url, open_database)
    place = keyed(here, url, mail=True)
    late = Here(place.settings, {}, lambda: NOW + 5.0 * DAY, place.places)
    found = [one for one in found_in(late) if one.about == "queue"]

    assert {one.state for one in found} == {TO_DO}
    assert any(one.says.startswith("webhooks should have gone out 5 days ago") for one in found)
    assert any(one.says.startswith("emails to clients") for one in found)


def test_webhooks_that_nothing_reaches_are_counted(
    here: MakeHere, file_url: str, open_database: OpenDatabase
) -> None:
    furnished(file_url, open_database)
    with open_database(file_url).writing() as tx:
        tx.connection.exec_driver_sql("UPDATE webhooks SET failing_since = 1")
    found = [one for one in found_in(keyed(here, file_url)) if one.about == "queue"]

    assert [one.says for one in found] == ["1 webhook cannot be reached; owners can see which"]
