"""Files of keys while they are in use: seen when they change, and changed so that none is lost."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from assessment.records import key_ring
from assessment.records.key_ring import Ring
from assessment.web.server.secret import BadSecret

_State = tuple[int, int, int]


class KeyFile:
    """A file of keys that another process may put new keys into."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: _State | None = None

    def changed(self) -> Ring | None:
        """Return what it holds when it has changed since it was read; the first time, always.

        A file that cannot be read has not changed: what is known goes on, and a start says why.
        """
        with suppress(OSError, ValueError):
            state = _state(self._path)
            if state != self._seen:
                ring = key_ring.read(self._path.read_bytes())
                self._seen = state  # of before: what changes meanwhile is read once more
                return ring
        return None


def change_keys(path: Path, change: Callable[[Ring], Ring]) -> Ring:
    """Have a file hold what `change` makes of its keys, and return that.

    A reader sees the old file or the new one, whole, and the new one is on the disk when this
    returns. Whoever changes it at the same moment waits. Raises BadSecret.
    """
    try:
        with _locked(path):
            ring = change(key_ring.read(path.read_bytes()))
            _put(path, key_ring.written(ring))
            return ring
    except OSError as error:
        raise BadSecret(f"INSTANCE: {error.strerror}: {error.filename or path}") from None
    except ValueError:
        raise BadSecret(f"INSTANCE: {path} is no key of ours") from None


def _state(path: Path) -> _State:
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Wait for others who change files of keys in this folder."""
    lock = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
        os.fsync(lock)  # the folder: a file under its new name
    finally:
        os.close(lock)


def _put(path: Path, data: bytes) -> None:
    """Replace a file; whoever could read it still can, and nobody else."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        before = path.stat()
        if (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):  # run by root
            os.chown(draft, before.st_uid, before.st_gid)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
