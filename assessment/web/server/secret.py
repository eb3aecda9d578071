"""The secrets of an installation, made at random in the instance folder."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from assessment.records import key_ring
from assessment.records.key_ring import KEY_BYTES, Ring

KEY_FILE = "secret.key"
"""Seals cookies. Without it people start again, and nothing else is lost."""
RECORDS_KEY_FILE = "records.key"
"""Seals what clinics store. Without it none of that can be read again."""

_ADVICE = {
    KEY_FILE: "remove it, and a new one is made",
    RECORDS_KEY_FILE: "put the right one back from your backup",
}


class BadSecret(Exception):
    """The instance folder or its key cannot be used; `str()` says what to do."""


def read_or_create_key(instance: Path, name: str = KEY_FILE) -> bytes:
    """Return the keys in a file of this instance, one after another, the newest first.

    It is mostly one. Otherwise as `read_or_create_ring`.
    """
    return b"".join(read_or_create_ring(instance, name).secrets)


def read_or_create_ring(instance: Path, name: str) -> Ring:
    """Return the keys of this instance; make one, and its folder, where there is none.

    The folder gets mode 0700, the file 0600. Raises BadSecret when they cannot be made, or when
    others may read the key.
    """
    path = instance / name
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _create(path)
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise BadSecret(f"INSTANCE: others can read {path}; run: chmod 600 {path}")
        return key_ring.read(path.read_bytes())
    except OSError as error:
        raise BadSecret(f"INSTANCE: {error.strerror}: {error.filename or path}") from None
    except ValueError:
        raise BadSecret(f"INSTANCE: {path} is not a key of this product; {_ADVICE[name]}") from None


def draft_of(path: Path) -> Path:
    """Return a new name beside a file of keys, for what is to take its place."""
    return path.with_name(f"{path.name}.{secrets.token_hex(8)}")


def _create(path: Path) -> None:
    """Write a new key so that a reader sees either none or all of it.

    Two starts at once both end with the key of whoever was first.
    """
    draft = draft_of(path)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        _give_name(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _give_name(draft: Path, path: Path) -> None:
    """Have a file under its name, unless there is one: unlike a rename, never replace it."""
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    except FileNotFoundError:  # whoever was first has changed the keys, and the draft is gone
        if not path.exists():
            raise
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS):
            raise
        # A file system without links: whoever starts at the same moment may have to start again.
        with suppress(FileExistsError):
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(draft.read_bytes())
