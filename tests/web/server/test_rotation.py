"""New keys while everything is open: nothing is lost, whoever is killed and whoever is at work."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from assessment.practice.keeping import resealing
from assessment.practice.post.calls import Call
from assessment.practice.post.invitations import Invitations
from assessment.records import clients, clinics, erasures, sessions, therapists
from assessment.records.database import Database
from assessment.records.ids import ClientId
from assessment.records.key_ring import Key, Ring
from assessment.records.tables import clients as clients_table
from assessment.records.vault import Vault
from assessment.web.clinic import device
from assessment.web.server.key_files import change_keys
from assessment.web.server.rotation import DAY, LONGEST_COOKIE, CannotRetire, Rotation
from assessment.web.server.sealed import Sealed
from assessment.web.server.secret import (
    KEY_FILE,
    RECORDS_KEY_FILE,
    BadSecret,
    read_or_create_key,
    read_or_create_ring,
)
from assessment.web.server.settings import Settings
from assessment.web.server.storage import open_database
from assessment.web.walk.cookie import Seal, Visit
from tests.practice.post.test_invitations import signed_in
from tests.records.some import NOW, Household, move_in, some_client

Now = Callable[[], float]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(instance=tmp_path / "instance")


@pytest.fixture
def database(settings: Settings) -> Database:
    """The database as the server has it open, all the time."""
    return open_database(settings)


@pytest.fixture
def house(database: Database) -> Household:
    with database.writing() as tx:
        return move_in(tx)


def rotation(settings: Settings, now: int = NOW) -> Rotation:
    """What the command works with: another process than the server."""
    return Rotation(settings.instance, open_database(settings), lambda: float(now))


def ring_of(settings: Settings) -> Ring:
    return read_or_create_ring(settings.instance, RECORDS_KEY_FILE)


def sealed_with(database: Database, key: bytes) -> int:
    """How many clients are sealed with this key."""
    with database.reading() as tx:
        rows = tx.connection.exec_driver_sql("SELECT sealed FROM clients").scalars()
        return sum(row.startswith(Vault([key]).newest) for row in rows)


def test_whoever_has_the_database_open_goes_on_with_the_new_key(
    settings: Settings, database: Database, house: Household
) -> None:
    [old] = ring_of(settings).secrets
    assert rotation(settings).rotate().is_new

    new, kept = ring_of(settings).secrets
    assert kept == old
    with database.writing() as tx:
        assert clients.get(tx, house.id, house.client.id) == house.client
        assert sessions.find(tx, f"session {house.session.id}") is not None
        clients.add(tx, some_client(house.id))
    assert (sealed_with(database, new), sealed_with(database, old)) == (2, 0)


def test_a_call_that_comes_again_after_the_change_makes_no_second_invitation(
    settings: Settings, database: Database
) -> None:
    call = Call("reference 17", "{}")
    who, sending = signed_in(database, "Riverside"), Invitations(database, lambda: float(NOW))
    first = sending.invite(who, "Zoe", "", 7, "", call=call)
    old = rotation(settings)
    old.rotate()
    again = sending.invite(who, "Zoe", "", 7, "", call=call)
    assert (again.is_new, again.invitation.id, again.token) == (
        False, first.invitation.id, first.token
    )  # fmt: skip
    rotation(settings, NOW + 2 * DAY).retire()
    known = sending.called(who, call)
    assert known is not None
    assert known.token == first.token
    assert len(sending.listed(who).invitations) == 1


def test_whoever_is_killed_in_the_middle_is_followed_by_one_who_ends(
    settings: Settings, database: Database, house: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "AT_ONCE", 2)
    people = [some_client(house.id) for _ in range(9)]
    with database.writing() as tx:
        for one in people:
            clients.add(tx, one)
    [old] = ring_of(settings).secrets
    child = os.fork()
    if child == 0:
        kill_in_the_middle(settings)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL

    new, _ = ring_of(settings).secrets
    assert sealed_with(database, new) == 4, "two of the five steps"
    assert sealed_with(database, old) == 6
    with database.reading() as tx:
        found = [clients.get(tx, house.id, ClientId(one.id)) for one in people]
    assert found == people, "both can be read meanwhile"

    rotated = rotation(settings).rotate()
    assert (rotated.is_new, rotated.made.is_whole) == (False, True)
    assert len(ring_of(settings).keys) == 2, "no third key"
    assert (sealed_with(database, new), sealed_with(database, old)) == (10, 0)
    assert rotation(settings).rotate().is_new


def kill_in_the_middle(settings: Settings) -> None:
    """Begin to change the keys, as another process, and be killed in the third transaction."""
    done = 0
    original = Database.writing

    def writing(database: Database) -> object:
        nonlocal done
        done += 1
        if done == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(database)

    try:
        mine = rotation(settings)
        Database.writing = writing  # type: ignore[method-assign, assignment]  # this process ends
        mine.rotate()
    finally:
        os._exit(1)


def test_the_server_ends_what_the_command_began(
    settings: Settings, database: Database, house: Household
) -> None:
    path = settings.instance / RECORDS_KEY_FILE
    ring = change_keys(path, lambda ring: ring.with_new(b"n" * 32, NOW))
    keeper = resealing.Resealer(database, lambda: float(NOW))
    keeper.keep_up(lambda: True)
    keeper.keep_up(lambda: False)
    assert sealed_with(database, ring.secrets[0]) == 1
    with database.reading() as tx:
        assert clinics.any_exists(tx)


def test_an_old_key_is_retired_when_nothing_needs_it(
    settings: Settings, database: Database, house: Household
) -> None:
    assert rotation(settings).retire() == 0
    rotation(settings).rotate()
    [_, old] = ring_of(settings).secrets
    with pytest.raises(CannotRetire, match="a day"):
        rotation(settings, NOW + DAY - 1).retire()
    assert rotation(settings, NOW + DAY).retire() == 1

    text = (settings.instance / RECORDS_KEY_FILE).read_text("ascii")
    assert old.hex() not in text
    later = open_database(settings)
    for one in (database, later):
        with one.reading() as tx:
            assert clients.get(tx, house.id, house.client.id) == house.client
            assert sessions.find(tx, f"session {house.session.id}") is not None


def test_a_backup_from_before_a_retired_key_is_read_with_that_key_put_back_last(
    settings: Settings, database: Database, house: Household, tmp_path: Path
) -> None:
    """In place of the file, the earlier key alone would not know what was erased since."""
    backup, file = tmp_path / "backup.db", settings.instance / "clinic.db"
    with sqlite3.connect(file) as copying:
        copying.execute(f"VACUUM INTO '{backup}'")
    copying.close()
    [old] = ring_of(settings).keys
    rotation(settings).rotate()
    rotation(settings, NOW + DAY).retire()
    with database.writing() as tx:
        erasures.erase(tx, clients_table, house.id, [house.client.id], NOW)
    database.close()
    for name in ("clinic.db", "clinic.db-wal", "clinic.db-shm"):
        (settings.instance / name).unlink(missing_ok=True)
    backup.rename(file)

    with pytest.raises(BadSecret, match="put the right one back"):
        open_database(settings)
    change_keys(settings.instance / RECORDS_KEY_FILE, lambda ring: ring.with_last(old))
    with open_database(settings).reading() as tx:
        assert therapists.password_of(tx, house.id, house.therapist.id) == "hash of a password"
        assert clients.get(tx, house.id, house.client.id) is None


def test_an_old_key_stays_while_a_damaged_value_names_it(
    settings: Settings, database: Database, house: Household
) -> None:
    damaged = Vault(ring_of(settings).secrets).newest + bytes(40)
    with database.writing() as tx:
        tx.connection.exec_driver_sql("UPDATE notes SET sealed = ?", (damaged,))
    assert rotation(settings).rotate().made.unreadable == 1
    with pytest.raises(CannotRetire, match="1 sealed values"):
        rotation(settings, NOW + DAY).retire()
    assert len(ring_of(settings).keys) == 2


def test_an_old_key_stays_while_somebody_still_seals_with_it(
    settings: Settings, database: Database, house: Household
) -> None:
    """A server that cannot see the new file would go on, and nobody could read that afterwards."""
    blind = Database(settings.database, Vault(ring_of(settings).secrets))
    rotation(settings).rotate()
    late = some_client(house.id)
    with blind.writing() as tx:
        clients.add(tx, late)
    with pytest.raises(CannotRetire, match="restart it"):
        rotation(settings, NOW + DAY).retire()
    assert len(ring_of(settings).keys) == 2
    assert rotation(settings, NOW + DAY).retire() == 1
    with open_database(settings).reading() as tx:
        assert clients.get(tx, house.id, late.id) == late


def test_cookies_of_before_are_opened_with_the_keys_after_a_restart(
    settings: Settings, database: Database
) -> None:
    def seals() -> tuple[Seal, Sealed]:
        key = read_or_create_key(settings.instance)
        return Seal(key, "answers", 3600, lambda: NOW), Sealed(key, "device", 60, lambda: NOW)

    visit, (seal, sealed) = Visit.new("v"), seals()
    cookie, short = seal.close(visit), sealed.close({"a": 1})
    rotation(settings).rotate()
    new_seal, new_sealed = seals()
    assert new_seal.open(cookie) == visit
    assert new_sealed.open(short) == {"a": 1}
    assert seal.open(new_seal.close(visit)) is None, "made with the new key"
    assert sealed.open(new_sealed.close({"a": 1})) is None


def test_a_cookie_key_goes_when_no_browser_can_have_its_cookies_any_more(
    settings: Settings, database: Database
) -> None:
    assert LONGEST_COOKIE == device.SECONDS
    for now in (NOW, NOW + DAY, NOW + 2 * DAY + LONGEST_COOKIE):
        rotation(settings, now).rotate()
    ring = read_or_create_ring(settings.instance, KEY_FILE)
    assert [key.since for key in ring.keys] == [NOW + 2 * DAY + LONGEST_COOKIE, NOW + DAY]


def test_a_file_without_the_key_in_use_is_not_taken_over(
    settings: Settings, database: Database, house: Household, caplog: pytest.LogCaptureFixture
) -> None:
    """What is sealed from then on could not be read with the right one."""
    path = settings.instance / RECORDS_KEY_FILE
    change_keys(path, lambda _: Ring((Key(b"x" * 32),)))
    with database.writing() as tx:
        clients.add(tx, some_client(house.id))
    assert sealed_with(database, b"x" * 32) == 0
    assert caplog.text.count("lacks the key in use") == 1


def test_whoever_is_killed_before_a_key_seals_leaves_one_that_is_no_harm(
    settings: Settings, database: Database, house: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = settings.instance / RECORDS_KEY_FILE
    change_keys(path, lambda ring: ring.with_last(Key(b"n" * 32, NOW)))
    [old, _] = ring_of(settings).secrets
    with database.writing() as tx:
        clients.add(tx, some_client(house.id))
    assert sealed_with(database, old) == 2
    assert rotation(settings).rotate().is_new
    assert sealed_with(database, ring_of(settings).secrets[0]) == 2
    rotation(settings, NOW + DAY).retire()
    with database.reading() as tx:
        assert clients.get(tx, house.id, house.client.id) == house.client
