"""The second step of signing in: a code of an app, or a recovery code, after the password.

Between the two steps there is no session. What the password showed travels sealed in the page that
asks for the code; it is good for minutes, and for nothing once the password was changed.
"""

from __future__ import annotations

from collections.abc import Callable

from assessment.practice.staff.account_mails import AccountMails, Happened
from assessment.practice.staff.factors import step_of
from assessment.practice.staff.first_step import HalfWay, shown_by, started
from assessment.practice.staff.one_time import typed
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.practice.staff.throttling import count_try, second_step, was_right
from assessment.records import audit, factors, therapists
from assessment.records.acts import Act
from assessment.records.audit import By
from assessment.records.database import Database
from assessment.records.model import Therapist
from assessment.records.transactions import Transaction


class SecondStep:
    """Takes the code. `clock` gives Unix time."""

    def __init__(self, database: Database, clock: Callable[[], float], mails: AccountMails) -> None:
        self._database = database
        self._clock = clock
        self._mails = mails

    def take(self, half: HalfWay, code: str, browser: str, *, is_known: bool) -> str:
        """Return the secret of a new session; `is_known`: they signed in on this device before.

        No code is taken twice. Raises Refused: WRONG_CODE, WAIT after too many tries, or OVER
        where the first step counts no more. Unavailable: nothing was changed.
        """
        now = int(self._clock())
        with self._database.writing() as tx:
            therapist = _still(tx, half)
            counted = count_try(tx, second_step(tx, therapist.email), now)
        with self._database.writing() as tx:
            therapist = _still(tx, half)
            if self._is_right(tx, therapist, code, browser, now):
                was_right(tx, counted)
                return started(tx, self._mails, therapist, browser, now, is_known=is_known)
            by = By(therapist.clinic, therapist.id, browser)
            audit.append(tx, by, Act.SIGN_IN_FAILED, now)
        raise Refused(Refusal.WRONG_CODE)

    def _is_right(self, tx: Transaction, one: Therapist, code: str, browser: str, now: int) -> bool:
        app = factors.app_of(tx, one.clinic, one.id)
        step = None if app is None else step_of(app.secret, code, now)
        if app is not None and step is not None:
            is_new = step > app.last_step
            return is_new and factors.use_step(tx, one.clinic, one.id, app, step)
        if not factors.use_code(tx, one.clinic, one.id, typed(code)):
            return False
        self._mails.tell(tx, one, Happened.CODE_USED, now, browser)
        audit.append(tx, By(one.clinic, one.id, browser), Act.CODE_USED, now)
        return True


def _still(tx: Transaction, half: HalfWay) -> Therapist:
    """Return who is half way. Raises Refused (OVER) where the password was changed meanwhile."""
    found = therapists.get(tx, half.clinic, half.therapist)
    stored = therapists.password_of(tx, half.clinic, half.therapist)
    if found is None or found.disabled_at is not None or stored is None:
        raise Refused(Refusal.OVER)
    if shown_by(stored) != half.shown:
        raise Refused(Refusal.OVER)
    return found
