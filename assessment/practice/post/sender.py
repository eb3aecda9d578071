"""Sends what is due, over and over, on a thread beside the requests.

Each process of a server has one. They need not know of each other: a mail is claimed by one.
"""

from __future__ import annotations

import logging
import threading

from assessment.practice.post.outbox import Outbox
from assessment.records.refusals import Unavailable

log = logging.getLogger("assessment")

EVERY = 15.0
"""Seconds between two looks at what is due."""
_LONGEST_END = 4.0
"""Seconds that a mail under way may hold up the end of a process."""


class Sender:
    """A thread that sends; none where no mail server is set up."""

    def __init__(self, outbox: Outbox, every: float = EVERY) -> None:
        self._outbox = outbox
        self._every = every
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; call it in the process that shall send, after it was forked."""
        if self._outbox.can_mail and self._thread is None:
            self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Begin to send nothing more, and wait a little for what is under way."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(_LONGEST_END)

    def _run(self) -> None:
        while not self._over.wait(self._every):
            try:
                self._outbox.send_due(self._over.is_set)
            except Unavailable:
                log.warning("mails to clients wait: the database did not answer")
            except Exception as error:  # whatever it is, the next ones are tried
                log.error("mails to clients wait: %s", type(error).__qualname__)
