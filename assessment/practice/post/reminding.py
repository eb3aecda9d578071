"""When clients are reminded: by day in the zone of their clinic, and of each thing once."""

from __future__ import annotations

import datetime

from assessment.exports.dates import Calendar, calendar_of
from assessment.records.model import Clinic, Invitation, MailKind

_DAY = 86_400
_MORNING = datetime.time(8)
_EVENING = datetime.time(20)
_BEFORE_VISIT = datetime.time(10)
_ONE_DAY = datetime.timedelta(days=1)


def reminders(clinic: Clinic, invitation: Invitation, now: int) -> dict[MailKind, int]:
    """Return what a client is reminded by who gets their link now, and when (Unix seconds).

    Nobody gets two on one day, nor one on the day of the link or after it stops working; and none
    comes after a visit.
    """
    if invitation.follows:
        return {}
    calendar = calendar_of(clinic.time_zone)
    found = {}
    if clinic.remind_after:
        found[MailKind.REMINDER] = in_daytime(calendar, now + clinic.remind_after * _DAY)
    if clinic.remind_before and invitation.visit_at is not None:
        day_before = calendar.date(invitation.visit_at) - _ONE_DAY
        found[MailKind.BEFORE_VISIT] = calendar.moment(day_before, _BEFORE_VISIT)
    return {
        kind: due
        for kind, due in found.items()
        if _is_of_use(calendar, invitation, now, due)
        and (kind is MailKind.BEFORE_VISIT or _is_first(calendar, found, due))
    }


def sending_time(clinic: Clinic, invitation: Invitation, kind: MailKind, now: int) -> int | None:
    """Return when a mail that is due can be sent: `now`, or the next morning; None for never."""
    if kind is MailKind.LINK:
        return now
    calendar, visit = calendar_of(clinic.time_zone), invitation.visit_at
    if visit is not None and visit <= now:
        return None
    if kind is MailKind.BEFORE_VISIT and (
        visit is None or calendar.date(now) >= calendar.date(visit)
    ):
        return None
    return in_daytime(calendar, now)


def in_daytime(calendar: Calendar, seconds: int) -> int:
    """Return this time, or in place of one at night the next morning at eight."""
    time, day = calendar.clock(seconds), calendar.date(seconds)
    if _MORNING <= time < _EVENING:
        return seconds
    return calendar.moment(day if time < _MORNING else day + _ONE_DAY, _MORNING)


def next_morning(clinic: Clinic, now: int) -> int:
    """Return when it is eight o'clock on the next day of a clinic."""
    calendar = calendar_of(clinic.time_zone)
    return calendar.moment(calendar.date(now) + _ONE_DAY, _MORNING)


def _is_of_use(calendar: Calendar, invitation: Invitation, now: int, due: int) -> bool:
    ends = invitation.expires_at
    if invitation.visit_at is not None:
        ends = min(ends, invitation.visit_at)
    return due < ends and calendar.date(due) > calendar.date(now)


def _is_first(calendar: Calendar, found: dict[MailKind, int], due: int) -> bool:
    """Whether a reminder comes on an earlier day than that of the day before the visit."""
    before = found.get(MailKind.BEFORE_VISIT)
    return before is None or calendar.date(due) < calendar.date(before)
