"""How a clinic and its staff come to be: through one-time codes, and in no other way.

There is no default account. The operator's command line makes the codes, or the server at its first
start; whoever holds a code chooses the password.
"""

from __future__ import annotations

from collections.abc import Callable

from assessment.practice.staff.account_mails import AccountMails, Happened
from assessment.practice.staff.factors import forget_factors
from assessment.practice.staff.key_ring import drop_keys
from assessment.practice.staff.new_clinic import add_clinic
from assessment.practice.staff.one_time import new_code, typed
from assessment.practice.staff.passwords import Passwords
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.practice.staff.throttling import forget
from assessment.records import attempts, audit, clinics, codes, sessions, therapists
from assessment.records.acts import Act
from assessment.records.audit import By, operator_of
from assessment.records.database import Database
from assessment.records.ids import ClinicId, TherapistId, new_id
from assessment.records.model import Clinic, Therapist
from assessment.records.refusals import Taken
from assessment.records.transactions import Transaction, alone, unique

CODE_HOURS = 24
UNKNOWN = "A browser"
"""The kind of a device of which nothing is known."""
_GROUPS = 4  # 100 bits: nobody guesses that, throttled or not


class Enrolment:
    """Makes clinics and accounts.

    `clock` gives Unix time. Every method raises Unavailable when the database is away; then
    nothing was changed.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float],
        passwords: Passwords,
        mails: AccountMails | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords
        self._mails = mails or AccountMails()

    def setup_needed(self) -> bool:
        """Whether there is no clinic yet."""
        with self._database.reading() as tx:
            return not clinics.any_exists(tx)

    def new_setup_code(self) -> str:
        """Return a new code that makes a clinic, good for a day; older ones stop working."""
        code = new_code(_GROUPS)
        with self._database.writing() as tx:
            alone(tx, "set-up codes")
            codes.drop(tx, codes.SETUP)
            codes.add(tx, typed(code), codes.SETUP, None, None, self._in_a_day())
        return code

    def set_up(
        self,
        code: str,
        clinic: str,
        name: str,
        email: str,
        password: str,
        *,
        country: str | None = None,
        time_zone: str | None = None,
        device: str = UNKNOWN,
    ) -> None:
        """Make a clinic and its owner, and use up the code.

        `country` and `time_zone` are as in `countries.py`; None leaves them to be chosen later.

        Raises Refused: what `refuse_weak` says about the password, and the code is then still good;
        or CODE, also when somebody uses the email address already. The code is used up then: who
        holds one must not learn from it who has an account.
        """
        self._refuse_code(code, codes.SETUP)
        self._passwords.refuse_weak(password, name, email, clinic)
        stored = self._passwords.hash(password)
        with self._database.writing() as tx:
            if codes.use(tx, typed(code), codes.SETUP, self._now()) is None:
                raise Refused(Refusal.CODE)
            try:
                with unique(tx):
                    made = add_clinic(tx, clinic, country, time_zone, self._now())
                    owner = self.add(tx, made.id, email, name, stored, is_owner=True)
                    by = By(made.id, owner.id, device)
                    audit.append(tx, by, Act.CLINIC_SET_UP, self._now())
            except Refused:
                is_taken = True
            else:
                is_taken = False
        if is_taken:
            raise Refused(Refusal.CODE)

    def add_therapist(self, email: str, name: str, slug: str | None = None) -> str:
        """Add somebody to a clinic; return the code with which they choose their password.

        `slug` names the clinic, where there are several. Raises Refused: NO_CLINIC, WHICH_CLINIC
        or EMAIL_TAKEN.
        """
        with self._database.writing() as tx:
            clinic = _chosen(tx, slug)
            added = self.add(tx, clinic.id, email, name, None, is_owner=False)
            code = self.password_code(tx, added)
            self._by_operator(tx, added, Act.COLLEAGUE_INVITED)
            return code

    def new_password_code(self, email: str) -> str:
        """Return a code with which somebody chooses a new password; the old one works until then.

        Nobody is mailed about urgent responses under this account until its owner asks again: it
        may be about to be taken over, from somebody who left. Raises Refused: NO_ACCOUNT.
        """
        with self._database.writing() as tx:
            found = therapists.by_email(tx, email)
            if found is None:
                raise Refused(Refusal.NO_ACCOUNT)
            one = found[0]
            therapists.set_details(tx, one.clinic, one.id, one.name, urgent_mail=False)
            code = self.password_code(tx, one)
            self._by_operator(tx, one, Act.CODE_MADE)
            return code

    def set_password(self, email: str, code: str, password: str, *, device: str = UNKNOWN) -> None:
        """Choose a password with a code; every session and API key of the account ends.

        A second factor stays: signing in asks for it as before.

        Raises Refused: CODE, also for the code of somebody else, or what `refuse_weak` says about
        the password. The code is then still good.
        """
        self._refuse_code(code, codes.PASSWORD)
        self._passwords.refuse_weak(password)
        stored = self._passwords.hash(password)  # before the transaction: it takes long
        with self._database.writing() as tx:
            used = codes.use(tx, typed(code), codes.PASSWORD, self._now())
            found = therapists.by_email(tx, email)
            if used is None or found is None or used != (found[0].clinic, found[0].id):
                raise Refused(Refusal.CODE)
            owner = found[0]
            clinic = clinics.get(tx, owner.clinic)
            at = "" if clinic is None else clinic.name
            self._passwords.refuse_weak(password, owner.name, owner.email, at)
            if found[1] is not None:
                self._mails.tell(tx, owner, Happened.PASSWORD, self._now())
            therapists.set_password(tx, owner.clinic, owner.id, stored)
            sessions.end_all(tx, owner.clinic, owner.id)
            forget(tx, email)
            by = By(owner.clinic, owner.id, device)
            drop_keys(tx, by, owner, self._now())
            audit.append(tx, by, Act.PASSWORD_CHOSEN, self._now())

    def reset_factors(self, email: str) -> None:
        """Take the second factor of an account away, and end its sessions and API keys.

        Raises Refused: NO_ACCOUNT.
        """
        with self._database.writing() as tx:
            found = therapists.by_email(tx, email)
            if found is None:
                raise Refused(Refusal.NO_ACCOUNT)
            one = found[0]
            forget_factors(tx, one.clinic, one.id)
            sessions.end_all(tx, one.clinic, one.id)
            drop_keys(tx, operator_of(one.clinic), one, self._now())
            self._mails.tell(tx, one, Happened.RESET, self._now())
            self._by_operator(tx, one, Act.FACTORS_RESET)

    def unlock(self, email: str | None = None) -> None:
        """Let somebody try again at once, or with None everybody, from wherever they sign in.

        Raises Refused: NO_ACCOUNT.
        """
        with self._database.writing() as tx:
            if email is None:
                attempts.clear_all(tx)
                for clinic in sorted(clinics.every(tx), key=lambda one: one.id):
                    audit.append(tx, operator_of(clinic.id), Act.UNLOCKED, self._now())
            elif (found := therapists.by_email(tx, email)) is None:
                raise Refused(Refusal.NO_ACCOUNT)
            else:
                forget(tx, email)
                self._by_operator(tx, found[0], Act.UNLOCKED)

    def everybody(self) -> tuple[tuple[Clinic, tuple[Therapist, ...]], ...]:
        """Return all clinics with their staff: for the operator only."""
        with self._database.writing() as tx:
            every = tuple((one, therapists.of_clinic(tx, one.id)) for one in clinics.every(tx))
            for clinic in sorted(one.id for one, _ in every):
                audit.append(tx, operator_of(clinic), Act.STAFF_READ, self._now())
            return every

    def _refuse_code(self, code: str, purpose: str) -> None:
        """Raise Refused (CODE) before anything is spent on somebody who has no good code."""
        with self._database.reading() as tx:
            if not codes.is_good(tx, typed(code), purpose, self._now()):
                raise Refused(Refusal.CODE)

    def add(
        self,
        tx: Transaction,
        clinic: ClinicId,
        email: str,
        name: str,
        stored: str | None,
        *,
        is_owner: bool,
    ) -> Therapist:
        """Add somebody to a clinic, with no password yet if `stored` is None.

        Raises Refused: EMAIL_TAKEN.
        """
        person = Therapist(
            id=TherapistId(new_id()),
            clinic=clinic,
            email=email,
            name=name,
            is_owner=is_owner,
            urgent_mail=False,
            created_at=self._now(),
            disabled_at=None,
        )
        try:
            therapists.add(tx, person, stored)
        except Taken:
            raise Refused(Refusal.EMAIL_TAKEN) from None
        return person

    def password_code(self, tx: Transaction, therapist: Therapist) -> str:
        """Return a code with which somebody chooses a password, good for a day.

        Earlier ones stop working.
        """
        code = new_code(_GROUPS)
        alone(tx, "password codes", therapist.id)
        codes.drop(tx, codes.PASSWORD, therapist.id)
        codes.add(tx, typed(code), codes.PASSWORD, therapist.clinic, therapist.id, self._in_a_day())
        return code

    def _by_operator(self, tx: Transaction, one: Therapist, act: Act) -> None:
        audit.append(tx, operator_of(one.clinic), act, self._now(), one.id)

    def _in_a_day(self) -> int:
        return self._now() + CODE_HOURS * 60 * 60

    def _now(self) -> int:
        return int(self._clock())


def _chosen(tx: Transaction, slug: str | None) -> Clinic:
    if slug is not None:
        found = clinics.by_slug(tx, slug)
        if found is None:
            raise Refused(Refusal.NO_CLINIC)
        return found
    every = clinics.every(tx)
    if len(every) != 1:
        raise Refused(Refusal.WHICH_CLINIC if every else Refusal.NO_CLINIC)
    return every[0]
