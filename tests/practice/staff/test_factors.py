"""A code is taken once, whoever else tries it at the same moment; forged rows open nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from sqlalchemy import update

from assessment.practice.staff.account_mails import AccountMails
from assessment.practice.staff.accounts import Accounts, SignedIn
from assessment.practice.staff.enrolment import Enrolment
from assessment.practice.staff.factors import STEP, Factors, step_of
from assessment.practice.staff.first_step import HalfWay, SecondStepNeeded
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.practice.staff.second_step import SecondStep
from assessment.records import therapists
from assessment.records.database import Database
from assessment.records.factor_tables import apps, recovery_codes
from tests.practice.cheap import CHEAP
from tests.practice.staff.test_accounts import ANA, BEN, GOOD, HERE, Clock, signed_in


class Desk:
    """A clinic with Ana, who owns it and has an app, and Ben, who has one as well."""

    def __init__(self, database: Database) -> None:
        self.clock, self.database, mails = Clock(), database, AccountMails()
        enrolment = Enrolment(database, self.clock, CHEAP)
        self.people = Accounts(database, self.clock, CHEAP)
        self.factors = Factors(database, self.clock, mails)
        self.step = SecondStep(database, self.clock, mails)
        enrolment.set_up(enrolment.new_setup_code(), "Riverside", "Ana Ruiz", ANA, GOOD)
        enrolment.set_password(BEN, enrolment.add_therapist(BEN, "Ben Okoro"), GOOD)
        self.ana, self.codes = self.with_app(ANA)
        self.ben, self.bens = self.with_app(BEN)
        self.clock.now += STEP

    def with_app(self, email: str) -> tuple[tuple[SignedIn, pyotp.TOTP], tuple[str, ...]]:
        who, secret = signed_in(self.people, email)[1], self.factors.new_secret()
        app = pyotp.TOTP(secret)
        codes = self.factors.switch_on_app(who, secret, app.at(int(self.clock.now)))
        return (who, app), codes

    def half(self, email: str = ANA) -> HalfWay:
        with pytest.raises(SecondStepNeeded) as needed:
            self.people.sign_in(email, GOOD, HERE, "Firefox")
        return needed.value.half

    def give(self, code: str, half: HalfWay | None = None) -> Refusal | None:
        try:
            self.step.take(half or self.half(), code, "Firefox", is_known=True)
        except Refused as refused:
            return refused.kind
        return None


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.mark.parametrize("kind", ["app", "recovery code"])
def test_asvs_6_5_1_of_two_who_give_one_code_at_once_one_gets_in(desk: Desk, kind: str) -> None:
    code = desk.ana[1].at(int(desk.clock.now)) if kind == "app" else desk.codes[0]
    halves = [desk.half(), desk.half()]
    with ThreadPoolExecutor(2) as at_once:
        done = list(at_once.map(lambda half: desk.give(code, half), halves))

    assert sorted(map(str, done)) == sorted([str(None), str(Refusal.WRONG_CODE)])


def test_what_belongs_to_somebody_else_opens_nothing(desk: Desk) -> None:
    """Also where somebody who writes the database, and has no key, moves it there."""
    ana, ben = desk.ana[0].therapist.id, desk.ben[0].therapist.id
    assert desk.give(desk.bens[0]) is Refusal.WRONG_CODE
    assert desk.give(desk.ben[1].at(int(desk.clock.now))) is Refusal.WRONG_CODE
    with desk.database.writing() as tx:
        tx.connection.execute(update(recovery_codes).values(therapist=ana))
        theirs = apps.c.id == ben
        stored = tx.connection.execute(apps.select().where(theirs)).one().sealed
        tx.connection.execute(update(apps).where(apps.c.id == ana).values(sealed=stored))

    assert desk.give(desk.bens[1]) is Refusal.WRONG_CODE
    assert desk.give(desk.ben[1].at(int(desk.clock.now))) is Refusal.WRONG_CODE
    assert desk.half(), "a row that cannot be read is asked for all the same"


def test_a_disabled_account_does_not_get_through_the_second_step(desk: Desk) -> None:
    half = desk.half(BEN)
    who = desk.ben[0]
    with desk.database.writing() as tx:
        therapists.disable(tx, who.clinic.id, who.therapist.id, int(desk.clock.now))
    assert desk.give(desk.bens[0], half) is Refusal.OVER


@pytest.mark.parametrize("code", ["", "12345", "1234567", "\u0661\u0662\u0663\u0664\u0665\u0666"])
def test_what_is_no_code_of_six_digits_is_none(code: str) -> None:
    assert step_of("A" * 32, code, 1_800_000_000) is None
