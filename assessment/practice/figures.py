"""What a monitor may know of the records: numbers over all clinics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assessment.records import queues
from assessment.records.database import Database
from assessment.records.queues import Waiting


@dataclass(frozen=True, slots=True)
class Figures:
    """How much waits in each queue, and how long the audit logs are together."""

    waiting: tuple[Waiting, ...]
    audit_entries: int


def read_figures(database: Database, clock: Callable[[], float]) -> Figures:
    """Return the figures of now; `clock` gives Unix time. Raises Unavailable."""
    with database.reading() as tx:
        return Figures(queues.waiting(tx, int(clock())), queues.audit_entries(tx))
