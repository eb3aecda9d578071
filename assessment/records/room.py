"""Keeps most threads of a process free while the database is silent.

Whoever reads what to do in an emergency needs a thread, and no database. So of those who need the
database only a few wait for it at a time, and once it has been found silent, one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from assessment.records.refusals import Unavailable

STANDSTILL = 0.25
"""Seconds in which nobody came in or out: then the database is asked whether it answers at all."""
ANSWER = 0.4
"""Seconds in which it has to, else whoever waits for a place is told. With STANDSTILL under 1 s."""
SILENCE = 1.0
"""Seconds after which a failure counts as silence. A database that refuses costs nobody time."""
SHORTLY = 0.2
"""Seconds that others wait for whoever tries whether it answers again."""
TRIED = 2.0
"""Seconds for which a thread that tried in vain leaves it to others."""


class Room:
    """Lets `places` threads in at a time, and keeps one of those for a thread that only reads.

    A thread that is inside may enter again. Others wait for their turn, up to `patience` seconds,
    for as long as the database answers: those inside may be waiting for a lock. Where nobody moves,
    `ask` is called on a thread of its own to find that out; it raises when it gets no answer.
    """

    def __init__(self, places: int, patience: float, ask: Callable[[], object]) -> None:
        self._patience = patience
        self._ask = ask
        self._places = threading.Semaphore(places)
        self._to_write = threading.Semaphore(max(1, places - 1))
        self._probe = threading.Lock()
        self._here = threading.local()
        self._moved_at = time.monotonic()
        self._is_silent = False
        self._asker: threading.Thread | None = None
        self._asked_at = self._moved_at
        self._to_ask = threading.Lock()

    @contextmanager
    def inside(self, *, writes: bool) -> Iterator[None]:
        """Be inside; raises Unavailable, at once where waiting would be in vain."""
        if getattr(self._here, "entered", False):
            yield
            return
        with self._turn(), ExitStack() as held:
            for places in (self._to_write, self._places) if writes else (self._places,):
                self._wait_for_place(places)
                held.callback(self._leave, places)
            self._here.entered = True
            try:
                yield
            finally:
                self._here.entered = False

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

    def _leave(self, places: threading.Semaphore) -> None:
        self._moved_at = time.monotonic()
        places.release()

    def _wait_for_place(self, places: threading.Semaphore) -> None:
        came_at = now = time.monotonic()
        while not places.acquire(timeout=max(0.0, self._moved_at + STANDSTILL - now)):
            if came_at + self._patience < time.monotonic():
                raise Unavailable("too many wait for it already")
            self._refuse_if_silent()
            now = time.monotonic()
        self._moved_at = time.monotonic()

    def _refuse_if_silent(self) -> None:
        """Tell those who wait for a place apart from those who wait in vain."""
        with self._to_ask:
            if self._stands_still() and not (self._asker and self._asker.is_alive()):
                self._asked_at = time.monotonic()
                self._asker = threading.Thread(target=self._find_out, daemon=True)
                self._asker.start()
            asker = self._asker
        if asker is not None:
            asker.join(max(0.0, self._asked_at + ANSWER - time.monotonic()))
        if self._stands_still():
            raise Unavailable("it does not answer, and others wait for it already")

    def _stands_still(self) -> bool:
        return self._moved_at + STANDSTILL < time.monotonic()

    def _find_out(self) -> None:
        with suppress(Exception), self.asking():
            self._ask()
            self._moved_at = time.monotonic()
