"""The second link, some days after a visit: first the signs after a massage, then the measures.

It is put down with the answers that came before the visit, and is an invitation of its own: it
shows in the list, can be revoked, and goes with the client.
"""

from __future__ import annotations

import datetime

from assessment.exports.dates import calendar_of
from assessment.practice.following import by_clinic, link_after
from assessment.practice.post.reminding import in_daytime
from assessment.records import audit, clinics, invitations, outbox
from assessment.records.acts import Act
from assessment.records.ids import (
    MailId,
    new_id,
    new_token,
)
from assessment.records.model import Clinic, Envelope, Invitation, Line, Mail, MailKind
from assessment.records.transactions import Transaction

_TIME = datetime.time(10)


class FollowUps:
    """Puts down second links; `links` is the address of a link but for its secret.

    Without `can_mail` none is made: nobody would get it.
    """

    def __init__(self, links: str, *, can_mail: bool) -> None:
        self._links = links
        self._can_mail = can_mail

    def plan(self, tx: Transaction, first: Invitation, line: Line, now: int) -> None:
        """Put down the link that comes after a visit, in the transaction of the answers before it.

        There is one where the clinic asks for that, the visit is known and not on an earlier day,
        and nothing that was answered (`line`) speaks against it: nobody can know whether a visit
        took place before which a doctor was to be asked.
        """
        clinic = clinics.get(tx, first.clinic)
        if clinic is None or first.follows or line.urgency:
            return
        due = _due(clinic, first, now)
        if due is None or not (self._can_mail and first.email):
            return
        token, link = new_token(), following(clinic, first, line, now, due)
        invitations.add(tx, link, token)
        mail = Mail(MailId(new_id()), clinic.id, link.id, MailKind.AFTER_VISIT, now, due)
        outbox.add(tx, mail, Envelope(first.email, f"{self._links}{token}"))
        audit.append(tx, by_clinic(clinic.id), Act.INVITED, now, link.id)


def _due(clinic: Clinic, first: Invitation, now: int) -> int | None:
    """Return when the mail is due; None for never."""
    days, visit = clinic.measures_after, first.visit_at
    if not clinic.asks_measures or not days or visit is None:
        return None
    calendar = calendar_of(clinic.time_zone)
    day = calendar.date(visit)
    if day < calendar.date(now):
        return None
    return in_daytime(calendar, calendar.moment(day + datetime.timedelta(days=days), _TIME))


def following(clinic: Clinic, first: Invitation, line: Line, now: int, due: int) -> Invitation:
    """Return the link that comes after a visit and goes out when it is `due` (Unix seconds)."""
    return Invitation(
        id=link_after(clinic.id, line.id),
        clinic=clinic.id,
        client=first.client,
        therapist=first.therapist,
        created_at=now,
        expires_at=calendar_of(clinic.time_zone).end_of_day(due, clinic.invitation_days),
        name=first.name,
        email=first.email,
        note="",
        phone=first.phone,
        follows=line.id,
        language=first.language,
    )
