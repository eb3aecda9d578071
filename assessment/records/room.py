"""Keeps threads of a process free while others wait for the database.

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
"""Seconds in which nobody came in or out: then a few wait in line, all others are told, and the
database is asked whether it answers at all."""
ANSWER = 0.4
"""Seconds in which it has to, else whoever waits for a place is told. With STANDSTILL under 1 s."""
SILENCE = 1.0
"""Seconds after which a failure counts as silence. A database that refuses costs nobody time."""
SHORTLY = 0.2
"""Seconds that others wait for whoever tries whether it answers again."""
TRIED = 2.0
"""Seconds for which a thread that tried in vain leaves it to others."""


class _Gate:
    """Some places, and when somebody last came in or out."""

    def __init__(self, places: int) -> None:
        self.free = threading.Semaphore(places)
        self.moved_at = time.monotonic()

    def leave(self) -> None:
        """Give a place back."""
        self.moved_at = time.monotonic()
        self.free.release()

    def taken_while_others_move(self, until: float) -> bool:
        """Wait for a place; False once nobody has moved for a while, or it is too late."""
        while not self.free.acquire(timeout=_rest(self.moved_at)):
            if not _rest(self.moved_at) or until < time.monotonic():
                return False
        return True


class Room:
    """Lets `places` threads in at a time, and keeps one of those for a thread that only reads.

    A thread that is inside may enter again. Others wait for their turn, up to `patience` seconds.
    Where nobody moves, half as many as there are places wait in line for as long as the database
    answers, since those inside may be waiting for a lock; whoever comes beyond is told at once.
    `ask` is called on a thread of its own to find out whether it answers; it raises when not.
    """

    def __init__(self, places: int, patience: float, ask: Callable[[], object]) -> None:
        self._patience = patience
        self._ask = ask
        self._places = _Gate(places)
        self._to_write = _Gate(max(1, places - 1))
        self._line = threading.Semaphore(places // 2)
        self._probe = threading.Lock()
        self._here = threading.local()
        self._heard_at = time.monotonic()
        self._is_silent = False
        self._asker: threading.Thread | None = None
        self._asked_at = self._heard_at
        self._to_ask = threading.Lock()

    @contextmanager
    def inside(self, *, writes: bool) -> Iterator[None]:
        """Be inside; raises Unavailable, at once where waiting would be in vain."""
        if getattr(self._here, "entered", False):
            yield
            return
        with self._turn(), ExitStack() as held:
            for gate in (self._to_write, self._places) if writes else (self._places,):
                self._wait_for_place(gate)
                held.callback(self._leave, gate)
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

    def _leave(self, gate: _Gate) -> None:
        self._heard_at = time.monotonic()
        gate.leave()

    def _wait_for_place(self, gate: _Gate) -> None:
        until = time.monotonic() + self._patience
        if not gate.taken_while_others_move(until):
            self._wait_in_line(gate, until)
        gate.moved_at = self._heard_at = time.monotonic()

    def _wait_in_line(self, gate: _Gate, until: float) -> None:
        if not self._line.acquire(blocking=False):
            raise Unavailable("enough wait for it already")
        try:
            while not gate.free.acquire(timeout=_rest(self._heard_at)):
                if until < time.monotonic():
                    raise Unavailable("too many wait for it already")
                self._refuse_if_silent()
        finally:
            self._line.release()

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
        return not _rest(self._heard_at)

    def _find_out(self) -> None:
        with suppress(Exception), self.asking():
            self._ask()
            self._heard_at = time.monotonic()


def _rest(since: float) -> float:
    """Return how many seconds are left of the time after which it is a standstill."""
    return max(0.0, since + STANDSTILL - time.monotonic())
