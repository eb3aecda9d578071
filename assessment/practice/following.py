"""The end of a second link, which comes after a visit: with what it follows."""

from __future__ import annotations

from assessment.practice import events
from assessment.records import audit, invitations, responses, withdrawals
from assessment.records.acts import Act
from assessment.records.ids import ClinicId, InvitationId, ResponseId, id_from
from assessment.records.model import Clinic, Invitation, MailKind
from assessment.records.transactions import Transaction


def ended(tx: Transaction, clinic: Clinic, invitation: Invitation, now: int) -> bool:
    """End a second link that may not go out any more; return whether it was one."""
    if invitation.follows and may_go_out(tx, clinic, invitation):
        return False
    _end(tx, clinic.id, invitation.id, now)
    return True


def end_after(tx: Transaction, clinic: ClinicId, before: ResponseId, now: int) -> None:
    """End the second link that comes after a response which was erased or taken back, if any."""
    link = second_link(tx, clinic, before)
    if link is not None:
        _end(tx, clinic, link.id, now)


def second_link(tx: Transaction, clinic: ClinicId, before: ResponseId) -> Invitation | None:
    """Return the second link that comes after a response, the newest where it was replaced."""
    link = invitations.get(tx, clinic, link_after(clinic, before))
    while link is not None and link.replaced_by:
        link = invitations.get(tx, clinic, link.replaced_by)
    return link


def may_go_out(tx: Transaction, clinic: Clinic, invitation: Invitation) -> bool:
    """Whether a link may go out. A second one may while the clinic asks and the first is there.

    Nobody hears again of answers that were erased, or whose consent was taken back.
    """
    if not invitation.follows:
        return True
    before = ResponseId(invitation.follows)
    if not (clinic.asks_measures and clinic.measures_after):
        return False
    if responses.line(tx, clinic.id, before) is None:
        return False
    return not withdrawals.of_responses(tx, clinic.id, [before])


def _end(tx: Transaction, clinic: ClinicId, link: InvitationId, now: int) -> None:
    if invitations.revoke(tx, clinic, link, now):
        audit.append(tx, by_clinic(clinic), Act.LINK_REVOKED, now, link)
        events.invitation_ended(tx, clinic, link, events.Ended.REVOKED, now)


def by_clinic(clinic: ClinicId) -> audit.By:
    """Return who is named for what is done about a second link of its own accord."""
    return audit.By(clinic, None, audit.FOLLOWING)


def link_after(clinic: ClinicId, before: ResponseId) -> InvitationId:
    """Return the id of the second link that comes after a response, whether there is one or not."""
    return InvitationId(id_from(clinic, MailKind.AFTER_VISIT, before))
