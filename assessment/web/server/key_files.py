"""Files of keys while they are in use: seen when they change, and changed so that none is lost."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from assessment.records import key_ring
from assessment.records.key_ring import Ring
from assessment.web.server.secret import BadSecret, draft_of

_State = tuple[int, int, int]
_DRAFT = re.compile(r"\.[0-9a-f]{16}")


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
    returns. A key that is first from then on was on the disk before, as the last one: whoever seals
    with it at once can open that after a power cut, too. Whoever changes it at the same moment
    waits. What somebody left who was killed in the middle goes: keys stand in it that may be
    retired now. Raises BadSecret.
    """
    try:
        with _locked(path) as folder:
            _remove_drafts(path)
            before = key_ring.read(path.read_bytes())
            ring = change(before)
            if ring.keys[0] not in before.keys:
                _put(path, folder, before.with_last(ring.keys[0]))
            _put(path, folder, ring)
            return ring
    except OSError as error:
        raise BadSecret(f"INSTANCE: {error.strerror}: {error.filename or path}") from None
    except ValueError:
        raise BadSecret(f"INSTANCE: {path} is not a key of this product") from None


def _state(path: Path) -> _State:
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """Wait for others who change files of keys in this folder; give its descriptor."""
    lock = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock
    finally:
        os.close(lock)


def _remove_drafts(path: Path) -> None:
    for one in path.parent.iterdir():
        if one.name.startswith(path.name) and _DRAFT.fullmatch(one.name[len(path.name) :]):
            one.unlink(missing_ok=True)


def _put(path: Path, folder: int, ring: Ring) -> None:
    """Replace a file; whoever could read it still can, and nobody else. It is on the disk then."""
    draft = draft_of(path)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key_ring.written(ring))
            file.flush()
            os.fsync(file.fileno())
        before = path.stat()
        if (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):  # run by root
            os.chown(draft, before.st_uid, before.st_gid)
        draft.replace(path)
        os.fsync(folder)  # the file under its new name
    finally:
        draft.unlink(missing_ok=True)
