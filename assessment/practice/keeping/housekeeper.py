"""Does what comes due by itself, over and over, on a thread beside the requests.

Each process of a server has one. They need not know of each other: one at a time is at a clinic.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from assessment.records.refusals import Unavailable

log = logging.getLogger("assessment")

EVERY = 600.0
"""Seconds between two rounds."""
SOON = 20.0
"""Seconds until the first one."""
_LONGEST_END = 4.0
"""Seconds that a step under way may hold up the end of a process."""

Task = Callable[[Callable[[], bool]], object]
"""What is done in each round; it is given what tells whether to stop."""


class Housekeeper:
    """A thread that does some tasks, one after another."""

    def __init__(self, tasks: Sequence[Task], soon: float = SOON, every: float = EVERY) -> None:
        self._tasks = tasks
        self._soon = soon
        self._every = every
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; call it in the process that shall do it, after it was forked."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="housekeeper", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Begin nothing more, and wait a little for what is under way."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(_LONGEST_END)

    def _run(self) -> None:
        wait = self._soon
        while not self._over.wait(wait):
            wait = self._every
            for task in self._tasks:
                try:
                    task(self._over.is_set)
                except Unavailable:
                    log.warning("housekeeping waits: the database did not answer")
                except Exception as error:  # whatever it is, the others are done
                    log.error("housekeeping waits: %s", type(error).__qualname__)
