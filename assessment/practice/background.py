"""What is done over and over beside the requests, each job on a thread of its own.

Each process of a server has all jobs. What one process of all shall do at a time says so itself:
see `turns.py`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from assessment.records.refusals import Unavailable

log = logging.getLogger("assessment")

_LONGEST_END = 4.0
"""Seconds that what is under way may hold up the end of a process."""

Task = Callable[[Callable[[], bool]], object]
"""What is done in each round; it is given what tells whether to stop."""


@dataclass(frozen=True, slots=True)
class Job:
    """Some tasks, one after another, `first` seconds after the start and then `every` so many.

    `if_not` begins the line in the log where one fails, such as "mails wait". `end` is called when
    nothing more is begun; it raises nothing.
    """

    if_not: str
    tasks: tuple[Task, ...]
    first: float
    every: float
    end: Callable[[], None] = lambda: None


class Background:
    """Does some jobs: a slow one keeps no other waiting."""

    def __init__(self, *jobs: Job) -> None:
        self._jobs = jobs
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin; call it in the process that shall do it, after it was forked."""
        if self._threads:
            return
        for job in self._jobs:
            thread = threading.Thread(target=self._run, args=(job,), name="background", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Begin nothing more, and wait a little for what is under way."""
        self._over.set()
        end = time.monotonic() + _LONGEST_END
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _run(self, job: Job) -> None:
        wait = job.first
        while not self._over.wait(wait):
            wait = job.every
            for task in job.tasks:
                try:
                    task(self._over.is_set)
                except Unavailable:
                    log.warning("%s: the database did not answer", job.if_not)
                except Exception as error:  # whatever it is, the others are done
                    log.error("%s: %s", job.if_not, type(error).__qualname__)
        job.end()
