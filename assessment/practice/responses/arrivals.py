"""What came in since a program last asked. Reading never writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessment.practice.responses.again import Second, stricter, to_review
from assessment.practice.responses.seen import lines_for
from assessment.practice.staff.accounts import SignedIn
from assessment.records import arrivals
from assessment.records.database import Database
from assessment.records.ids import ResponseId
from assessment.records.model import Line


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far somebody has read: up to a number, with the mark that it has in this database."""

    number: int = 0
    mark: str = ""

    @staticmethod
    def read(text: str) -> Cursor:
        """Return the cursor that was written as `str()` of it. Raises ValueError."""
        number, _, mark = text.partition(".")
        return Cursor(int(number), mark)

    def __str__(self) -> str:
        return f"{self.number}.{self.mark}" if self.mark else str(self.number)


@dataclass(frozen=True, slots=True)
class Arrived:
    """Lines in the order in which they came in; `next` is where to go on.

    `more`: there were more than fit. `again` are those with which the rules of today are stricter
    than a version that was withdrawn.
    """

    lines: tuple[Line, ...]
    next: Cursor
    more: bool
    again: Mapping[ResponseId, Second]


class StaleCursor(Exception):
    """A cursor was never given here: a backup from before it was put back."""


class Arrivals:
    """What came in; raises Unavailable when the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def since(self, who: SignedIn, after: Cursor, limit: int) -> Arrived:
        """Return up to `limit` lines that came in after this cursor.

        Whoever goes on from `next` misses none, and sees none twice. One that was erased since
        is not there. Raises StaleCursor.
        """
        clinic = who.clinic.id
        with self._database.reading() as tx:
            last = arrivals.last(tx, clinic)
            if after.number > last or arrivals.mark_of(tx, clinic, after.number) != after.mark:
                raise StaleCursor
            numbered = arrivals.of_clinic(tx, clinic, after.number, limit + 1)
            page = numbered[:limit]
            lines = lines_for(tx, who, [id for _, id in page])
            again = stricter(tx, clinic, lines)
            lines = to_review(tx, clinic, lines)
            number = page[-1][0] if page else after.number
            next = Cursor(number, arrivals.mark_of(tx, clinic, number))
        return Arrived(lines, next, len(numbered) > limit, again)
