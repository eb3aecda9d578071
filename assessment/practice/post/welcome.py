"""Brings a colleague the code with which they choose their password."""

from __future__ import annotations

from collections.abc import Callable

from assessment.practice.post.letters import welcome_letter
from assessment.practice.post.mail import Mailer, MailFailed
from assessment.practice.post.mail_quota import TooMany, count_invitation
from assessment.practice.staff.accounts import SignedIn
from assessment.records.database import Database
from assessment.records.model import Therapist


class Welcome:
    """Mails codes. `mailer` is None where no mail server is set up; `clock` gives Unix time."""

    def __init__(
        self, database: Database, mailer: Mailer | None, clock: Callable[[], float]
    ) -> None:
        self._database = database
        self._mailer = mailer
        self._clock = clock

    @property
    def can_mail(self) -> bool:
        """Whether a mail server is set up."""
        return self._mailer is not None

    def mail(self, who: SignedIn, colleague: Therapist, code: str, page: str) -> bool:
        """Mail a code and the address of the `page` that takes it; return whether it went out.

        Where it did not, the code has to be handed over in another way. Raises Unavailable.
        """
        if self._mailer is None:
            return False
        try:
            with self._database.writing() as tx:
                count_invitation(tx, who.clinic, colleague.id, int(self._clock()))
            self._mailer.send(colleague.email, welcome_letter(who.clinic, colleague, code, page))
        except (TooMany, MailFailed, ValueError):
            return False
        return True
