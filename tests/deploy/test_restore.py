"""The command that puts a copy back in a container leaves what the copy holds, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from click.testing import CliRunner, Result
from sqlalchemy import inspect, make_url, text

from assessment.records import clinics, oldest_code
from assessment.records.database import Database
from assessment.records.upgrade import config
from assessment.web.server.settings import read_settings
from assessment.web.server.storage import BadDatabase, open_database
from tests.deploy.test_try_restore import script
from tests.postgresql import Postgresql
from tests.records.some import KEY, VAULT, some_clinic
from tests.records.test_migrations import plainly

OLDER = "0019"
LATER = "9998"


class House:
    """A database, and a folder in which copies of it lie, encrypted for a key in it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.key, self.public = folder / "backup.key", folder / "backup.pub"
        made = subprocess.run(
            ["age-keygen", "-o", self.key], check=True, capture_output=True, text=True, timeout=10
        )
        self.public.write_text(made.stderr.removeprefix("Public key: "))

    def begin_at(self, step: str) -> None:
        """Make the tables as they were after an older step."""
        with plainly(self.url) as connection:
            made = config(connection)
            made.attributes.update(vault=VAULT, keyed=False)
            command.upgrade(made, step)
            connection.commit()

    def back_up(self) -> Path:
        copy: Path = script("backup.py").back_up(make_url(self.url), self.folder, self.public)
        return copy

    def put_back(self, copy: Path) -> Result:
        restore = script("container/restore.py")
        vars(restore).update(FOLDER=self.folder, SECRET_KEY=self.key)
        return CliRunner().invoke(restore.main, [copy.name], env={"DATABASE_URL": self.url})

    def names(self) -> list[str]:
        """Bring the tables up to date as a start does; return the names of the clinics."""
        database = Database(self.url, VAULT)
        database.migrate()
        with database.reading() as tx:
            found = clinics.every(tx)
        database.close()
        return [one.name for one in found]

    def add(self, name: str) -> None:
        database = Database(self.url, VAULT)
        database.migrate()
        with database.writing() as tx:
            clinics.add(tx, some_clinic(name=name))
        database.close()


@pytest.fixture
def house(postgresql: Postgresql, tmp_path: Path) -> Iterator[House]:
    for program, package in (("age", "age"), ("pg_dump", "postgresql-client")):
        if shutil.which(program) is None:
            pytest.skip(f"they need {program}; get it with: apt install {package}")
    yield House(postgresql.create("put_back"), tmp_path)
    postgresql.drop("put_back")


def test_a_copy_of_an_older_release_is_put_back_over_a_newer_one_and_brought_up_to_date(
    house: House,
) -> None:
    house.begin_at(OLDER)
    copy = house.back_up()
    house.add("Riverside")
    with plainly(house.url) as connection:
        oldest_code.raise_to(connection, LATER)
        connection.execute(text("CREATE TABLE later (id TEXT PRIMARY KEY)"))
        connection.commit()

    ended = house.put_back(copy)
    assert ended.exit_code == 0, ended.output
    assert house.names() == []
    with plainly(house.url) as connection:
        assert not inspect(connection).has_table("later")
    house.add("Hillside")

    again = house.back_up()
    house.add("Seaside")
    ended = house.put_back(again)
    assert ended.exit_code == 0, ended.output
    assert house.names() == ["Hillside"]


def test_a_copy_that_ends_too_soon_changes_nothing(house: House) -> None:
    with plainly(house.url) as connection:
        connection.execute(
            text("CREATE TABLE many AS SELECT md5(n::text) FROM generate_series(1, 20000) n")
        )
        connection.commit()
        copy = house.back_up()
        connection.execute(text("CREATE TABLE later (id TEXT PRIMARY KEY)"))
        connection.commit()
        whole = copy.read_bytes()
        copy.write_bytes(whole[: len(whole) // 2])
        ended = house.put_back(copy)
        assert "nothing was restored" in str(ended.exception), ended.output
        assert connection.execute(text("SELECT count(*) FROM many")).scalar_one() == 20_000
        assert inspect(connection).has_table("later")


def test_tables_that_no_step_left_so_are_told_in_one_line_at_the_start(
    house: House, tmp_path: Path
) -> None:
    house.begin_at(OLDER)
    with plainly(house.url) as connection:
        connection.execute(text("CREATE TABLE leases (id TEXT PRIMARY KEY)"))
        connection.commit()
    (tmp_path / "records.key").write_bytes(KEY)
    settings = read_settings(instance=tmp_path, database_url=house.url)
    with pytest.raises(BadDatabase, match='"leases" already exists') as told:
        open_database(settings, may_be_away=True)
    assert "\n" not in str(told.value)
    assert "Restore a copy into an empty database" in str(told.value)
