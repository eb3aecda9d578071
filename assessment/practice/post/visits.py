"""When a client comes, as a therapist types or pastes it."""

from __future__ import annotations

from dataclasses import replace

from assessment.exports.dates import calendar_of
from assessment.exports.typed_times import read_day, read_time
from assessment.records.model import Clinic, Invitation

MOST_DAYS = 365
"""Days ahead in which a visit can be: its day is written without a year."""
_DAY = 86_400


class BadVisit(Exception):
    """This is no visit to invite to; `str()` says what to do. `in_day`: the day is at fault."""

    def __init__(self, advice: str, *, in_day: bool = True) -> None:
        super().__init__(advice)
        self.in_day = in_day


def read_visit(day: str, time: str, clinic: Clinic, now: int) -> int | None:
    """Return when a visit is (Unix seconds), typed as a day and a time in the clinic's zone.

    None when both are empty. Raises BadVisit when it cannot be read, has passed, or is more than
    MOST_DAYS ahead.
    """
    if not day and not time:
        return None
    if not day:
        raise BadVisit("Enter the day of the visit as well, or leave both empty")
    if not time:
        raise BadVisit("Enter the time of the visit as well, or leave both empty", in_day=False)
    calendar = calendar_of(clinic.time_zone)
    try:
        date = read_day(day, clinic.country, calendar.date(now))
    except ValueError:
        raise BadVisit("Enter a day, such as 1 December or 2026-12-01") from None
    try:
        clock = read_time(time)
    except ValueError:
        raise BadVisit("Enter a time, such as 14:00", in_day=False) from None
    try:
        visit = calendar.moment(date, clock)
    except ValueError:
        raise BadVisit("Clocks skip this time on that day: choose another", in_day=False) from None
    return check_visit(visit, now)


def check_visit(visit: int, now: int) -> int:
    """Return when a visit is; raises BadVisit when it has passed, or is too far ahead."""
    if visit <= now:
        raise BadVisit("Enter a visit that is still to come")
    if visit > now + MOST_DAYS * _DAY:
        raise BadVisit("Enter a visit within a year")
    return visit


def to_come(invitation: Invitation, now: int) -> Invitation:
    """Return an invitation as it is told of: without a visit that is over."""
    if invitation.visit_at is None or invitation.visit_at > now:
        return invitation
    return replace(invitation, visit_at=None)
