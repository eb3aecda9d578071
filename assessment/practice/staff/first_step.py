"""How a session begins: at once after the password, or after a second step.

Between two steps there is no session: only the word that the password was right.
"""

from __future__ import annotations

from dataclasses import dataclass

from assessment.practice.staff.account_mails import AccountMails, Happened
from assessment.records import audit, sessions
from assessment.records.acts import Act
from assessment.records.audit import By
from assessment.records.ids import ClinicId, TherapistId, hash_of, new_id, new_token
from assessment.records.model import StaffSession, Therapist
from assessment.records.transactions import Transaction

LONGEST = 12 * 60 * 60
"""Seconds after which a session ends in any case."""


@dataclass(frozen=True, slots=True)
class HalfWay:
    """Somebody whose password was right and who has a second factor, to be shown next.

    `shown` stands for that password, and for no later one.
    """

    clinic: ClinicId
    therapist: TherapistId
    shown: str


class SecondStepNeeded(Exception):
    """The password was right, and there is no session before the second step."""

    def __init__(self, half: HalfWay) -> None:
        super().__init__("a second step is needed")
        self.half = half


def shown_by(stored: str) -> str:
    """Return what stands for a password between two steps, from what is stored of it."""
    return hash_of(stored)


def started(
    tx: Transaction,
    mails: AccountMails,
    therapist: Therapist,
    browser: str,
    now: int,
    *,
    is_known: bool,
) -> str:
    """Begin a session and return its secret; tell them by mail, unless the device `is_known`."""
    sessions.purge(tx, now)
    if not is_known:
        mails.tell(tx, therapist, Happened.NEW_DEVICE, now, browser)
    token = new_token()
    session = StaffSession(
        id=new_id(),
        clinic=therapist.clinic,
        therapist=therapist.id,
        csrf=new_token(),
        created_at=now,
        used_at=now,
        confirmed_at=now,
        browser=browser,
    )
    sessions.add(tx, token, session, now + LONGEST)
    audit.append(tx, By(therapist.clinic, therapist.id, browser), Act.SIGNED_IN, now)
    return token
