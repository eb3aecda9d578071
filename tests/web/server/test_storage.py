"""Opening what clinics store: with the right key only, also when it comes late."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assessment.records import clients, clinics, invitations, therapists
from assessment.records.database import Database
from assessment.records.ids import ClientId, new_id
from assessment.records.model import Client
from assessment.records.refusals import Unavailable
from assessment.web.server.secret import RECORDS_KEY_FILE, BadSecret
from assessment.web.server.settings import Settings, read_settings
from assessment.web.server.storage import KEYED_FILE, BadDatabase, open_database
from tests.records.some import KEY, VAULT, some_clinic, some_therapist
from tests.records.test_keying import as_it_was


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Those of an installation with one client in its database."""
    chosen = read_settings(instance=tmp_path / "instance")
    database = open_database(chosen)
    with database.writing() as tx:
        clinic = some_clinic()
        clinics.add(tx, clinic)
        clients.add(tx, Client(ClientId(new_id()), clinic.id, "Jo", "", 1))
    database.close()
    return chosen


def away(settings: Settings) -> tuple[Path, Path]:
    """Put a folder where the database was; return where it is now and where it was."""
    file = settings.instance / "clinic.db"
    kept = file.rename(settings.instance / "kept.db")
    file.mkdir()
    return kept, file


def test_another_key_is_refused_at_the_start(settings: Settings) -> None:
    (settings.instance / RECORDS_KEY_FILE).write_bytes(bytes(32))
    with pytest.raises(BadSecret, match="is not the key that sealed the records"):
        open_database(settings, may_be_away=True)


@pytest.mark.parametrize("others", [None, "!", "a hash"])
def test_another_key_is_refused_before_there_is_any_client(
    tmp_path: Path, others: str | None
) -> None:
    chosen = read_settings(instance=tmp_path)
    database = open_database(chosen)
    with database.writing() as tx:
        clinic = some_clinic()
        clinics.add(tx, clinic)
        therapists.add(tx, some_therapist(clinic.id), "hash of a password")
        therapists.add(tx, some_therapist(clinic.id), None)
    database.close()
    if others is not None:
        with closing(sqlite3.connect(tmp_path / "clinic.db")) as connection:
            missing = "UPDATE therapists SET password_hash = ? WHERE password_hash IS NULL"
            connection.execute(missing, [others])
            connection.commit()
    open_database(chosen).close()
    (tmp_path / RECORDS_KEY_FILE).write_bytes(bytes(32))

    with pytest.raises(BadSecret, match="is not the key that sealed the records"):
        open_database(chosen)


@pytest.mark.parametrize("key", ["another", "none"])
def test_a_file_that_waits_for_its_key_is_not_changed(settings: Settings, key: str) -> None:
    file = settings.instance / "clinic.db"
    with closing(sqlite3.connect(file)) as connection:  # as backup.py leaves it
        connection.execute("PRAGMA journal_mode=DELETE")
    file.chmod(0o640)
    before = file.read_bytes()
    path = settings.instance / RECORDS_KEY_FILE
    path.unlink() if key == "none" else path.write_bytes(bytes(32))
    with pytest.raises(BadSecret, match="put"):
        open_database(settings)

    assert file.read_bytes() == before
    assert file.stat().st_mode & 0o777 == 0o640
    assert not [one for one in settings.instance.iterdir() if one.name.startswith("clinic.db-")]


def test_a_file_of_another_program_is_refused_at_the_start(settings: Settings) -> None:
    file = settings.instance / "clinic.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("DROP TABLE alembic_version")
        connection.commit()
    with pytest.raises(BadDatabase, match="DATABASE_URL: these are tables of another program"):
        open_database(settings, may_be_away=True)


def test_another_key_is_refused_when_the_database_comes_back_after_the_start(
    settings: Settings,
) -> None:
    key = settings.instance / RECORDS_KEY_FILE
    right = key.read_bytes()
    key.write_bytes(bytes(32))
    kept, file = away(settings)
    database = open_database(settings, may_be_away=True)
    with pytest.raises(Unavailable), database.reading():
        pass
    file.rmdir()
    kept.rename(file)
    for _ in range(2):
        for begin in (database.writing, database.reading):
            with pytest.raises(Unavailable, match="is not the key that sealed the"), begin():
                pytest.fail("something could be sealed with another key, or read")
    database.close()
    key.write_bytes(right)
    with open_database(settings).reading() as tx:
        assert len(clinics.every(tx)) == 1


def test_no_key_is_made_while_nobody_knows_whether_the_records_need_the_one_that_is_missing(
    settings: Settings,
) -> None:
    key = settings.instance / RECORDS_KEY_FILE
    key.unlink()
    away(settings)
    with pytest.raises(Unavailable, match="Is a directory"):
        open_database(settings, may_be_away=True)
    assert not key.exists()


def test_the_right_key_is_taken_when_the_database_comes_back(settings: Settings) -> None:
    kept, file = away(settings)
    database = open_database(settings, may_be_away=True)
    file.rmdir()
    kept.rename(file)
    with database.writing() as tx:
        assert len(clinics.every(tx)) == 1
    database.close()


def test_the_key_folder_remembers_that_the_records_were_keyed_so_that_none_are_put_back(
    tmp_path: Path,
) -> None:
    chosen = read_settings(instance=tmp_path)
    (tmp_path / RECORDS_KEY_FILE).write_bytes(KEY)
    (tmp_path / RECORDS_KEY_FILE).chmod(0o600)
    as_it_was(chosen.database, Database(chosen.database, VAULT))
    with closing(sqlite3.connect(tmp_path / "clinic.db")) as connection:
        connection.execute("VACUUM INTO ?", [str(tmp_path / "kept")])
    open_database(chosen).close()
    for file in tmp_path.glob("clinic.db*"):
        file.unlink()
    (tmp_path / "kept").rename(tmp_path / "clinic.db")

    with pytest.raises(BadDatabase, match=r"remove the file records\.keyed"):
        open_database(chosen)
    (tmp_path / KEYED_FILE).unlink()
    with open_database(chosen).reading() as tx:
        assert len(clinics.every(tx)) == 1


def test_a_missing_key_seals_nothing_that_the_right_one_could_not_open(tmp_path: Path) -> None:
    chosen = read_settings(instance=tmp_path)
    house = as_it_was(chosen.database, Database(chosen.database, VAULT))
    with pytest.raises(BadSecret, match=r"records\.key is missing"):
        open_database(chosen)
    (tmp_path / RECORDS_KEY_FILE).write_bytes(KEY)
    (tmp_path / RECORDS_KEY_FILE).chmod(0o600)

    with open_database(chosen).reading() as tx:
        assert invitations.by_token(tx, f"link {house.invitation.id}") is not None
