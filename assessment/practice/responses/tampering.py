"""Finds responses that somebody changed in the database, wherever the list would have put them.

The list is sorted by columns that anybody who can write the database can change, so a changed
response may be on no page that a therapist opens. So may one whose recheck was changed. Each look
at the inbox also looks at some responses in turn, and at those that were found before.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from assessment.records import rechecks, responses
from assessment.records.authentic import altered_responses
from assessment.records.ids import ClinicId, ResponseId
from assessment.records.model import Line
from assessment.records.transactions import Transaction

AT_ONCE = 200
"""Responses that one look goes through; a clinic that has no more is seen whole each time."""
MOST_SHOWN = 50


@dataclass(slots=True)
class _Seen:
    after: str = ""
    found: set[ResponseId] = field(default_factory=set)


class Altered:
    """What was found in each clinic by this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._clinics: dict[ClinicId, _Seen] = {}

    def look(self, tx: Transaction, clinic: ClinicId) -> tuple[Line, ...]:
        """Look at the next responses of a clinic; return the lines of all that are changed."""
        with self._lock:
            after = self._clinics.setdefault(clinic, _Seen()).after
        found, next_after = altered_responses(tx, clinic, after, AT_ONCE)
        again = rechecks.unreadable(tx, clinic, after, next_after)
        with self._lock:
            seen = self._clinics[clinic]
            seen.after = next_after
            seen.found.update(found, again)
        return self.known(tx, clinic)

    def known(self, tx: Transaction, clinic: ClinicId) -> tuple[Line, ...]:
        """Return the lines of those found before that are still changed, the newest first."""
        with self._lock:
            ids = tuple(self._clinics.get(clinic, _Seen()).found)
        lines = responses.several(tx, clinic, ids).values()
        again = rechecks.of_responses(tx, clinic, ids)
        changed = [
            line
            for line in lines
            if line.altered or any(one.waits and not one.readable for one in again.get(line.id, ()))
        ]
        with self._lock:
            if ids:
                self._clinics[clinic].found.difference_update({*ids} - {one.id for one in changed})
        changed.sort(key=lambda one: (-one.received_at, one.id))
        return tuple(changed[:MOST_SHOWN])
