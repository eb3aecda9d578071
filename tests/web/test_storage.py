"""Opening what clinics store: with the right key only, also when it comes late."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.records import clients, clinics
from assessment.records.database import Unavailable
from assessment.records.ids import ClientId, new_id
from assessment.records.model import Client
from assessment.web.secret import RECORDS_KEY_FILE, BadSecret
from assessment.web.settings import Settings, read_settings
from assessment.web.storage import open_database
from tests.records.some import some_clinic


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
    with pytest.raises(BadSecret, match="is not the key with which the records"):
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
            with pytest.raises(Unavailable, match="is not the key with which the"), begin():
                pytest.fail("something could be sealed with another key, or read")
    database.close()
    key.write_bytes(right)
    with open_database(settings).reading() as tx:
        assert len(clinics.every(tx)) == 1


def test_the_right_key_is_taken_when_the_database_comes_back(settings: Settings) -> None:
    kept, file = away(settings)
    database = open_database(settings, may_be_away=True)
    file.rmdir()
    kept.rename(file)
    with database.writing() as tx:
        assert len(clinics.every(tx)) == 1
    database.close()
