"""What a server does by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from assessment.practice.background import Job
from assessment.practice.keeping.register import Register
from assessment.practice.keeping.resealing import Resealer
from assessment.practice.practice import Practice
from assessment.practice.turns import InTurn
from assessment.records.database import Database

SENDING = 15.0
"""Seconds between two looks at what is due to be sent."""
TELLING = 60 * 60.0
"""Seconds between two lines of the security log that say how far the audit logs go."""
LOOKING = 60.0
"""Seconds between two looks whether it is one's turn to tell."""
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

    What a restore brought back is erased before what is due, by each host: each has a register.
    What is left of a change of keys may take hours, so it has a thread of its own.
    """
    database = practice.database
    telling = InTurn(database, "audit logs", lambda _: practice.audit_log.tell(), TELLING)
    purging = InTurn(database, "purging", practice.purging.run, KEEPING_HOUSE)
    sealing = InTurn(database, "sealing", Resealer(database, clock).keep_up, KEEPING_HOUSE)
    return (
        *sending(database, practice.outbox, practice.account_post, practice.deliveries),
        Job("the length of audit logs is not known", (telling,), 0, LOOKING, telling.leave),
        Job(
            "housekeeping waits",
            (lambda _: register.replay(database), purging),
            SOON, KEEPING_HOUSE, purging.leave,
        ),
        Job("sealing anew waits", (sealing,), SOON, KEEPING_HOUSE, sealing.leave),
    )  # fmt: skip


def sending(database: Database, *queues: Queue) -> tuple[Job, ...]:
    """Return a job for each queue that something can be sent from."""
    turns = [
        InTurn(database, one.is_about, one.send_due, SENDING) for one in queues if one.can_send
    ]
    return tuple(Job(f"{one.name} wait", (one,), SENDING, SENDING, one.leave) for one in turns)
