"""What one process of all does at a time, on however many hosts; another goes on where it dies.

It holds a lease, and renews it while it works. Whoever is stopped for so long that the lease runs
out finds that when it looks again, and leaves the rest to who has it by then. What it was in the
middle of is claimed besides: two who work for a moment send nothing twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from assessment.practice.background import Task
from assessment.records import leases
from assessment.records.database import Database
from assessment.records.ids import new_id
from assessment.records.refusals import Unavailable

HOLD = 30.0
"""Seconds for which a lease lasts beyond the time of the next round."""


class InTurn:
    """A task for the background that is done every so many seconds by whoever has the lease.

    It can be called more often, and does nothing then. Make it before a fork or after it: each
    process is an owner of its own.
    """

    def __init__(self, database: Database, name: str, task: Task, every: float) -> None:
        self._database = database
        self.name = name
        self._task = task
        self._every = every
        self._owner = ""
        self._next = self._renewed = -float("inf")

    def __call__(self, stop: Callable[[], bool]) -> None:
        """Do it, if it is our turn and time. Raises Unavailable, or what the task raises."""
        begun = time.monotonic()
        if begun < self._next or not self._take():
            return
        self._task(lambda: stop() or not self._goes_on())
        self._next = begun + self._every

    def leave(self) -> None:
        """Let another process go on at once; raises nothing."""
        if self._owner:
            with suppress(Unavailable), self._database.writing() as tx:
                leases.give_up(tx, self.name, self._owner)

    def _goes_on(self) -> bool:
        """Whether the lease is still ours, and renew it in time."""
        return time.monotonic() < self._renewed + HOLD / 3 or self._take()

    def _take(self) -> bool:
        self._owner = self._owner or new_id()
        now = time.monotonic()
        with self._database.reading() as tx:
            if leases.is_of_another(tx, self.name, self._owner):
                return False
        with self._database.writing() as tx:
            mine = leases.take(tx, self.name, self._owner, int(self._every + HOLD))
        if mine:
            self._renewed = now
        return mine
