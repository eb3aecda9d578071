"""Mails to clients: put down with what causes them, and sent at most once.

A mail is claimed, and that is committed, before it is handed to the mail server. Whoever is killed
in between has perhaps sent it, and nobody repeats it. Any number of processes may send at once.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from assessment.practice.draining import AT_ONCE, drain
from assessment.practice.following import ended
from assessment.practice.post.letters import code_letter, invitation_letter, reminder_letter
from assessment.practice.post.mail import Letter, Mailer, MailFailed, Trouble
from assessment.practice.post.mail_quota import TooMany, count_invitation
from assessment.practice.post.reminding import next_morning, reminders, sending_time
from assessment.practice.post.stages import MailStage
from assessment.records import clinics, invitations, outbox, therapists
from assessment.records.database import Database
from assessment.records.ids import MailId, new_id
from assessment.records.model import Clinic, Envelope, Invitation, Mail, MailKind, Outcome
from assessment.records.refusals import Unavailable
from assessment.records.transactions import Transaction

log = logging.getLogger("assessment")

PAUSES = (60, 300, 1800, 7200)
"""Seconds until a mail is tried again that the server certainly did not take."""
CODE_SECONDS = 600
"""For how long a code works; it is not sent after that."""
_WRITE = {
    MailKind.LINK: invitation_letter,
    MailKind.AFTER_VISIT: invitation_letter,
    MailKind.CODE: code_letter,
}
"""What writes each kind of mail; all others remind."""
_FINAL = (Trouble.ADDRESS, Trouble.REFUSED)


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A mail that this process alone sends."""

    mail: Mail
    envelope: Envelope
    letter: Letter


def put(
    tx: Transaction, clinic: Clinic, invitation: Invitation, envelope: Envelope, now: int
) -> Mail:
    """Put down the mail that brings a link, and the reminders after it; return the first.

    They take the place of reminders that wait for this invitation. Of what a client was reminded
    by before, there is no second one.
    """
    earlier = outbox.of_invitation(tx, clinic.id, invitation.id)
    _drop_reminders(tx, earlier)
    begun = {one.kind for one in earlier if one.claimed_at is not None}
    link = _mail(invitation, MailKind.LINK, now, now)
    outbox.add(tx, link, envelope)
    for kind, due in reminders(clinic, invitation, now).items():
        if kind not in begun:
            outbox.add(tx, _mail(invitation, kind, now, due), envelope)
    return link


def put_code(tx: Transaction, invitation: Invitation, envelope: Envelope, now: int) -> Mail:
    """Put down the mail that brings the code of this envelope, and return it."""
    mail = _mail(invitation, MailKind.CODE, now, now)
    outbox.add(tx, mail, envelope)
    return mail


