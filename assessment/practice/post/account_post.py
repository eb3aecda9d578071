"""Sends the mails that tell staff what happened to their own account, each at most once.

A mail is taken out of the database, and that is committed, before it is handed to the server. One
that was certainly not taken is put back, a few times.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from assessment.exports.dates import calendar_of
from assessment.practice.draining import AT_ONCE, drain
from assessment.practice.post.letters import account_letter
from assessment.practice.post.mail import Letter, Mailer, MailFailed
from assessment.practice.post.outbox import PAUSES
from assessment.records import account_mails, clinics, therapists
from assessment.records.account_mails import AccountMail
from assessment.records.database import Database
from assessment.records.refusals import Unavailable
from assessment.records.transactions import Transaction

log = logging.getLogger("assessment")


class AccountPost:
    """Sends what was put down; `clock` gives Unix time."""

    is_about = "mails about accounts"

    def __init__(
        self, database: Database, clock: Callable[[], float], mailer: Mailer | None
    ) -> None:
        self._database = database
        self._clock = clock
        self._mailer = mailer

    @property
    def can_send(self) -> bool:
        """Whether a mail server is set up."""
        return self._mailer is not None

    def send_due(self, stop: Callable[[], bool] = lambda: False) -> int:
        """Send what is due, until `stop`; return how many went out. Raises Unavailable."""
        mailer = self._mailer
        if mailer is None:
            return 0

        def due() -> tuple[AccountMail, ...]:
            with self._database.reading() as tx:
                return account_mails.due(tx, int(self._clock()), AT_ONCE)

        return drain(due, lambda one: self._send(mailer, one), stop)[True]

    def _send(self, mailer: Mailer, mail: AccountMail) -> bool:
        with self._database.writing() as tx:
            claimed = self._claimed(tx, mail)
        if claimed is None:
            return False
        try:
            mailer.send(*claimed)
        except MailFailed as failed:
            log.warning("mail about an account not sent: %s", failed)
            if not failed.perhaps_sent and mail.tries < len(PAUSES):
                self._put_back(mail)
            return False
        except Exception as error:  # ours; what it says may hold an address
            log.error("mail about an account not sent: %s", type(error).__qualname__)
            return False
        return True

    def _claimed(self, tx: Transaction, mail: AccountMail) -> tuple[str, Letter] | None:
        """Take a mail for sending; None when another process has it, or nobody is there to read."""
        if not account_mails.claim(tx, mail):
            return None
        clinic = clinics.get(tx, mail.clinic)
        one = therapists.get(tx, mail.clinic, mail.therapist)
        if clinic is None or one is None or not one.email:
            return None
        when = calendar_of(clinic.time_zone).time(mail.made_at)
        return one.email, account_letter(clinic, mail.kind, when, mail.browser)

    def _put_back(self, mail: AccountMail) -> None:
        due = int(self._clock()) + PAUSES[mail.tries]
        with suppress(Unavailable), self._database.writing() as tx:
            account_mails.add(tx, replace(mail, due_at=due, tries=mail.tries + 1))
