"""Tells therapists that something urgent came in."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from assessment.practice.letters import urgent_letter
from assessment.practice.mail import Letter, Mailer, MailFailed
from assessment.practice.parcel import Receipt
from assessment.records import clinics, therapists
from assessment.records.database import Database, Unavailable
from assessment.records.ids import ClinicId

log = logging.getLogger("assessment")

_LONGEST_WAIT = 4.0
PAUSE = 600.0
"""Seconds in which a clinic gets one mail about what strangers send from its public page."""


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
        self._quiet_until: dict[ClinicId, float] = {}

    def urgent(self, receipt: Receipt) -> None:
        """Tell the clinic's therapists to look at their inbox; not how urgent, nor at what.

        Anybody can send from a public page, so there is a pause after a mail about such a response;
        those of invited clients are always told of.

        Call it once the response is stored. It raises nothing, and a failure is logged as its
        kind: a mail must never cost a client what they sent.

        A timeout of a socket bounds neither the search for a name nor several addresses tried in
        turn. So the mail goes out on a thread that we leave to itself after `wait`.
        """
        clinic, now = receipt.clinic, self._clock()
        is_quiet = not receipt.invited and self._quiet_until.get(clinic, 0.0) > now
        if self._mailer is None or is_quiet:
            return
        try:
            with self._database.reading() as tx:
                found = clinics.get(tx, clinic)
                staff = therapists.of_clinic(tx, clinic)
        except Unavailable:
            log.warning("urgent mail not sent: the database did not answer")
            return
        asked = [one.email for one in staff if one.urgent_mail and one.disabled_at is None]
        if found is None or not asked:
            return
        if not receipt.invited:
            self._quiet_until[clinic] = now + PAUSE
        sending = threading.Thread(
            target=_send_all,
            args=(self._mailer, asked, urgent_letter(found, self._inbox)),
            name="urgent mail",
            daemon=True,
        )
        sending.start()
        sending.join(self._wait)
        if sending.is_alive():
            log.warning("urgent mail: the mail server is slow")


def _send_all(mailer: Mailer, addresses: Sequence[str], letter: Letter) -> None:
    for address in addresses:
        try:
            mailer.send(address, letter)
        except MailFailed as failed:
            log.warning("urgent mail not sent: %s", failed)
        except Exception as error:  # a thread would print it with its message
            log.error("urgent mail not sent: %s", type(error).__qualname__)
