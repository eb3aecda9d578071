"""Tells therapists that something urgent came in."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import StrEnum

from assessment.practice.cooldown import NEVER, lately
from assessment.practice.intake.submission import Receipt
from assessment.practice.post.letters import urgent_letter
from assessment.practice.post.mail import Letter, Mailer, MailFailed
from assessment.practice.post.mail_quota import may_tell_of_strangers, may_tell_urgent
from assessment.records import clinics, therapists
from assessment.records.database import Database
from assessment.records.ids import ClinicId, TherapistId
from assessment.records.model import Clinic
from assessment.records.refusals import Unavailable
from assessment.records.transactions import Transaction
from assessment.records.whose import inviter

log = logging.getLogger("assessment")

_LONGEST_WAIT = 4.0
TRIES = 30
"""How often the database is asked whom to tell: one that is away for a moment costs no mail."""
BETWEEN = 1.0
"""Seconds between one try and the next."""
PAUSE = 600.0
"""Seconds in which a clinic gets one mail about what strangers send from its public page.

A process keeps to them; all together send one in each ten minutes of the clock."""


class Unwatched(StrEnum):
    """Why nobody of a clinic is mailed about urgent responses."""

    NO_SERVER = "no mail server"
    NOBODY_ASKED = "nobody asked"


class Notices:
    """Mails about urgent responses, for those therapists who asked for them.

    `mailer` is None where no mail server is set up; nothing is sent then. `inbox` is the whole
    address of the inbox. `clock` gives Unix time. `wait` bounds, in seconds, how long a client can
    be kept by it.
    """

    def __init__(
        self,
        database: Database,
        mailer: Mailer | None,
        inbox: str,
        clock: Callable[[], float],
        wait: float = _LONGEST_WAIT,
    ) -> None:
        self._database = database
        self._mailer = mailer
        self._inbox = inbox
        self._clock = clock
        self._wait = wait
        self._told_at: dict[ClinicId, float] = {}
        self._lock = threading.Lock()

    def unwatched(self, clinic: Clinic, therapist: TherapistId) -> Unwatched | None:
        """Return why nobody is mailed about what this therapist sees; None when somebody is."""
        if self._mailer is None:
            return Unwatched.NO_SERVER
        with self._database.reading() as tx:
            asked = _who_asked(tx, clinic, therapist)
        return None if asked else Unwatched.NOBODY_ASKED

    def urgent(self, receipt: Receipt) -> None:
        """Tell the clinic's therapists to look at their inbox; not how urgent, nor at what.

        Anybody can send from a public page, so there is a pause after a mail about such a response;
        those of invited clients are always told of.

        Call it once the response is stored. It raises nothing, and a failure is logged as its
        kind: a mail must never cost a client what they sent.

        Database and mail server may be slow, and a timeout of a socket bounds neither the search
        for a name nor several addresses tried in turn. So it goes on on a thread that we leave to
        itself after `wait`.
        """
        now = self._clock()
        is_quiet = not receipt.invited and self._is_quiet(receipt.clinic, now)
        if self._mailer is None or is_quiet:  # most end here, without a look at the database
            return
        telling = threading.Thread(
            target=self._tell, args=(self._mailer, receipt, now), name="urgent mail", daemon=True
        )
        telling.start()
        telling.join(self._wait)
        if telling.is_alive():
            log.warning("urgent mail: the database or the mail server is slow")

    def _tell(self, mailer: Mailer, receipt: Receipt, now: float) -> None:
        try:
            told = self._whom_to_tell(receipt)
            if told is None:
                return
            clinic, asked = told
            if not receipt.invited and not self._begins_pause(clinic.id, now):
                return
            if self._may_send(clinic, int(now), invited=receipt.invited):
                _send_all(mailer, asked, urgent_letter(clinic, self._inbox))
        except Unavailable:
            log.warning("urgent mail not sent: the database did not answer")
        except Exception as error:  # a thread would print it with its message
            log.error("urgent mail not sent: %s", type(error).__qualname__)

    def _whom_to_tell(self, receipt: Receipt) -> tuple[Clinic, list[str]] | None:
        """Return the clinic and the addresses, None where nobody asked; raises Unavailable."""
        for left in reversed(range(TRIES)):
            try:
                with self._database.reading() as tx:
                    found = clinics.get(tx, receipt.clinic)
                    invited_by = inviter(tx, receipt.clinic, receipt.response)
                    asked = [] if found is None else _who_asked(tx, found, invited_by)
            except Unavailable:
                if not left:
                    raise
                time.sleep(BETWEEN)
            else:
                break
        return None if found is None or not asked else (found, asked)

    def _may_send(self, clinic: Clinic, now: int, *, invited: bool) -> bool:
        """Count the mail; what cannot be counted may go out."""
        with suppress(Unavailable), self._database.writing() as tx:
            if not invited and not may_tell_of_strangers(tx, clinic, now, int(PAUSE)):
                self._told_by_another(clinic.id, now)
                return False
            if not may_tell_urgent(tx, clinic, now):
                log.warning("urgent mail not sent: this clinic had too many today")
                return False
        return True

    def _is_quiet(self, clinic: ClinicId, now: float) -> bool:
        return lately(self._told_at.get(clinic, NEVER), now, PAUSE)

    def _begins_pause(self, clinic: ClinicId, now: float) -> bool:
        """Begin a pause unless there is one; of several at once, one begins it."""
        with self._lock:
            if self._is_quiet(clinic, now):
                return False
            self._told_at[clinic] = now
            return True

    def _told_by_another(self, clinic: ClinicId, now: float) -> None:
        """End our pause with these ten minutes of the clock: after those, it may be our turn."""
        with self._lock:
            self._told_at[clinic] = now // PAUSE * PAUSE


def _who_asked(tx: Transaction, clinic: Clinic, invited_by: TherapistId | None) -> list[str]:
    """Return the addresses of those who asked for mail and see what came back to this therapist."""
    return [
        one.email
        for one in therapists.of_clinic(tx, clinic.id)
        if one.urgent_mail and one.disabled_at is None
        if one.is_owner or not clinic.inviter_only or one.id == invited_by
    ]


def _send_all(mailer: Mailer, addresses: Sequence[str], letter: Letter) -> None:
    for address in addresses:
        try:
            mailer.send(address, letter)
        except MailFailed as failed:
            log.warning("urgent mail not sent: %s", failed)
        except Exception as error:  # a thread would print it with its message
            log.error("urgent mail not sent: %s", type(error).__qualname__)
