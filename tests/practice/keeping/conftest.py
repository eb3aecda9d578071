"""A clinic whose owner can choose how long things are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.practice.keeping.notices import Keeping
from assessment.practice.keeping.purging import Purging
from assessment.practice.keeping.register import Register
from assessment.practice.staff.accounts import SignedIn
from assessment.records.database import Database
from tests.practice.post.conftest import Clock, Server
from tests.records.some import NOW, Household, move_in

PAGE = "https://clinic.example/clinic/going"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def keeping(database: Database, clock: Clock) -> Keeping:
    return Keeping(database, clock)


@pytest.fixture
def purging(database: Database, clock: Clock, server: Server) -> Purging:
    return Purging(database, clock, server, PAGE)  # type: ignore[arg-type]  # it sends, too


@pytest.fixture
def register(tmp_path: Path, clock: Clock) -> Register:
    return Register(tmp_path / "erasures", clock)


@pytest.fixture
def house(database: Database) -> Household:
    """One of everything, as a clinic has it whose owner has not chosen yet."""
    with database.writing() as tx:
        return move_in(tx)


@pytest.fixture
def who(house: Household) -> SignedIn:
    return SignedIn(house.therapist, house.clinic, house.session, NOW + 900, NOW + 3600)
