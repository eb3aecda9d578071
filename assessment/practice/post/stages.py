"""What has become of an invitation, and of each mail about it."""

from __future__ import annotations

from enum import StrEnum

from assessment.practice.cooldown import lately
from assessment.records.model import Invitation, Mail, Outcome

LONGEST_SENDING = 60
"""Seconds that sending takes at most; whoever has not told by then what came of it never will."""


class Stage(StrEnum):
    """What has become of an invitation."""

    MADE = "made"
    MAILED = "mailed"
    OPENED = "opened"
    ANSWERING = "answering"
    SENT_BACK = "sent back"
    EXPIRED = "expired"
    REVOKED = "revoked"
    REPLACED = "replaced"
    CLOSED = "closed by the client"

    @property
    def is_open(self) -> bool:
        """Whether its link still works."""
        return self in (Stage.MADE, Stage.MAILED, Stage.OPENED, Stage.ANSWERING)

    @property
    def can_resend(self) -> bool:
        """Whether a new link can take its place."""
        return self.is_open or self is Stage.EXPIRED


class MailStage(StrEnum):
    """What has become of a mail."""

    WAITING = "waiting"
    UNDER_WAY = "under way"
    SENT = "sent"
    PERHAPS_SENT = "possibly sent"
    NOT_SENT = "not sent"


def stage_of(invitation: Invitation, now: int) -> Stage:
    """Return what has become of an invitation, from what is stored and the time."""
    happened = (
        (invitation.used_at is not None, Stage.SENT_BACK),
        (invitation.closed_at is not None, Stage.CLOSED),
        (invitation.replaced_by is not None, Stage.REPLACED),
        (invitation.revoked_at is not None, Stage.REVOKED),
        (invitation.expires_at <= now, Stage.EXPIRED),
        (invitation.answered > 0, Stage.ANSWERING),
        (invitation.opened_at is not None, Stage.OPENED),
        (invitation.mailed_at is not None, Stage.MAILED),
    )
    return next((stage for true, stage in happened if true), Stage.MADE)


def mail_stage(mail: Mail, now: int) -> MailStage:
    """Return what has become of a mail, from what is stored and the time.

    Whoever was killed while sending has told nothing: then it was perhaps sent.
    """
    if mail.claimed_at is None:
        return MailStage.WAITING
    if mail.outcome is None:
        under_way = lately(mail.claimed_at, now, LONGEST_SENDING)
        return MailStage.UNDER_WAY if under_way else MailStage.PERHAPS_SENT
    return {
        Outcome.SENT: MailStage.SENT,
        Outcome.FAILED: MailStage.NOT_SENT,
        Outcome.UNSURE: MailStage.PERHAPS_SENT,
    }[mail.outcome]
