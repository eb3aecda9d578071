"""Counts that the processes of one server share, through files in memory.

prometheus_client keeps a file for each process, by default named by its number. Here it is named by
a place that a process holds while it lives. Whoever comes after a process that died takes over its
place, and counts on from there: so no count goes back, and no files pile up.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from itertools import count
from pathlib import Path

from prometheus_client import values

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
MEMORY = Path("/dev/shm")  # noqa: S108  a folder of our own is made in it, which nobody else enters


class SharedCounts:
    """Counts of one server. Make it before any metric is made, and before any fork."""

    def __init__(self) -> None:
        inside = MEMORY if os.access(MEMORY, os.W_OK) else None
        self._maker = os.getpid()
        prefix = f"assessment-metrics-{self._maker}-"
        self.folder = Path(tempfile.mkdtemp(prefix=prefix, dir=inside))
        self._place = "first"
        self._lock: int | None = None
        os.environ[_FOLDER] = str(self.folder)  # where the library looks, whenever a file is opened
        values.ValueClass = values.MultiProcessValue(lambda: self._place)  # type: ignore[no-untyped-call]  # it has no types

    def take_place(self) -> None:
        """Count in this process from now on; call it once, after the fork."""
        for number in count():
            lock = os.open(self.folder / f"place-{number}", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the kernel lets go of it
            except BlockingIOError:
                os.close(lock)
            else:
                self._lock, self._place = lock, str(number)
                return

    def remove(self) -> None:
        """Remove the files, in the process that made them."""
        if os.getpid() == self._maker:
            shutil.rmtree(self.folder, ignore_errors=True)
