"""The one secret."""

from __future__ import annotations

import errno
import os
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assessment.web.server.secret import KEY_FILE, BadSecret, read_or_create_key


def test_it_is_made_at_random_for_its_owner_only(tmp_path: Path) -> None:
    one = read_or_create_key(tmp_path / "a" / "instance")
    other = read_or_create_key(tmp_path / "b")
    assert len(one) == len(other) == 32
    assert one != other
    folder = tmp_path / "a" / "instance"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == [KEY_FILE]


def test_it_stays_the_same(tmp_path: Path) -> None:
    assert read_or_create_key(tmp_path) == read_or_create_key(tmp_path)


def test_many_starts_at_once_agree_on_one(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: read_or_create_key(tmp_path / "new"), range(64)))
    assert len(keys) == 1


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    read_or_create_key(tmp_path)
    (tmp_path / KEY_FILE).chmod(0o644)
    with pytest.raises(BadSecret, match="chmod 600"):
        read_or_create_key(tmp_path)


def test_a_file_that_is_no_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).touch(mode=0o600)
    with pytest.raises(BadSecret, match="is not a key of this product"):
        read_or_create_key(tmp_path)


def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadSecret, match="INSTANCE: "):
        read_or_create_key(tmp_path / "file" / "instance")


def test_a_full_disk_is_one_line_and_leaves_no_half_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)

    with pytest.raises(BadSecret, match=re.escape(f"No space left on device: {tmp_path}")):
        read_or_create_key(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_system_without_links_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)

    key = read_or_create_key(tmp_path)

    assert read_or_create_key(tmp_path) == key
    assert [file.name for file in tmp_path.iterdir()] == [KEY_FILE]
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
