"""The links that clients hold: opening one, closing it, taking back what was sent with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assessment.practice import events
from assessment.practice.following import end_after
from assessment.records import clinics, invitations, responses, withdrawals
from assessment.records.database import Database
from assessment.records.ids import ClinicId, InvitationId, ResponseId
from assessment.records.model import Clinic, Invitation
from assessment.records.transactions import Transaction


@dataclass(frozen=True, slots=True)
class Link:
    """A link that somebody holds. Once `used`, nothing can be sent with it any more."""

    clinic: Clinic
    invitation: Invitation
    used: bool


class Links:
    """What somebody can do with a link, whatever it asks. `clock` gives Unix time.

    Every method raises Unavailable when the database is away.
    """

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def look_at(self, token: str) -> Link | None:
        """Return what this token opens, and change nothing.

        There is no telling apart what never was, what has run out, what was withdrawn and what
        the client closed: all are None.
        """
        with self._database.reading() as tx:
            return self._found(tx, token)

    def open(self, token: str) -> Link | None:
        """Return what this token opens, and note that it was opened."""
        with self._database.writing() as tx:
            found = self._found(tx, token)
            if found is not None and not found.used:
                invitations.opened(tx, found.clinic.id, found.invitation.id, self._now())
            return found

    def close(self, clinic: ClinicId, invitation: InvitationId) -> None:
        """Close an invitation for good, because the client wants no more of it.

        The clinic sees that, and nothing else of what happened with the link.
        """
        now = self._now()
        with self._database.writing() as tx:
            if invitations.close(tx, clinic, invitation, now):
                events.invitation_ended(tx, clinic, invitation, events.Ended.DECLINED, now)

    def withdraw(self, link: Link) -> bool:
        """Note that the consent for what was sent with a link was taken back.

        The clinic sees that, and erases it. Returns False where nothing of it is there any more.
        """
        clinic = link.clinic.id
        with self._database.writing() as tx:
            return self._withdrawn(
                tx, clinic, responses.of_invitation(tx, clinic, link.invitation.id)
            )

    def withdraw_visit(self, clinic: ClinicId, visit: str) -> bool:
        """Note the same of what was sent in a walk, which `visit` is the secret of."""
        with self._database.writing() as tx:
            return self._withdrawn(tx, clinic, responses.by_visit(tx, clinic, visit))

    def is_same_client(self, invitation: Invitation, before: InvitationId) -> bool:
        """Whether an earlier invitation was for the same client, or is this one."""
        if invitation.id == before:
            return True
        with self._database.reading() as tx:
            earlier = invitations.get(tx, invitation.clinic, before)
        return earlier is not None and earlier.client == invitation.client

    def _found(self, tx: Transaction, token: str) -> Link | None:
        found = invitations.by_token(tx, token)
        if found is None or found.revoked_at is not None or found.closed_at is not None:
            return None
        used = found.used_at is not None
        if not used and found.expires_at <= self._now():
            return None
        clinic = clinics.get(tx, found.clinic)
        return None if clinic is None else Link(clinic, found, used)

    def _withdrawn(self, tx: Transaction, clinic: ClinicId, response: ResponseId | None) -> bool:
        if response is not None:
            withdrawals.add(tx, clinic, response, self._now())
            end_after(tx, clinic, response, self._now())
        return response is not None

    def _now(self) -> int:
        return int(self._clock())
