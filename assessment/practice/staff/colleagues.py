"""Colleagues: what the owner of a clinic does about the accounts of those who work there.

The pages have asked for the owner's password before they call what changes anything. Nobody takes
a clinic its last owner: whoever changes an account is an owner at that moment, and only steps down
where another one is left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from assessment.exports.dates import calendar_of
from assessment.practice.staff.account_mails import AccountMails, Happened
from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.enrolment import Enrolment
from assessment.practice.staff.factors import forget_factors
from assessment.practice.staff.key_ring import drop_keys
from assessment.practice.staff.owners import refuse_others
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.practice.staff.throttling import forget
from assessment.records import (
    audit,
    clinics,
    codes,
    factors,
    invitations,
    mails,
    sessions,
    therapists,
    whose,
)
from assessment.records.acts import Act
from assessment.records.database import Database
from assessment.records.ids import TherapistId
from assessment.records.model import Therapist
from assessment.records.transactions import Transaction, alone

MOST_INVITED = 20
"""Colleagues that a clinic can invite on a day of its calendar."""


class Step(StrEnum):
    """What an owner does to the account of a colleague."""

    MAKE_OWNER = "make-owner"
    MAKE_THERAPIST = "make-therapist"
    CODE = "code"
    RESET_FACTORS = "reset-factors"
    SIGN_OUT = "sign-out"
    DISABLE = "disable"
    ENABLE = "enable"
    HAND_OVER = "hand-over"
    REMOVE = "remove"


ACTS = {
    Step.MAKE_OWNER: Act.MADE_OWNER,
    Step.MAKE_THERAPIST: Act.MADE_THERAPIST,
    Step.CODE: Act.CODE_MADE,
    Step.RESET_FACTORS: Act.FACTORS_RESET,
    Step.SIGN_OUT: Act.COLLEAGUE_SIGNED_OUT,
    Step.DISABLE: Act.COLLEAGUE_DISABLED,
    Step.ENABLE: Act.COLLEAGUE_ENABLED,
    Step.HAND_OVER: Act.HANDED_OVER,
    Step.REMOVE: Act.COLLEAGUE_REMOVED,
}
"""What each step is called in the audit log."""

_ON_ONESELF = (Step.MAKE_THERAPIST, Step.HAND_OVER)
_NEEDS_TAKER = (Step.HAND_OVER, Step.REMOVE)
_ENDS_KEYS = (
    Step.MAKE_THERAPIST, Step.RESET_FACTORS, Step.SIGN_OUT, Step.DISABLE, Step.ENABLE, Step.REMOVE,
)  # fmt: skip
_NOT_WHEN_DISABLED = (Step.MAKE_OWNER, Step.CODE)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of a clinic; `is_waiting` while they have not chosen a password.

    `has_factor`: they sign in with a second one.
    """

    therapist: Therapist
    is_waiting: bool
    has_factor: bool


@dataclass(frozen=True, slots=True)
class LookedAt(Colleague):
    """One of them alone: `invitations` are theirs, and `responses` came back with these.

    Each is counted up to one more than `MOST_COUNTED`.
    """

    invitations: int
    responses: int

    def steps(self, who: SignedIn) -> tuple[Step, ...]:
        """Return what the owner who looks can do about this account."""
        one = self.therapist
        fits = {
            Step.MAKE_OWNER: not one.is_owner and one.disabled_at is None,
            Step.MAKE_THERAPIST: one.is_owner,
            Step.CODE: one.disabled_at is None,
            Step.RESET_FACTORS: self.has_factor,
            Step.SIGN_OUT: one.disabled_at is None and not self.is_waiting,
            Step.DISABLE: one.disabled_at is None,
            Step.ENABLE: one.disabled_at is not None,
            Step.HAND_OVER: self.invitations > 0,
            Step.REMOVE: True,
        }
        own = one.id == who.therapist.id
        return tuple(step for step in Step if fits[step] and (not own or step in _ON_ONESELF))


@dataclass(frozen=True, slots=True)
class Changed:
    """Whose account was changed, and the code for a new password, where one was made."""

    therapist: Therapist
    code: str | None = None


