"""Keeps most threads of a process free while the database is silent.

Whoever reads what to do in an emergency needs a thread, and no database. So of those who need the
database only a few wait for it at a time, and once it has been found silent, one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from assessment.records.refusals import Unavailable

STANDSTILL = 0.5
"""Seconds in which nobody came in or out: then whoever comes is told at once."""
SILENCE = 1.0
"""Seconds after which a failure counts as silence. A database that refuses costs nobody time."""
SHORTLY = 0.2
"""Seconds that others wait for whoever tries whether it answers again."""
TRIED = 2.0
"""Seconds for which a thread that tried in vain leaves it to others."""


class Room:
    """Lets `places` threads in at a time.

    A thread that is inside may enter again. As long as some come and go, others wait for their
    turn, up to `patience` seconds.
    """

    def __init__(self, places: int, patience: float) -> None:
        self._patience = patience
        self._places = threading.Semaphore(places)
        self._probe = threading.Lock()
        self._here = threading.local()
        self._moved_at = time.monotonic()
        self._is_silent = False

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Be inside; raises Unavailable, at once where waiting would be in vain."""
        if getattr(self._here, "entered", False):
            yield
            return
        with self._turn():
            self._wait_for_place()
            self._here.entered = True
            try:
                yield
            finally:
                self._here.entered = False
                self._moved_at = time.monotonic()
                self._places.release()

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Ask for a connection: how long it takes to fail tells whether the database is silent."""
        began = time.monotonic()
        try:
            yield
        except Exception:
            now = time.monotonic()
            if now - began > SILENCE:
                self._is_silent = True
                self._here.tried_at = now
            raise
        self._is_silent = False

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Let one thread try while the database is silent, and all others be told."""
        if not self._is_silent:
            yield
            return
        lately = getattr(self._here, "tried_at", -TRIED) > time.monotonic() - TRIED
        if lately or not self._probe.acquire(timeout=SHORTLY):
            raise Unavailable("it was silent a moment ago")
        try:
            if self._is_silent:
                yield
                return
        finally:
            self._probe.release()
        yield  # whoever tried before has found it again

    def _wait_for_place(self) -> None:
        came_at = time.monotonic()
        while not self._places.acquire(blocking=False):
            now = time.monotonic()
            if self._moved_at < now - STANDSTILL or came_at < now - self._patience:
                raise Unavailable("too many wait for it already")
            if self._places.acquire(timeout=self._moved_at + STANDSTILL - now + 0.001):
                break
        self._moved_at = time.monotonic()
