"""New keys while everything is open: nothing is lost, whoever is killed and whoever is at work."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from assessment.practice.keeping import resealing
from assessment.practice.post.calls import Call
from assessment.practice.post.invitations import Invitations
from assessment.records import clients, clinics, key_ring, sessions
from assessment.records.database import Database
from assessment.records.ids import ClientId
from assessment.records.key_ring import Key, Ring
from assessment.records.vault import Vault
from assessment.web.clinic import device
from assessment.web.server.key_files import KeyFile, change_keys
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


def test_a_transaction_that_began_before_reads_what_was_sealed_meanwhile(
    settings: Settings, database: Database, house: Household
) -> None:
    """On SQLite it would wait; on PostgreSQL it sees what others commit."""
    path = settings.instance / RECORDS_KEY_FILE
    vault = Vault(ring_of(settings).secrets, (), KeyFile(path).changed)
    later = change_keys(path, lambda ring: ring.with_new(b"n" * 32, NOW))
    sealed = Vault(later.secrets).seal({"name": "Zoe"}, "clients", "a/b", "sealed")
    mac = Vault(later.secrets).mac("sessions", ["a"])
    assert vault.open(sealed, "clients", "a/b", "sealed") == {"name": "Zoe"}
    vault = Vault(later.secrets[1:], (), KeyFile(path).changed)
    assert vault.is_mac_of(mac, "sessions", ["a"])


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


def test_the_file_is_changed_as_a_whole_and_stays_as_private(tmp_path: Path) -> None:
    path = tmp_path / RECORDS_KEY_FILE
    read_or_create_ring(tmp_path, RECORDS_KEY_FILE)
    file = KeyFile(path)
    assert file.changed() is not None
    assert file.changed() is None
    ring = change_keys(path, lambda ring: ring.with_new(b"n" * 32, NOW))
    assert file.changed() == ring == read_or_create_ring(tmp_path, RECORDS_KEY_FILE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def fail(_: Ring) -> Ring:
        raise CannotRetire("no")

    with pytest.raises(CannotRetire):
        change_keys(path, fail)
    path.write_bytes(b"short")
    assert file.changed() is None, "what cannot be read does not take known keys away"
    with pytest.raises(BadSecret, match="no key of ours"):
        change_keys(path, lambda ring: ring)
    assert [one.name for one in tmp_path.iterdir()] == [RECORDS_KEY_FILE]


def test_whoever_runs_it_as_root_leaves_the_file_to_whom_it_belonged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server could not read its own key otherwise."""
    read_or_create_ring(tmp_path, RECORDS_KEY_FILE)
    owner = (tmp_path / RECORDS_KEY_FILE).stat()
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "geteuid", lambda: owner.st_uid + 1)
    monkeypatch.setattr(os, "chown", lambda _, user, group: given.append((user, group)))
    change_keys(tmp_path / RECORDS_KEY_FILE, lambda ring: ring.with_new(b"n" * 32, NOW))
    assert given == [(owner.st_uid, owner.st_gid)]


@pytest.mark.parametrize(
    "data",
    [b"", b"short", b"{}", b"[]", b'{"keys": [], "retired": []}',
     b'{"keys": [{"key": "00", "since": 0}], "retired": []}',
     b'{"keys": [{"key": 1, "since": 0}], "retired": []}'],
)  # fmt: skip
def test_what_is_no_file_of_keys_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  ours and those of JSON and hex
        key_ring.read(data)


def test_a_file_of_keys_reads_as_it_was_written() -> None:
    one = Ring((Key(b"a" * 32),))
    assert key_ring.written(one) == b"a" * 32
    two = Ring((Key(b"b" * 32, NOW), Key(b"a" * 32)), ({"erasures": b"c" * 32},))
    assert [key_ring.read(key_ring.written(ring)) for ring in (one, two)] == [one, two]
