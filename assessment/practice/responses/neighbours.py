"""What stands before and after one response in the list that a therapist came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assessment.practice.responses.seen import seen_by
from assessment.practice.staff.accounts import SignedIn
from assessment.records import inbox
from assessment.records.ids import ResponseId
from assessment.records.inbox import Filter, key_of
from assessment.records.model import Line
from assessment.records.transactions import Transaction

_AHEAD = 25
"""Lines that are looked at beyond those that stand elsewhere in the list."""


@dataclass(frozen=True, slots=True)
class Beside:
    """The neighbours of a response; None at the ends of the list."""

    before: ResponseId | None
    after: ResponseId | None


def beside(
    tx: Transaction, who: SignedIn, wanted: Filter, first: Sequence[ResponseId], line: Line
) -> Beside:
    """Return the neighbours of a line in the list of what is wanted, behind those that come first.

    A line that is not wanted any more, since somebody has just marked it, keeps its place.
    """
    if line.id in first:
        place = first.index(line.id)
        before = first[place - 1] if place else None
        behind = [*first[place + 1 :], _nearest(tx, who, wanted, first, None)]
        return Beside(before, behind[0])
    nearest_before = _nearest(tx, who, wanted, first, line, backwards=True)
    return Beside(
        nearest_before or (first[-1] if first else None), _nearest(tx, who, wanted, first, line)
    )


def _nearest(
    tx: Transaction,
    who: SignedIn,
    wanted: Filter,
    first: Sequence[ResponseId],
    line: Line | None,
    *,
    backwards: bool = False,
) -> ResponseId | None:
    """Return the next line that is wanted and that they see; without a line, the first one."""
    key = None if line is None else key_of(line)
    limit = len(first) + _AHEAD
    found = inbox.listed(tx, who.clinic.id, wanted, key, limit, backwards=backwards)
    return next((one.id for one in seen_by(who, found) if one.id not in first), None)
