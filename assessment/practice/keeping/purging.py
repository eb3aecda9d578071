"""Erases what has been kept for its time, some days after saying so.

Every step is a transaction of its own that does all of a little: whoever is killed in between goes
on where it stopped, and of several processes one at a time is at a clinic. Nothing goes of which no
notice was given for `NOTICE`, and nothing at all where the owner has not chosen periods.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assessment.exports.dates import calendar_of
from assessment.practice.following import end_after
from assessment.practice.keeping.periods import AHEAD, DAY, NOTICE, Ends, ends
from assessment.practice.name_search import write_words
from assessment.practice.post.mail import Letter, Mailer, MailFailed
from assessment.records import audit, clinics, keeping, therapists
from assessment.records.acts import Act
from assessment.records.audit import By
from assessment.records.database import Database
from assessment.records.ids import ClinicId, ResponseId
from assessment.records.model import Clinic
from assessment.records.transactions import Transaction, alone

log = logging.getLogger("assessment")

AT_ONCE = 100
"""Responses or invitations that one transaction erases."""
_COUNTED = (Act.RESPONSE_ERASED, Act.INVITATION_ERASED, Act.CLIENT_ERASED)


@dataclass(frozen=True, slots=True)
class ErasedCounts:
    """How many were erased, or would be."""

    responses: int = 0
    invitations: int = 0
    clients: int = 0

    def __add__(self, other: ErasedCounts) -> ErasedCounts:
        """Return both together."""
        return ErasedCounts(
            self.responses + other.responses,
            self.invitations + other.invitations,
            self.clients + other.clients,
        )

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return self != ErasedCounts()


class Purging:
    """Announces what goes, and erases it when it is time.

    `clock` gives Unix time, `page` is the whole address of the page that shows what goes, for
    mails. `mailer` is None where no mail server is set up. Methods raise Unavailable.
    """

    def __init__(
        self, database: Database, clock: Callable[[], float], mailer: Mailer | None, page: str
    ) -> None:
        self._database = database
        self._clock = clock
        self._mailer = mailer
        self._page = page

    def run(self, stop: Callable[[], bool] = lambda: False) -> dict[ClinicId, ErasedCounts]:
        """Do what is to be done now for every clinic, until `stop`; return what was erased."""
        done = {}
        for clinic in self._choosing():
            if stop():
                break
            gone = self._purge(clinic, stop)
            self._announce(clinic)
            if gone:
                done[clinic.id] = gone
                log.info(
                    "clinic: purged: %d responses, %d invitations, %d clients",
                    gone.responses, gone.invitations, gone.clients,
                )  # fmt: skip
        return done

    def would_go(self) -> dict[ClinicId, tuple[ErasedCounts, ErasedCounts]]:
        """Return what would be erased now, and what has been kept for its time by `AHEAD`.

        Clients are not counted. Of each no more than `keeping.MOST`.
        """
        found = {}
        for clinic in self._choosing():
            with self._database.reading() as tx:
                now = ends(clinic, self._may_go(tx, clinic))
                later = ends(clinic, self._now() + AHEAD)
                found[clinic.id] = (_counted(tx, clinic, now), _counted(tx, clinic, later))
        return found

    def _choosing(self) -> list[Clinic]:
        with self._database.reading() as tx:
            return [one for one in clinics.every(tx) if one.has_periods]

    def _announce(self, clinic: Clinic) -> None:
        """Say what goes next, unless that was said in the last days; then tell the owners."""
        now = self._now()
        with self._database.reading() as tx:
            if not self._is_to_say(tx, clinic):
                return
        with self._database.writing() as tx:
            alone(tx, "purge", clinic.id)
            if clinics.get(tx, clinic.id) != clinic or not self._is_to_say(tx, clinic):
                return
            keeping.announce(tx, clinic.id, now, now + AHEAD)
            keeping.forget_notices(tx, clinic.id, now - 2 * AHEAD)
            goes = _counted(tx, clinic, ends(clinic, now + AHEAD))
            first = first_to_go(tx, clinic)
            owners = [
                one.email
                for one in therapists.of_clinic(tx, clinic.id)
                if one.is_owner and one.disabled_at is None
            ]
        log.info(
            "clinic: purge announced: %d responses, %d links", goes.responses, goes.invitations
        )
        self._tell(owners, going_letter(clinic, goes, first, self._page))

    def _is_to_say(self, tx: Transaction, clinic: Clinic) -> bool:
        """Whether anything goes soon of which nobody was told, and no notice is a few days old."""
        now = self._now()
        said = keeping.notices(tx, clinic.id)
        if said and now - NOTICE < said[-1][0] <= now:
            return False
        told = _counted(tx, clinic, ends(clinic, said[-1][1])) if said else ErasedCounts()
        return _counted(tx, clinic, ends(clinic, now + AHEAD)) != told

    def _may_go(self, tx: Transaction, clinic: Clinic) -> int:
        """Return the moment up to which what has been kept for its time goes now."""
        now = self._now()
        said = [until for made, until in keeping.notices(tx, clinic.id) if made <= now - NOTICE]
        return min(now, max(said, default=0))

    def _purge(self, clinic: Clinic, stop: Callable[[], bool]) -> ErasedCounts:
        done = ErasedCounts()
        while not stop():
            with self._database.writing() as tx:
                alone(tx, "purge", clinic.id)
                today = clinics.get(tx, clinic.id)
                gone = ErasedCounts() if today is None else self._some(tx, today)
            if not gone:
                break
            done += gone
        return done

    def _some(self, tx: Transaction, clinic: Clinic) -> ErasedCounts:
        """Erase the next few, with whoever has nothing left then."""
        until = ends(clinic, self._may_go(tx, clinic))
        gone, whose = keeping.erase_old(
            tx, clinic.id, until.responses, until.invitations, AT_ONCE, self._now()
        )
        for one in whose:  # nobody is found by a name that went with what was erased
            write_words(tx, clinic.id, one)
        by = By(clinic.id, None, audit.KEPT)
        for each in gone:
            if each.act is Act.RESPONSE_ERASED:
                end_after(tx, clinic.id, ResponseId(each.id), self._now())
            audit.append(tx, by, each.act, self._now(), each.id)
        acts = Counter(each.act for each in gone)
        return ErasedCounts(*(acts[act] for act in _COUNTED))

    def _tell(self, owners: Sequence[str], letter: Letter) -> None:
        """Mail the owners, once; the line in the inbox stands anyway."""
        if self._mailer is None:
            return
        for address in owners:
            try:
                self._mailer.send(address, letter)
            except MailFailed as failed:
                log.warning("notice of a purge not sent: %s", failed)
            except ValueError:
                log.warning("notice of a purge not sent: the address cannot stand in a mail")

    def _now(self) -> int:
        return int(self._clock())


def going_letter(clinic: Clinic, goes: ErasedCounts, first: int, page: str) -> Letter:
    """Return the mail that tells an owner that something goes from a day on, and of nobody whose.

    `first` is that moment in Unix seconds.
    """
    name = "".join(letter for letter in clinic.name if letter.isprintable())
    day = calendar_of(clinic.time_zone).last_day(first)
    lines = [
        "Hello,",
        f"From {day}, {in_words(goes)} will be erased for good. Your clinic chose to keep them "
        "only this long.",
        "Sign in to see them. You can save copies, or choose to keep things for longer:",
        page,
        name,
    ]
    return Letter(f"{name}: what will be erased soon", "\n\n".join(lines) + "\n", name)


def in_words(goes: ErasedCounts) -> str:
    """Return how many responses and links that nobody answered, such as "1 response"."""
    numbers = (
        (goes.responses, "response", "responses"),
        (goes.invitations, "unanswered link", "unanswered links"),
    )
    said = [
        f"{'over ' if many >= keeping.MOST else ''}{many:,} {one if many == 1 else several}"
        for many, one, several in numbers
        if many
    ]
    return " and ".join(said) or "nothing"


def _counted(tx: Transaction, clinic: Clinic, until: Ends) -> ErasedCounts:
    return ErasedCounts(*keeping.count(tx, clinic.id, until.responses, until.invitations))


def first_to_go(tx: Transaction, clinic: Clinic) -> int:
    """Return the first moment (Unix seconds) at which something of a clinic may go."""
    came, ended = keeping.oldest(tx, clinic.id)
    found = ((came, clinic.keep_answered), (ended, clinic.keep_unanswered))
    end = min(
        (since + days * DAY for since, days in found if since is not None and days), default=0
    )
    said = keeping.notices(tx, clinic.id)
    return max(end, min((made + NOTICE for made, until in said if until >= end), default=0))
