"""What came in since a program last asked. Reading never writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessment.practice.responses.again import Second, stricter, to_review
from assessment.practice.responses.seen import line_for
from assessment.practice.staff.accounts import SignedIn
from assessment.records import arrivals
from assessment.records.database import Database
from assessment.records.ids import ResponseId
from assessment.records.model import Line


@dataclass(frozen=True, slots=True)
class Arrived:
    """Lines in the order in which they came in; `last` is the number to go on after.

    `more`: there were more than fit. `again` are those with which the rules of today are stricter
    than a version that was withdrawn.
    """

    lines: tuple[Line, ...]
    last: int
    more: bool
    again: Mapping[ResponseId, Second]


class TooFar(Exception):  # noqa: N818  an answer to whoever asks, not an error of ours
    """A number was never given here: a backup from before it was put back."""


class Arrivals:
    """What came in; raises Unavailable when the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def since(self, who: SignedIn, after: int, limit: int) -> Arrived:
        """Return up to `limit` lines that came in after the one with this number.

        Whoever goes on after `last` misses none, and sees none twice. One that was erased since
        is not there. Raises TooFar.
        """
        clinic = who.clinic.id
        with self._database.reading() as tx:
            if after > arrivals.last(tx, clinic):
                raise TooFar
            numbered = arrivals.of_clinic(tx, clinic, after, limit + 1)
            page = numbered[:limit]
            found = (line_for(tx, who, id) for _, id in page)
            lines = tuple(line for line in found if line is not None)
            again = stricter(tx, clinic, lines)
            lines = to_review(tx, clinic, lines)
        last = page[-1][0] if page else after
        return Arrived(lines, last, len(numbered) > limit, again)
