"""What pages tell of what is kept, and the owner's choice of how long that is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assessment.practice.keeping.periods import ends
from assessment.practice.keeping.purging import ErasedCounts, first_to_go
from assessment.practice.responses.seen import lines_for
from assessment.practice.staff.account_mails import AccountMails, Happened
from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.owners import refuse_others
from assessment.records import audit, clinics, invitations, keeping, therapists, withdrawals
from assessment.records.acts import Act
from assessment.records.database import Database
from assessment.records.model import Invitation, Line
from assessment.records.transactions import Transaction, alone

SHOWN = 50
"""Responses, and invitations, that the page of what goes shows."""


@dataclass(frozen=True, slots=True)
class Going:
    """What goes from a moment on (Unix seconds), and how much of it who asks sees.

    `lines` and `invitations` are the first of them.
    """

    first: int
    goes: ErasedCounts
    lines: tuple[Line, ...] = ()
    invitations: tuple[Invitation, ...] = ()


class Keeping:
    """How long a clinic keeps things. Every method raises Unavailable."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float],
        mails: AccountMails | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._mails = mails or AccountMails()

    def choose(self, who: SignedIn, answered: int, unanswered: int, erased: int) -> None:
        """Choose after how many days things go, 0 for never by itself; raises Refused (NOT_OWNER).

        What goes by the new choice is announced anew before anything does, and all owners are told
        by mail where something goes sooner.
        """
        chosen = (answered, unanswered, erased)
        with self._database.writing() as tx:
            alone(tx, "purge", who.clinic.id)
            refuse_others(tx, who)
            self._tell_of_shorter(tx, who, chosen)
            clinics.set_periods(tx, who.clinic.id, *chosen)
            keeping.forget_notices(tx, who.clinic.id)
            audit.append(tx, who.by, Act.PERIODS_CHOSEN, int(self._clock()))

    def _tell_of_shorter(self, tx: Transaction, who: SignedIn, chosen: tuple[int, ...]) -> None:
        clinic = clinics.get(tx, who.clinic.id)
        if clinic is None or not clinic.has_periods:
            return
        before = (clinic.keep_answered, clinic.keep_unanswered, clinic.keep_erased)
        if any(new and (not old or new < old) for old, new in zip(before, chosen, strict=True)):
            for one in therapists.of_clinic(tx, clinic.id):
                if one.is_owner and one.disabled_at is None:
                    self._mails.tell(tx, one, Happened.KEPT_SHORTER, int(self._clock()))

    def withdrawn(self, who: SignedIn) -> tuple[Line, ...]:
        """Return the responses whose consent was taken back and that are still there."""
        with self._database.reading() as tx:
            return lines_for(tx, who, withdrawals.listed(tx, who.clinic.id, who.only))

    def going(self, who: SignedIn, *, listed: bool = False) -> Going | None:
        """Return what was announced to go; None for nothing. `listed`: with the first of it."""
        clinic = who.clinic
        if not clinic.has_periods:
            return None
        with self._database.reading() as tx:
            said = keeping.notices(tx, clinic.id)
            if not said:
                return None
            until = ends(clinic, said[-1][1])
            first = max(first_to_go(tx, clinic), int(self._clock()))
            goes = ErasedCounts(
                *keeping.count(tx, clinic.id, until.responses, until.invitations, who.only)
            )
            lines: tuple[Line, ...] = ()
            ended: tuple[Invitation, ...] = ()
            if listed and until.responses is not None:
                old = keeping.old_responses(tx, clinic.id, until.responses, SHOWN, who.only)
                lines = lines_for(tx, who, [id for id, _ in old])
            if listed and until.invitations is not None:
                ids = keeping.unanswered(tx, clinic.id, until.invitations, SHOWN, who.only)
                every = invitations.several(tx, clinic.id, ids)
                ended = tuple(every[id] for id in ids if id in every)
        return Going(first, goes, lines, ended) if goes else None
