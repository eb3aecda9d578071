"""The mails about an invitation, in words: what was sent, what waits, and what nobody knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assessment.practice.post.mail import Trouble
from assessment.practice.post.stages import MailStage, Stage, mail_stage
from assessment.records.model import Clinic, Mail, MailKind

_WHAT = {
    MailKind.LINK: "The link",
    MailKind.REMINDER: "Reminder",
    MailKind.BEFORE_VISIT: "Reminder before the visit",
    MailKind.AFTER_VISIT: "The link",
    MailKind.CODE: "Code to see earlier answers",
}
_STATES = {
    MailStage.WAITING: "Waiting",
    MailStage.UNDER_WAY: "On its way",
    MailStage.SENT: "Sent",
    MailStage.PERHAPS_SENT: "May have been sent",
    MailStage.NOT_SENT: "Not sent",
}
_PERHAPS = (
    "We don't know if it was sent. We won't send it again automatically. Ask your client first."
)


@dataclass(frozen=True, slots=True)
class MailRow:
    """One mail: what it is, what became of it, and when it was sent or will be."""

    mail: Mail
    stage: MailStage

    @property
    def what(self) -> str:
        """What it brings."""
        return _WHAT[self.mail.kind]

    @property
    def state(self) -> str:
        """What became of it."""
        return _STATES[self.stage]

    @property
    def strength(self) -> str:
        """How much the state shall be seen."""
        if self.stage in (MailStage.PERHAPS_SENT, MailStage.NOT_SENT):
            return "strong"
        return "" if self.stage is MailStage.SENT else "faint"

    @property
    def at(self) -> int:
        """When it was sent, or is to be (Unix seconds)."""
        return self.mail.due_at if self.mail.claimed_at is None else self.mail.claimed_at

    @property
    def explained(self) -> str:
        """What else the therapist should know."""
        if self.stage is MailStage.PERHAPS_SENT:
            return _PERHAPS
        if self.stage is not MailStage.NOT_SENT:
            return ""
        trouble = Trouble.__members__.get(self.mail.trouble or "")
        return "" if trouble is None else trouble.value


def mail_rows(mails: Sequence[Mail], stage: Stage, now: int) -> tuple[MailRow, ...]:
    """Return the mails about an invitation at this stage; once it has ended, none waits."""
    rows = tuple(MailRow(one, mail_stage(one, now)) for one in mails)
    return tuple(row for row in rows if stage.is_open or row.stage is not MailStage.WAITING)


def reminding(clinic: Clinic) -> str | None:
    """Return when clients of a clinic are reminded, as the end of a sentence; None for never."""
    times = []
    if clinic.remind_after:
        times.append(f"after {clinic.remind_after} day{'s' if clinic.remind_after > 1 else ''}")
    if clinic.remind_before:
        times.append("the day before their visit")
    return " and ".join(times) or None
