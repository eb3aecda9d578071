"""The address of a database is what an operator would write."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.records import clinics
from assessment.records.database import Database
from tests.records.conftest import OpenDatabase
from tests.records.some import VAULT


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
