"""A clinic whose clients answer over the small protocol."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assessment.engine.protocol import Protocol
from assessment.records.database import Database
from assessment.records.vault import Vault
from tests.records.conftest import migrated_file
from tests.web.conftest import KEY, Clock
from tests.web.intake.riverside import Riverside

__all__ = ["migrated_file"]


@pytest.fixture
def database(migrated_file: Path, tmp_path: Path) -> Iterator[Database]:
    """A new database in a file."""
    path = tmp_path / "clinic.db"
    shutil.copyfile(migrated_file, path)
    path.chmod(0o600)
    database = Database(f"sqlite:///{path}", Vault([KEY]))
    yield database
    database.close()


@pytest.fixture
def riverside(database: Database, clock: Clock, small: Protocol) -> Riverside:
    """The clinic."""
    return Riverside(database, clock, small)
