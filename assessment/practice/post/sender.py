"""Sends what is due, over and over, on a thread beside the requests.

Each process of a server has one. They need not know of each other: what is to be sent is
claimed by one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from assessment.records.refusals import Unavailable

log = logging.getLogger("assessment")

EVERY = 15.0
"""Seconds between two looks at what is due."""
_LONGEST_END = 4.0
"""Seconds that what is under way may hold up the end of a process."""


class Queue(Protocol):
    """What waits to be sent; `is_about` names it in the log."""

    is_about: str

    @property
    def can_send(self) -> bool:
        """Whether there is anything to send with."""

    def send_due(self, stop: Callable[[], bool]) -> object:
        """Send what is due, until `stop`. Raises Unavailable."""


class Sender:
    """Sends from some queues, each on a thread: a slow one keeps no other waiting."""

    def __init__(self, *queues: Queue, every: float = EVERY) -> None:
        self._queues = queues
        self._every = every
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin; call it in the process that shall send, after it was forked."""
        if self._threads:
            return
        for queue in self._queues:
            if queue.can_send:
                thread = threading.Thread(
                    target=self._run, args=(queue,), name="outbox", daemon=True
                )
                self._threads.append(thread)
                thread.start()

    def stop(self) -> None:
        """Begin to send nothing more, and wait a little for what is under way."""
        self._over.set()
        for thread in self._threads:
            thread.join(_LONGEST_END / len(self._threads))

    def _run(self, queue: Queue) -> None:
        while not self._over.wait(self._every):
            try:
                queue.send_due(self._over.is_set)
            except Unavailable:
                log.warning("%s wait: the database did not answer", queue.is_about)
            except Exception as error:  # whatever it is, the next ones are tried
                log.error("%s wait: %s", queue.is_about, type(error).__qualname__)