class Outbox:
    """Sends what was put down.

    `clock` gives Unix time. `mailer` is None where no mail server is set up; then nothing is put
    down, and what lies there from before waits.
    """

    def __init__(
        self, database: Database, clock: Callable[[], float], mailer: Mailer | None
    ) -> None:
        self._database = database
        self._clock = clock
        self._mailer = mailer

    is_about = "mails to clients"

    @property
    def can_send(self) -> bool:
        """Whether there is anything to send with."""
        return self.can_mail

    @property
    def can_mail(self) -> bool:
        """Whether a mail server is set up."""
        return self._mailer is not None

    def send(self, mail: Mail) -> bool:
        """Send a mail at once, for somebody who waits for it.

        Returns False when it was not sent from here: its invitation has ended, or another process
        is at it. Raises TooMany, MailFailed when the mail server did not take it, or ValueError
        when the address cannot stand in a mail; none of these is tried again. Raises Unavailable;
        then it waits to be sent.
        """
        try:
            claimed = self._claim(mail)
        except TooMany:
            with self._database.writing() as tx:
                outbox.drop(tx, mail)
            raise
        if claimed is None:
            return False
        try:
            self._hand_over(claimed)
        except MailFailed as failed:
            self._finish(mail, _outcome(failed), failed.kind)
            raise
        return True

    def send_due(self, stop: Callable[[], bool] = lambda: False) -> Counter[MailStage]:
        """Send what is due, until `stop`; return how many came to what. Raises Unavailable."""
        if self._mailer is None:
            return Counter()
        return drain(self._due, self._tried, stop)

    def counts(self) -> tuple[int, int]:
        """Return how many mails wait, and how many of those are due. Raises Unavailable."""
        with self._database.reading() as tx:
            return outbox.counts(tx, self._now())

    def _due(self) -> tuple[Mail, ...]:
        with self._database.reading() as tx:
            return outbox.due(tx, self._now(), AT_ONCE)

    def _tried(self, mail: Mail) -> MailStage:
        try:
            return self._send_later(mail)
        except Unavailable:
            raise
        except Exception as error:  # ours; what it says may hold what was to be sent
            log.error("mail to a client not sent: %s", type(error).__qualname__)
            return MailStage.PERHAPS_SENT

    def _send_later(self, mail: Mail) -> MailStage:
        """Send a mail that nobody waits for, or have it wait for a better time."""
        try:
            claimed = self._claim(mail)
        except TooMany:
            self._postpone(mail)
            return MailStage.WAITING
        if claimed is None:
            return MailStage.WAITING
        try:
            self._hand_over(claimed)
        except MailFailed as failed:
            log.warning("mail to a client not sent: %s", failed)
            may_pass = not failed.perhaps_sent and failed.kind not in _FINAL
            if may_pass and self._wait_again(claimed):
                return MailStage.WAITING
            self._finish(mail, _outcome(failed), failed.kind)
            return MailStage.PERHAPS_SENT if failed.perhaps_sent else MailStage.NOT_SENT
        except ValueError:
            return MailStage.NOT_SENT
        return MailStage.SENT

    def _claim(self, mail: Mail) -> _Claimed | None:
        """Take a mail for sending, if it is time and its link works; raises TooMany.

        No link ends between the look at it and the claim: what ends it waits for this transaction.
        """
        now = self._now()
        with self._database.writing() as tx:
            invitation = invitations.hold_open(tx, mail.clinic, mail.invitation, now)
            clinic = clinics.get(tx, mail.clinic)
            if invitation is None or clinic is None:
                outbox.drop(tx, mail)
                return None
            envelope = self._begun(tx, clinic, invitation, mail, now)
            if envelope is None:
                return None
            count_invitation(tx, clinic, invitation.id, now)
        write = _WRITE.get(mail.kind, reminder_letter)
        return _Claimed(mail, envelope, write(clinic, invitation, envelope.link))

    def _begun(
        self, tx: Transaction, clinic: Clinic, invitation: Invitation, mail: Mail, now: int
    ) -> Envelope | None:
        """Begin to send now; None when it is not the time, or another process was first."""
        when = sending_time(clinic, invitation, mail.kind, now)
        if mail.kind is MailKind.CODE:
            when = now if now < mail.made_at + CODE_SECONDS else None
        elif mail.kind is MailKind.AFTER_VISIT and ended(tx, clinic, invitation, now):
            return None
        elif when is not None and _is_of_nobody(tx, invitation):
            when = next_morning(clinic, now)
        if when == now:
            return outbox.claim(tx, mail, now)
        if when is None:
            outbox.drop(tx, mail)
        else:
            outbox.postpone(tx, mail, when)
        return None

    def _hand_over(self, claimed: _Claimed) -> None:
        """Hand a mail to the server, and write down that it was taken."""
        mail = claimed.mail
        if self._mailer is None:
            raise MailFailed(Trouble.NO_ANSWER)
        try:
            self._mailer.send(claimed.envelope.to, claimed.letter)
        except ValueError:
            self._finish(mail, Outcome.FAILED, Trouble.ADDRESS)
            raise
        with suppress(Unavailable), self._database.writing() as tx:  # the mail is out already
            # The invitation first, as everybody does: two who wait for each other would not end.
            if mail.kind is not MailKind.CODE:
                invitations.mailed(tx, mail.clinic, mail.invitation, self._now())
            if mail.kind is MailKind.LINK:  # what follows goes to the same address
                invitations.readdress(tx, mail.clinic, mail.invitation, claimed.envelope.to)
            outbox.finish(tx, mail, Outcome.SENT)

    def _wait_again(self, claimed: _Claimed) -> bool:
        """Have a mail wait that certainly was not sent; False once it was tried often enough."""
        mail, now = claimed.mail, self._now()
        if mail.tries >= len(PAUSES):
            return False
        with suppress(Unavailable), self._database.writing() as tx:
            if invitations.hold_open(tx, mail.clinic, mail.invitation, now) is None:
                return False
            outbox.put_back(tx, mail, claimed.envelope, now + PAUSES[mail.tries])
        return True

    def _finish(self, mail: Mail, outcome: Outcome, trouble: Trouble) -> None:
        """Write down that a mail was not taken, or perhaps; who got no link is not reminded."""
        with suppress(Unavailable), self._database.writing() as tx:
            outbox.finish(tx, mail, outcome, trouble.name)
            if outcome is Outcome.FAILED and mail.kind is MailKind.LINK:
                _drop_reminders(tx, outbox.of_invitation(tx, mail.clinic, mail.invitation))

    def _postpone(self, mail: Mail) -> None:
        with self._database.writing() as tx:
            clinic = clinics.get(tx, mail.clinic)
            if clinic is not None:
                outbox.postpone(tx, mail, next_morning(clinic, self._now()))

    def _now(self) -> int:
        return int(self._clock())


def _mail(invitation: Invitation, kind: MailKind, now: int, due: int) -> Mail:
    return Mail(MailId(new_id()), invitation.clinic, invitation.id, kind, now, due)


def _is_of_nobody(tx: Transaction, invitation: Invitation) -> bool:
    """Whether the account of who invited is closed; a colleague may take over what is theirs."""
    by = therapists.get(tx, invitation.clinic, invitation.therapist)
    return by is not None and by.disabled_at is not None


def _drop_reminders(tx: Transaction, mails: Iterable[Mail]) -> None:
    for one in mails:
        if one.kind is not MailKind.LINK:
            outbox.drop(tx, one)


def _outcome(failed: MailFailed) -> Outcome:
    return Outcome.UNSURE if failed.perhaps_sent else Outcome.FAILED
