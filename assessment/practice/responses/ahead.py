"""What stands before all other lines of the inbox, whatever is looked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessment.practice.intake.intake import URGENT
from assessment.practice.responses.seen import theirs
from assessment.practice.staff.accounts import SignedIn
from assessment.records import inbox, rechecks, responses
from assessment.records.ids import ResponseId
from assessment.records.model import Line
from assessment.records.transactions import Transaction

MOST_COUNTED = 100
"""Urgent unread responses up to which they are counted."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """The responses that somebody changed in the database, whoever sees them, and those of them
    that are `seen` by who asks; then how urgent those are that wait by the rules of today.
    """

    altered: tuple[Line, ...]
    seen: tuple[Line, ...]
    waiting: Mapping[ResponseId, int]

    def unread_urgent(self, tx: Transaction, who: SignedIn) -> int:
        """Return how many urgent responses nobody has read; counts up to `MOST_COUNTED`.

        One that somebody changed in the database is one of them, and so is one that is urgent by
        the rules of today, until somebody has seen to it.
        """
        altered = {one.id for one in self.altered}
        again = {id for id, urgency in self.waiting.items() if urgency >= URGENT} - altered
        counted = inbox.unread_urgent(
            tx, who.clinic.id, URGENT, MOST_COUNTED, but=altered | again, only=who.only
        )
        return min(counted + len(again) + len(self.seen), MOST_COUNTED)

    def lines(self, tx: Transaction, who: SignedIn) -> tuple[Line, ...]:
        """Return what somebody changed, then what waits, each response once."""
        there = {line.id for line in self.seen}
        found = responses.several(tx, who.clinic.id, self.waiting, who.only)
        waiting = (found[id] for id in self.waiting if id in found)
        return (*self.seen, *(line for line in waiting if line.id not in there))


def ahead_of(tx: Transaction, who: SignedIn, altered: tuple[Line, ...]) -> Ahead:
    """Return what stands first for somebody, where these of their clinic were changed."""
    waiting = rechecks.waiting(tx, who.clinic.id, only=who.only)
    return Ahead(altered, theirs(tx, who, altered), waiting)
