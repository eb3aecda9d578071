"""How many mails a clinic may send on one day: a mail server that is misused is soon blocked."""

from __future__ import annotations

from assessment.exports.dates import calendar_of
from assessment.records import mails
from assessment.records.model import Clinic
from assessment.records.transactions import Transaction

MOST_A_DAY = 200
"""Invitations that a clinic may mail on a day of its calendar."""
MOST_BY_LINK = 5
"""Mails with one link on a day."""
MOST_URGENT = 500
"""Mails about urgent responses on a day, beside the invitations."""

_INVITATIONS, _URGENT, _STRANGERS = "invitations", "urgent", "public page"


class TooMany(Exception):
    """No more mail goes out today; `by_link` when only this link was mailed too often."""

    def __init__(self, *, by_link: bool) -> None:
        super().__init__("too many mails today")
        self.by_link = by_link


def count_invitation(tx: Transaction, clinic: Clinic, link: str, now: int) -> None:
    """Count a mail with a link, given by the id of its invitation; raises TooMany."""
    day = _day(clinic, now)
    if not mails.count(tx, clinic.id, link, day, MOST_BY_LINK):
        raise TooMany(by_link=True)
    if not mails.count(tx, clinic.id, _INVITATIONS, day, MOST_A_DAY):
        raise TooMany(by_link=False)


def may_tell_urgent(tx: Transaction, clinic: Clinic, now: int) -> bool:
    """Count a mail about an urgent response; return whether it may go out."""
    return mails.count(tx, clinic.id, _URGENT, _day(clinic, now), MOST_URGENT)


def may_tell_of_strangers(tx: Transaction, clinic: Clinic, now: int, pause: int) -> bool:
    """Return whether this is the first mail about what strangers sent within a pause.

    The day is divided into pauses, so that all processes of a site mean the same one.
    """
    about = f"{_STRANGERS} {now // pause}"
    return mails.count(tx, clinic.id, about, _day(clinic, now), 1)


def _day(clinic: Clinic, now: int) -> str:
    return calendar_of(clinic.time_zone).date(now).isoformat()
