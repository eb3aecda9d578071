"""A therapist's day: who comes today and tomorrow, and how far each has got with their answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from assessment.exports.dates import calendar_of
from assessment.practice.post.stages import Stage, stage_of
from assessment.practice.responses.again import Second
from assessment.practice.responses.seen import marked, seen_by
from assessment.practice.staff.accounts import SignedIn
from assessment.records import inbox, invitations, responses
from assessment.records.database import Database
from assessment.records.ids import ResponseId
from assessment.records.model import Invitation, Line

PAGE = 50
"""Visits that are shown at once."""

MOST_COUNTED = 100
"""Unread responses up to which they are counted."""

Place = tuple[int, str]
"""Where a visit stands: its time, and the id of its invitation."""


class Answered(StrEnum):
    """How far somebody who comes has got with their answers."""

    NOT_OPENED = "not opened"
    BEGUN = "begun"
    ANSWERED = "answered"
    READ = "read"
    ENDED = "ended"  # the link does not work any more, and nothing came back
    HIDDEN = "hidden"  # somebody changed it in the database: who asks may not see whose it is
    ERASED = "erased"  # what came back is there no more


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who comes `at` (Unix seconds). `line` is what they sent, where they did."""

    at: int
    invitation: Invitation
    stage: Stage
    answered: Answered
    line: Line | None


@dataclass(frozen=True, slots=True)
class Visits:
    """Some visits of `today` (until `tomorrow_starts`) and of tomorrow, the first one first.

    `more` is where the next ones start. `ask_age` and `again` are as in the inbox.
    """

    visits: tuple[Visit, ...]
    tomorrow_starts: int
    more: Place | None
    ask_age: frozenset[ResponseId] = frozenset()
    again: Mapping[ResponseId, Second] = field(default_factory=dict)


class Day:
    """The visits that a therapist sees: those that they see the invitations to.

    `clock` gives Unix time. Raises Unavailable when the database is away.
    """

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def visits(self, who: SignedIn, after: Place | None = None) -> Visits:
        """Return the visits of today and tomorrow in the zone of the clinic, after that place."""
        now, clinic = int(self._clock()), who.clinic.id
        calendar = calendar_of(who.clinic.time_zone)
        starts, tomorrow, ends = (calendar.end_of_day(now, days) for days in (-1, 0, 1))
        with self._database.reading() as tx:
            found = invitations.visiting(
                tx, clinic, starts, ends, after=after, limit=PAGE + 1, only=who.only
            )
            shown = found[:PAGE]
            back = responses.of_invitations(tx, clinic, [one.id for one in shown])
            seen = seen_by(who, tuple(back.values()))
            told = marked(tx, clinic, seen)
        lines = {line.id: line for line in told.lines}
        visits = tuple(_visit(one, back.get(one.id), lines, now) for one in shown)
        last = visits[-1] if len(found) > PAGE else None
        more = None if last is None else (last.at, str(last.invitation.id))
        return Visits(visits, tomorrow, more, told.ask_age, told.again)

    def unread(self, who: SignedIn) -> int:
        """Return how many responses nobody has read; counts up to `MOST_COUNTED`."""
        with self._database.reading() as tx:
            return inbox.unread_urgent(tx, who.clinic.id, 0, MOST_COUNTED, only=who.only)


def _visit(
    invitation: Invitation, back: Line | None, lines: Mapping[ResponseId, Line], now: int
) -> Visit:
    line = None if back is None else lines.get(back.id)
    stage = stage_of(invitation, now)
    at = invitation.visit_at or 0  # only those with a visit are asked for
    return Visit(at, invitation, stage, _answered(stage, back, line), line)


def _answered(stage: Stage, back: Line | None, line: Line | None) -> Answered:
    if line is not None:
        return Answered.ANSWERED if line.read_at is None else Answered.READ
    if back is not None:
        return Answered.HIDDEN
    if stage is Stage.SENT_BACK:
        return Answered.ERASED
    if not stage.is_open:
        return Answered.ENDED
    return Answered.BEGUN if stage in (Stage.OPENED, Stage.ANSWERING) else Answered.NOT_OPENED