class Colleagues:
    """What an owner can do; `who` is always that owner.

    Every method raises Refused (NOT_OWNER) for anybody else, LookupError for somebody whom their
    clinic does not have, and Unavailable when the database is away; then nothing was changed.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float],
        enrolment: Enrolment,
        account_mails: AccountMails | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._enrolment = enrolment
        self._mails = account_mails or AccountMails()

    def everybody(self, who: SignedIn) -> tuple[Colleague, ...]:
        """Return everybody of the clinic, the first one first."""
        with self._database.reading() as tx:
            refuse_others(tx, who)
            return tuple(_told(tx, one) for one in therapists.of_clinic(tx, who.clinic.id))

    def one(self, who: SignedIn, therapist: TherapistId) -> LookedAt:
        """Return one of them, with how much is theirs."""
        with self._database.reading() as tx:
            refuse_others(tx, who)
            told = _told(tx, _found(tx, who, therapist))
            counts = whose.counted(tx, who.clinic.id, therapist)
            return LookedAt(told.therapist, told.is_waiting, told.has_factor, *counts)

    def invite(self, who: SignedIn, email: str, name: str, *, is_owner: bool) -> Changed:
        """Add somebody to the clinic. Raises Refused: EMAIL_TAKEN or TOO_MANY."""
        now = self._now()
        day = calendar_of(who.clinic.time_zone).date(now).isoformat()
        with self._database.writing() as tx:  # counts also where the address is refused
            refuse_others(tx, who)
            if not mails.count(tx, who.clinic.id, "colleagues", day, MOST_INVITED):
                raise Refused(Refusal.TOO_MANY)
        with self._database.writing() as tx:
            _alone(tx, who)
            added = self._enrolment.add(tx, who.clinic.id, email, name, None, is_owner=is_owner)
            code = self._enrolment.password_code(tx, added)
            audit.append(tx, who.by, Act.COLLEAGUE_INVITED, now, added.id)
            return Changed(added, code)

    def change(
        self,
        who: SignedIn,
        therapist: TherapistId,
        step: Step,
        taker: TherapistId | None = None,
    ) -> Changed:
        """Take a step about an account; `taker` gets what is theirs, where the step gives it away.

        Raises Refused: LAST_OWNER, YOURSELF for what only another owner can do, DISABLED for what a
        closed account is not given, or NOBODY when the taker cannot take over.
        """
        with self._database.writing() as tx:
            _alone(tx, who)
            one = _found(tx, who, therapist)
            if one.id == who.therapist.id and step not in _ON_ONESELF:
                raise Refused(Refusal.YOURSELF)
            if one.disabled_at is not None and step in _NOT_WHEN_DISABLED:
                raise Refused(Refusal.DISABLED)
            if step in _NEEDS_TAKER:
                _hand_over(tx, who, one, taker)
            now = self._now()
            code = self._take(tx, one, step, now)
            if step in _ENDS_KEYS:
                drop_keys(tx, who.by, one, now)
            audit.append(tx, who.by, ACTS[step], now, one.id)
            return Changed(one, code)

    def share(self, who: SignedIn, *, inviter_only: bool) -> None:
        """Choose who sees what clients send."""
        with self._database.writing() as tx:
            _alone(tx, who)
            clinics.set_inviter_only(tx, who.clinic.id, inviter_only=inviter_only)
            audit.append(tx, who.by, Act.SHARING_CHANGED, self._now())

    def require_factor(self, who: SignedIn, *, needs_factor: bool) -> None:
        """Choose whether everybody signs in with a second factor.

        Whoever has none can do nothing from then on but set one up, the owner included.
        """
        with self._database.writing() as tx:
            _alone(tx, who)
            clinics.set_needs_factor(tx, who.clinic.id, needs_factor=needs_factor)
            audit.append(tx, who.by, Act.FACTOR_RULE_CHANGED, self._now())

    def _now(self) -> int:
        return int(self._clock())

    def _take(self, tx: Transaction, one: Therapist, step: Step, now: int) -> str | None:
        clinic, id = one.clinic, one.id
        match step:
            case Step.MAKE_OWNER:
                therapists.set_owner(tx, clinic, id, is_owner=True)
            case Step.MAKE_THERAPIST:
                _refuse_last_owner(tx, one)
                therapists.set_owner(tx, clinic, id, is_owner=False)
            case Step.CODE:
                therapists.set_details(tx, clinic, id, one.name, urgent_mail=False)
                return self._enrolment.password_code(tx, one)
            case Step.RESET_FACTORS:
                sessions.end_all(tx, clinic, id)
                forget_factors(tx, clinic, id)
                self._mails.tell(tx, one, Happened.RESET, now)
            case Step.SIGN_OUT:
                sessions.end_all(tx, clinic, id)
            case Step.DISABLE:
                _close(tx, one)
                therapists.disable(tx, clinic, id, now)
            case Step.ENABLE:
                _close(tx, one)  # nothing that was begun before goes on
                therapists.disable(tx, clinic, id, None)
            case Step.REMOVE:
                _close(tx, one)
                forget(tx, one.email)
                forget_factors(tx, clinic, id)
                therapists.remove(tx, clinic, id, now)
            case Step.HAND_OVER:
                pass  # that is done with who takes over
        return None


def _alone(tx: Transaction, who: SignedIn) -> None:
    """Let nobody else change accounts of the clinic meanwhile, and only an owner now."""
    alone(tx, "colleagues", who.clinic.id)
    refuse_others(tx, who)


def _refuse_last_owner(tx: Transaction, one: Therapist) -> None:
    """Raise Refused unless somebody else owns the clinic who can sign in."""
    others = (
        other
        for other in therapists.of_clinic(tx, one.clinic)
        if other.is_owner and other.id != one.id and other.disabled_at is None
    )
    if all(therapists.password_of(tx, one.clinic, other.id) is None for other in others):
        raise Refused(Refusal.LAST_OWNER)


def _found(tx: Transaction, who: SignedIn, therapist: TherapistId) -> Therapist:
    found = therapists.get(tx, who.clinic.id, therapist)
    if found is None or found.removed_at is not None:
        raise LookupError("there is no such colleague")
    return found


def _told(tx: Transaction, one: Therapist) -> Colleague:
    is_waiting = therapists.password_of(tx, one.clinic, one.id) is None
    has_factor = factors.has_any(tx, one.clinic, one.id)
    return Colleague(one, is_waiting, has_factor)


def _hand_over(tx: Transaction, who: SignedIn, giver: Therapist, taker: TherapistId | None) -> None:
    found = None if taker is None else therapists.get(tx, who.clinic.id, taker)
    if found is None or found.disabled_at is not None or found.id == giver.id:
        raise Refused(Refusal.NOBODY)
    invitations.hand_over(tx, who.clinic.id, giver.id, found.id)


def _close(tx: Transaction, one: Therapist) -> None:
    sessions.end_all(tx, one.clinic, one.id)
    codes.drop(tx, codes.PASSWORD, one.id)
