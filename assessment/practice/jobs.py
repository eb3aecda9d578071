"""What a server does by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from assessment.practice.background import Job
from assessment.practice.keeping.register import Register
from assessment.practice.keeping.resealing import Resealer
from assessment.practice.practice import Practice

SENDING = 15.0
"""Seconds between two looks at what is due to be sent."""
TELLING = 60 * 60.0
"""Seconds between two lines of the security log that say how far the audit logs go."""
KEEPING_HOUSE, SOON = 600.0, 20.0
"""Seconds between two rounds of erasing or of sealing anew, and until the first one."""


class Queue(Protocol):
    """What waits to be sent; `is_about` names it in the log."""

    is_about: str

    @property
    def can_send(self) -> bool:
        """Whether there is anything to send with."""

    def send_due(self, stop: Callable[[], bool]) -> object:
        """Send what is due, until `stop`. Raises Unavailable."""


def jobs(practice: Practice, register: Register, clock: Callable[[], float]) -> tuple[Job, ...]:
    """Return every job. `clock` gives Unix time.

    What a restore brought back is erased before what is due. What is left of a change of keys may
    take hours, so it has a thread of its own.
    """
    database = practice.database
    return (
        *sending(practice.outbox, practice.account_post, practice.deliveries),
        Job(
            "the length of audit logs is not known",
            (lambda _: practice.audit_log.tell(),), 0, TELLING,
        ),
        Job(
            "housekeeping waits",
            (lambda _: register.replay(database), practice.purging.run),
            SOON, KEEPING_HOUSE,
        ),
        Job(
            "sealing anew waits",
            (Resealer(database, clock).keep_up,), SOON, KEEPING_HOUSE,
        ),
    )  # fmt: skip


def sending(*queues: Queue) -> tuple[Job, ...]:
    """Return a job for each queue that something can be sent from."""
    return tuple(
        Job(f"{one.is_about} wait", (one.send_due,), SENDING, SENDING)
        for one in queues
        if one.can_send
    )
