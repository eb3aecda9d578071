"""What was erased stays erased, also when a backup from before brings it back."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from assessment.practice.keeping.register import Register
from assessment.records import audit, clients, clinics, erasures, responses, withdrawals
from assessment.records.acts import Kind
from assessment.records.database import Database
from assessment.records.keeping_tables import erasures as table
from assessment.records.keeping_tables import withdrawals as taken_back
from assessment.records.refusals import Unusable
from tests.practice.post.conftest import Clock
from tests.records.some import NOW, VAULT, Household, some_client, some_response


@pytest.fixture
def noted(database: Database, register: Register) -> Database:
    """The same database, which tells the register what was erased."""
    database._registered = register.note
    return database


def bring_back(database: Database, house: Household) -> None:
    """Have the database as it was when the backup was made."""
    with database.writing() as tx:
        tx.connection.execute(table.delete())
        if clients.get(tx, house.id, house.client.id) is None:
            clients.add(tx, house.client)
        responses.add(tx, house.id, some_response(house.client.id, id=house.response.line.id), "v")


def test_a_client_that_a_backup_brings_back_is_erased_again(
    noted: Database, house: Household, register: Register, tmp_path: Path
) -> None:
    other = some_client(house.id)
    with noted.writing() as tx:
        clients.add(tx, other)
    with noted.writing() as tx:
        assert clients.erase(tx, house.id, house.client.id, NOW)
    bring_back(noted, house)

    assert register.replay(noted) == 1
    with noted.reading() as tx:
        assert clients.get(tx, house.id, house.client.id) is None
        assert clients.get(tx, house.id, other.id) is not None
        assert len(erasures.register(tx)) == 2  # and a consent that was taken back
        [entry] = audit.listed(tx, house.id, audit.Sought(kind=Kind.ERASED), None, 10)
    assert (entry.about, entry.therapist, entry.device) == (house.client.id, None, audit.RESTORED)
    assert register.replay(noted) == 0
    assert stat.S_IMODE((tmp_path / "erasures").stat().st_mode) == 0o600


def test_a_response_goes_again_and_its_client_stays(
    noted: Database, house: Household, register: Register
) -> None:
    with noted.writing() as tx:
        assert responses.erase(tx, house.id, house.response.line.id, NOW)
    bring_back(noted, house)
    assert register.replay(noted) == 1
    with noted.reading() as tx:
        assert responses.of_client(tx, house.id, house.client.id) == ()
        assert clients.get(tx, house.id, house.client.id) is not None


def test_the_register_holds_no_name_and_no_id(
    noted: Database, house: Household, tmp_path: Path
) -> None:
    with noted.writing() as tx:
        clients.erase(tx, house.id, house.client.id, NOW)
    text = (tmp_path / "erasures").read_text("ascii")
    assert house.id in text  # whose clinic: the ids of clinics are random
    for word in (house.client.id, "Canary", house.client.email):
        assert word not in text
    assert VAULT.erasure_hashes(house.id, "clients", house.client.id)[0] in text


def test_what_is_undone_is_in_no_register(
    noted: Database, house: Household, tmp_path: Path
) -> None:
    before = (tmp_path / "erasures").read_text("ascii")
    with pytest.raises(ZeroDivisionError), noted.writing() as tx:
        assert clients.erase(tx, house.id, house.client.id, NOW) / 0
    assert (tmp_path / "erasures").read_text("ascii") == before


def test_what_could_not_be_written_beside_is_written_at_the_next_look(
    database: Database, house: Household, register: Register, tmp_path: Path
) -> None:
    """Whoever was killed between the two has it in the database; a torn line harms no other."""
    (tmp_path / "erasures").write_text("17000000 cut-o", "ascii")
    with database.writing() as tx:
        clients.erase(tx, house.id, house.client.id, NOW)
    register.replay(database)
    bring_back(database, house)
    assert register.replay(database) == 1


def test_an_erasure_is_forgotten_when_the_clinic_says_so(
    noted: Database, house: Household, register: Register, clock: Clock, tmp_path: Path
) -> None:
    with noted.writing() as tx:
        clinics.set_periods(tx, house.id, 0, 0, 90)
        clients.erase(tx, house.id, house.client.id, NOW)
    clock.now = NOW + 91 * 86_400
    register.replay(noted)
    with noted.reading() as tx:
        assert erasures.register(tx) == ()
    assert (tmp_path / "erasures").read_text("ascii") == ""


def test_a_register_that_cannot_be_read_lets_nothing_come_back_unseen(
    database: Database, register: Register, tmp_path: Path
) -> None:
    (tmp_path / "erasures").mkdir()
    with pytest.raises(Unusable, match="erasures"):
        register.replay(database)


def test_a_consent_that_was_taken_back_stays_so_after_a_restore(
    noted: Database,
    house: Household,
    register: Register,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    response = house.response.line.id
    with noted.writing() as tx:
        before = withdrawals.of_responses(tx, house.id, [response])
        assert before
        tx.connection.execute(table.delete())
        tx.connection.execute(taken_back.delete())

    beside = (tmp_path / "erasures").read_text("ascii")
    clock.now += 90_000

    assert register.replay(noted) == 0
    assert "noted again after a restore: 1" in caplog.text
    assert (tmp_path / "erasures").read_text("ascii") == beside, "it is not noted again"
    with noted.reading() as tx:
        assert withdrawals.of_responses(tx, house.id, [response]) == before, "at its own time"
        assert responses.line(tx, house.id, response) is not None
