"""Files of keys are changed as a whole, stay private, and lose no key that somebody needs."""

from __future__ import annotations

import os
import signal
import stat
from pathlib import Path

import pytest

from assessment.records import key_ring
from assessment.records.key_ring import Key, Ring
from assessment.records.vault import Vault, left_of
from assessment.web.server.key_files import KeyFile, change_keys
from assessment.web.server.rotation import CannotRetire
from assessment.web.server.secret import RECORDS_KEY_FILE, BadSecret, read_or_create_ring
from tests.records.some import NOW


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
    with pytest.raises(BadSecret, match="not a key of this product"):
        change_keys(path, lambda ring: ring)
    assert [one.name for one in tmp_path.iterdir()] == [RECORDS_KEY_FILE]


def test_a_key_is_on_the_disk_before_anybody_can_seal_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut may undo what the folder was not told to keep, though others saw it."""
    path = tmp_path / RECORDS_KEY_FILE
    kept = {*read_or_create_ring(tmp_path, RECORDS_KEY_FILE).secrets}
    fsync, replace, seen = os.fsync, Path.replace, []

    def keep(descriptor: int) -> None:
        fsync(descriptor)
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            kept.update(key_ring.read(path.read_bytes()).secrets)

    def show(draft: Path, target: Path) -> None:
        replace(draft, target)
        seen.append(key_ring.read(target.read_bytes()).secrets)
        assert seen[-1][0] in kept

    monkeypatch.setattr(os, "fsync", keep)
    monkeypatch.setattr(Path, "replace", show)
    ring = change_keys(path, lambda ring: ring.with_new(b"n" * 32, NOW))
    assert seen == [ring.secrets[::-1], ring.secrets]


def test_what_was_left_by_somebody_killed_while_writing_keys_does_not_outlive_them(
    tmp_path: Path,
) -> None:
    """With a retired key in it, it would open a backup of before to whoever finds it."""
    path = tmp_path / RECORDS_KEY_FILE
    [old] = read_or_create_ring(tmp_path, RECORDS_KEY_FILE).secrets
    child = os.fork()
    if child == 0:
        os.chown = os.replace = os.rename = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]  # this process ends
        change_keys(path, lambda ring: ring.with_new(b"n" * 32, NOW))
        os._exit(1)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    copy = tmp_path / f"{RECORDS_KEY_FILE}.of-the-operator"
    copy.write_bytes(b"stays")
    assert len([*tmp_path.iterdir()]) == 3
    change_keys(path, lambda ring: Ring((Key(b"n" * 32, NOW),), (left_of(old),)))
    assert {one.name for one in tmp_path.iterdir()} == {path.name, copy.name}


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
    assert set(given) == {(owner.st_uid, owner.st_gid)}


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


def test_a_transaction_that_began_before_reads_what_was_sealed_meanwhile(
    tmp_path: Path,
) -> None:
    """On SQLite it would wait; on PostgreSQL it sees what others commit."""
    path = tmp_path / RECORDS_KEY_FILE
    vault = Vault(
        read_or_create_ring(tmp_path, RECORDS_KEY_FILE).secrets, (), KeyFile(path).changed
    )
    later = change_keys(path, lambda ring: ring.with_new(b"n" * 32, NOW))
    sealed = Vault(later.secrets).seal({"name": "Zoe"}, "clients", "a/b", "sealed")
    mac = Vault(later.secrets).mac("sessions", ["a"])
    assert vault.open(sealed, "clients", "a/b", "sealed") == {"name": "Zoe"}
    vault = Vault(later.secrets[1:], (), KeyFile(path).changed)
    assert vault.is_mac_of(mac, "sessions", ["a"])
