"""Today: the first page after signing in. Who comes, how far each has got, and what is new."""

from __future__ import annotations

from dataclasses import dataclass

from flask import jsonify, request
from werkzeug.wrappers import Response

from assessment.exports.dates import Calendar, calendar_of
from assessment.practice.day.day import Answered, Visit, Visits
from assessment.practice.post.stages import Stage
from assessment.practice.responses.wanted import Wanted
from assessment.practice.staff.accounts import SignedIn
from assessment.records.ids import ClientId, InvitationId
from assessment.web.clinic.area import StaffArea
from assessment.web.clinic.inbox_pages import Row, row_of
from assessment.web.clinic.invitation_pages import Row as Invited
from assessment.web.clinic.invitation_pages import as_cursor, as_text
from assessment.web.clinic.pages import StaffPage

HOME = "/clinic"
MOST_NEW = 10
"""Responses that are shown as new; the inbox has all of them."""
STATES = {
    Answered.NOT_OPENED: "Not opened",
    Answered.BEGUN: "Started",
    Answered.ANSWERED: "Answered",
    Answered.READ: "Read",
    Answered.ERASED: "Answers erased",
    Answered.HIDDEN: "Changed in the database: ask an owner",
}


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One visit, at a `time` of the clinic. `row` is the response, where one came back.

    `strength` is how much the state shall be seen.
    """

    time: str
    name: str
    invitation: InvitationId
    client: ClientId
    state: str
    strength: str
    row: Row | None


@dataclass(frozen=True, slots=True)
class DayRows:
    """The visits of one day: its `name` from here, such as Tomorrow, and its `date` in words."""

    name: str
    date: str
    rows: tuple[VisitRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayPage(StaffPage):
    """`today.html`. `more` is where the next visits start; `is_first` tells the beginning.

    `new` are responses to review of clients who do not come, and `has_more_new` tells of others.
    `unread_all` is how many responses nobody has read.
    """

    days: tuple[DayRows, ...]
    more: str | None
    is_first: bool
    new: tuple[Row, ...]
    has_more_new: bool
    unread_all: int


class TodayPages:
    """The views of the day; each takes who is signed in."""

    def __init__(self, area: StaffArea) -> None:
        self._area = area
        self._day = area.practice.day
        self._inbox = area.practice.inbox

    def show(self, who: SignedIn) -> Response:
        """Show today's and tomorrow's visits, then what is new."""
        after = as_cursor(request.args.get("after", ""))
        found = self._day.visits(who, after)
        new, has_more_new = ((), False) if after else self._new(who, found)
        page = TodayPage(
            title="Today",
            section="today",
            days=self._days(who, found),
            more=None if found.more is None else as_text(found.more),
            is_first=after is None,
            new=new,
            has_more_new=has_more_new,
            unread_all=self._day.unread(who),
        )
        return self._area.page("today.html", page, who)

    def count(self, who: SignedIn) -> Response:
        """Tell how many responses nobody has read, and how many of them are urgent."""
        urgent, unread = self._inbox.unread_urgent(who), self._day.unread(who)
        return jsonify(urgent=urgent, unread=unread)

    def _days(self, who: SignedIn, found: Visits) -> tuple[DayRows, ...]:
        calendar, tomorrow = calendar_of(who.clinic.time_zone), found.tomorrow_starts
        rows = [(one.at >= tomorrow, self._row(one, found, calendar)) for one in found.visits]
        return tuple(
            DayRows(
                name,
                calendar.weekday(tomorrow - 1 if not later else tomorrow),
                tuple(row for is_later, row in rows if is_later is later),
            )
            for name, later in (("Today", False), ("Tomorrow", True))
        )

    def _row(self, visit: Visit, found: Visits, calendar: Calendar) -> VisitRow:
        line, invited = visit.line, Invited(visit.invitation, visit.stage)
        begun = visit.stage is Stage.ANSWERING
        ended = visit.answered is Answered.ENDED
        return VisitRow(
            time=f"{calendar.clock(visit.at):%H:%M}",
            name=invited.name,
            invitation=visit.invitation.id,
            client=visit.invitation.client,
            state=invited.state if begun or ended else STATES[visit.answered],
            strength={Answered.ANSWERED: "strong", Answered.READ: "faint"}.get(visit.answered, ""),
            row=None
            if line is None
            else row_of(line, self._inbox.names, found.ask_age, found.again),
        )

    def _new(self, who: SignedIn, found: Visits) -> tuple[tuple[Row, ...], bool]:
        """Return what is to be reviewed beside the visits, and whether there is more."""
        listed = self._inbox.listed(who, Wanted())
        there = {one.line.id for one in found.visits if one.line is not None}
        lines = [line for line in listed.lines if line.id not in there]
        rows = (row_of(one, self._inbox.names, listed.ask_age, listed.again) for one in lines)
        has_more = len(lines) > MOST_NEW or listed.more is not None
        return tuple(rows)[:MOST_NEW], has_more
