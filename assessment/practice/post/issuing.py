"""Issuing a link: what it is made from, and how long it lasts."""

from __future__ import annotations

from dataclasses import dataclass

from assessment.exports.dates import calendar_of
from assessment.practice.staff.accounts import SignedIn
from assessment.records import invitations
from assessment.records.ids import InvitationId, new_id, new_token
from assessment.records.model import Client, Invitation, Mail
from assessment.records.transactions import Transaction


@dataclass(frozen=True, slots=True)
class Details:
    """What may be known of a visit: when it is, the client's number, and their language.

    `follows` is the response that came before it, where the link comes after it.
    """

    visit_at: int | None = None
    phone: str = ""
    language: str | None = None
    follows: str = ""


NO_DETAILS = Details()


@dataclass(frozen=True, slots=True)
class Issued:
    """A new invitation with the secret of its link, which is told this once.

    `mail` is the one that brings the link, where it was put down to be sent. Not `is_new`: the
    same call made it before.
    """

    invitation: Invitation
    token: str
    mail: Mail | None = None
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class Made:
    """What a link is made from."""

    client: Client
    days: int
    note: str
    details: Details
    id: InvitationId | None = None
    token: str | None = None


def issue(tx: Transaction, who: SignedIn, made: Made, now: int) -> Issued:
    """Store a new invitation, which lasts at least through the day of the visit."""
    calendar, details = calendar_of(who.clinic.time_zone), made.details
    token = made.token or new_token()
    expires_at = calendar.end_of_day(now, made.days)
    if details.visit_at is not None and details.visit_at > now:
        expires_at = max(expires_at, calendar.end_of_day(details.visit_at, 0))
    invitation = Invitation(
        id=made.id or InvitationId(new_id()),
        clinic=who.clinic.id,
        client=made.client.id,
        therapist=who.therapist.id,
        created_at=now,
        expires_at=expires_at,
        name=made.client.name,
        email=made.client.email,
        note=made.note,
        phone=details.phone,
        follows=details.follows,
        visit_at=details.visit_at,
        language=details.language or who.clinic.language,
    )
    invitations.add(tx, invitation, token)
    return Issued(invitation, token)
