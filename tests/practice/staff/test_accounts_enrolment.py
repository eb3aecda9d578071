"""How clinics and accounts come to be, on both databases."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from assessment.practice.staff.accounts import Accounts
from assessment.practice.staff.enrolment import Enrolment
from assessment.practice.staff.new_clinic import slug_of
from assessment.practice.staff.passwords import Passwords
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.practice.staff.throttling import MOST_BY_ACCOUNT
from assessment.records import clinics
from assessment.records.database import Database
from assessment.records.tables import codes, therapists
from tests.practice.cheap import CHEAP
from tests.practice.staff.test_accounts import ANA, BEN, GOOD, HERE, HOUR, OTHER, Clock, refusal


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def enrolment(database: Database, clock: Clock) -> Enrolment:
    return Enrolment(database, clock, CHEAP)


@pytest.fixture
def people(database: Database, clock: Clock) -> Accounts:
    return Accounts(database, clock, CHEAP)


def set_up(enrolment: Enrolment, clinic: str = "Riverside", email: str = ANA) -> None:
    enrolment.set_up(enrolment.new_setup_code(), clinic, "Ana Ruiz", email, GOOD)


def kind_of(refused: pytest.ExceptionInfo[Refused]) -> Refusal:
    return refused.value.kind


def test_6_3_2_a_new_installation_has_no_account_at_all(
    enrolment: Enrolment, people: Accounts, database: Database
) -> None:
    assert enrolment.setup_needed()
    with database.reading() as tx:
        assert tx.connection.execute(select(therapists)).all() == []
    for email in ("admin", "admin@example.org", "root", ""):
        assert refusal(people, email, "admin") is Refusal.WRONG


def test_a_code_makes_one_clinic_and_its_owner(
    enrolment: Enrolment, people: Accounts, database: Database
) -> None:
    code = enrolment.new_setup_code()
    enrolment.set_up(code, "Praxis Müller & Søn", "Ana Ruiz", ANA, GOOD)
    assert not enrolment.setup_needed()
    assert refusal(people, ANA, GOOD) is None
    with database.reading() as tx:
        [clinic] = clinics.every(tx)
    assert (clinic.name, clinic.slug, clinic.invitation_days) == (
        "Praxis Müller & Søn", "praxis-muller-sn", 7,
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        enrolment.set_up(code, "Another", "Ben", BEN, GOOD)
    assert kind_of(refused) is Refusal.CODE


def test_a_code_has_100_bits_and_only_its_hash_is_stored(
    enrolment: Enrolment, database: Database
) -> None:
    made = {enrolment.new_setup_code() for _ in range(50)}
    assert len(made) == 50
    for code in made:
        assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}", code)
    with database.reading() as tx:
        [row] = tx.connection.execute(select(codes)).all()
    assert not [code for code in made if code in str(row) or code.replace("-", "") in str(row)]


def test_a_code_may_be_typed_as_people_type(enrolment: Enrolment) -> None:
    code = enrolment.new_setup_code()
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    enrolment.set_up(f" {typed} ", "Riverside", "Ana", ANA, GOOD)
    assert not enrolment.setup_needed()


def test_of_many_who_use_a_code_at_once_one_succeeds(enrolment: Enrolment) -> None:
    code = enrolment.new_setup_code()

    def attempt(number: int) -> bool:
        try:
            enrolment.set_up(code, "Riverside", "Ana", f"ana{number}@example.org", GOOD)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1
    assert len(enrolment.everybody()) == 1


def test_6_3_8_no_code_tells_who_has_an_account(enrolment: Enrolment, database: Database) -> None:
    set_up(enrolment)
    for taken in (ANA, ANA.upper()):
        code = enrolment.new_setup_code()
        for _ in range(2):
            with pytest.raises(Refused) as refused:
                enrolment.set_up(code, "Hillside", "Ben", taken, GOOD)
            assert kind_of(refused) is Refusal.CODE
        with pytest.raises(Refused) as refused:
            enrolment.set_up(code, "Hillside", "Ben", BEN, GOOD)
        assert kind_of(refused) is Refusal.CODE, "one code answers one guess at most"
    assert [clinic.name for clinic, _ in enrolment.everybody()] == ["Riverside"]

    set_up(enrolment, "Hillside", BEN)
    code = enrolment.new_password_code(ANA)
    for other in (BEN, "nobody@example.org"):
        with pytest.raises(Refused) as refused:
            enrolment.set_password(other, code, "Ben of Hillside and his owl")
        assert kind_of(refused) is Refusal.CODE
    enrolment.set_password(ANA, code, OTHER)


def test_of_many_codes_that_are_made_at_once_one_is_good(
    enrolment: Enrolment, database: Database
) -> None:
    set_up(enrolment)
    for make in (enrolment.new_setup_code, lambda: enrolment.new_password_code(ANA)):
        with ThreadPoolExecutor(8) as pool:
            made = list(pool.map(lambda _, make=make: make(), range(8)))
        assert len(set(made)) == 8
    with database.reading() as tx:
        purposes = sorted(tx.connection.execute(select(codes.c.purpose)).scalars())
    assert purposes == ["password", "setup"]


def test_a_new_code_replaces_the_old_one_and_lasts_a_day(
    enrolment: Enrolment, clock: Clock
) -> None:
    old, code = enrolment.new_setup_code(), enrolment.new_setup_code()
    with pytest.raises(Refused):
        enrolment.set_up(old, "Riverside", "Ana", ANA, GOOD)
    clock.now += 24 * HOUR
    with pytest.raises(Refused):
        enrolment.set_up(code, "Riverside", "Ana", ANA, GOOD)
    assert enrolment.setup_needed()


def test_what_is_wrong_with_the_rest_does_not_use_up_the_code(enrolment: Enrolment) -> None:
    set_up(enrolment)
    code = enrolment.new_setup_code()
    for email, password, kind in (
        (BEN, "short", Refusal.SHORT),
        (BEN, "Hillside Hillside", Refusal.COMMON),
    ):
        with pytest.raises(Refused) as refused:
            enrolment.set_up(code, "Hillside", "Ben", email, password)
        assert kind_of(refused) is kind
    assert len(enrolment.everybody()) == 1
    enrolment.set_up(code, "Hillside", "Ben", BEN, GOOD)
    assert len(enrolment.everybody()) == 2


def test_clinics_of_one_name_have_addresses_of_their_own(enrolment: Enrolment) -> None:
    for number in range(3):
        set_up(enrolment, "Riverside!", f"ana{number}@example.org")
    assert {clinic.slug for clinic, _ in enrolment.everybody()} == {
        "riverside", "riverside-2", "riverside-3",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Riverside Massage", "riverside-massage"),
        ("  --Ánna's  Praxis-- ", "anna-s-praxis"),
        ("マッサージ", "clinic"),
        ("a" * 60, "a" * 40),
        ("../../c/<script>", "c-script"),
    ],
)
def test_an_address_holds_letters_digits_and_hyphens_only(name: str, slug: str) -> None:
    assert slug_of(name) == slug


def test_somebody_who_is_added_chooses_their_password_with_a_code(
    enrolment: Enrolment, people: Accounts
) -> None:
    set_up(enrolment)
    code = enrolment.add_therapist(BEN, "Ben Okoro")
    assert refusal(people, BEN, "") is Refusal.WRONG
    enrolment.set_password(BEN, code, GOOD)
    who = people.session(people.sign_in(BEN, GOOD, HERE, "Firefox"))
    assert who is not None
    assert (who.clinic.name, who.therapist.is_owner) == ("Riverside", False)
    with pytest.raises(Refused) as refused:
        enrolment.set_password(BEN, code, OTHER)
    assert kind_of(refused) is Refusal.CODE


def test_where_there_are_several_clinics_one_has_to_be_named(enrolment: Enrolment) -> None:
    with pytest.raises(Refused) as refused:
        enrolment.add_therapist(BEN, "Ben")
    assert kind_of(refused) is Refusal.NO_CLINIC
    set_up(enrolment)
    set_up(enrolment, "Hillside", "cleo@example.org")
    for slug, kind in ((None, Refusal.WHICH_CLINIC), ("nowhere", Refusal.NO_CLINIC)):
        with pytest.raises(Refused) as refused:
            enrolment.add_therapist(BEN, "Ben", slug)
        assert kind_of(refused) is kind
    enrolment.add_therapist(BEN, "Ben", "hillside")
    staff = {clinic.slug: {one.email for one in people} for clinic, people in enrolment.everybody()}
    assert staff == {"riverside": {ANA}, "hillside": {"cleo@example.org", BEN}}
    with pytest.raises(Refused) as refused:
        enrolment.add_therapist(BEN, "Ben", "riverside")
    assert kind_of(refused) is Refusal.EMAIL_TAKEN


def test_a_forgotten_password_is_replaced_with_a_code(
    enrolment: Enrolment, people: Accounts, clock: Clock
) -> None:
    set_up(enrolment)
    token = people.sign_in(ANA, GOOD, HERE, "Firefox")
    first, code = enrolment.new_password_code(ANA), enrolment.new_password_code(ANA)
    assert people.session(token) is not None, "the code alone changes nothing"
    for wrong in (first, "", "x", code[:-1]):
        with pytest.raises(Refused) as refused:
            enrolment.set_password(ANA, wrong, OTHER)
        assert kind_of(refused) is Refusal.CODE
    enrolment.set_password(ANA, code, OTHER)
    assert people.session(token) is None, "whoever was signed in is not any more"
    assert refusal(people, ANA, GOOD) is Refusal.WRONG
    assert refusal(people, ANA, OTHER) is None
    late = enrolment.new_password_code(ANA)
    clock.now += 24 * HOUR
    with pytest.raises(Refused):
        enrolment.set_password(ANA, late, GOOD)


def test_a_code_lets_in_who_had_too_many_tries(enrolment: Enrolment, people: Accounts) -> None:
    set_up(enrolment)
    for _ in range(MOST_BY_ACCOUNT):
        refusal(people, ANA, OTHER)
    assert refusal(people, ANA, GOOD) is Refusal.WAIT
    enrolment.set_password(ANA, enrolment.new_password_code(ANA), OTHER)
    assert refusal(people, ANA, OTHER) is None


def test_9_2_2_a_code_is_good_for_its_purpose_and_its_owner_only(enrolment: Enrolment) -> None:
    set_up(enrolment)
    code = enrolment.add_therapist(BEN, "Ben")
    setup = enrolment.new_setup_code()
    with pytest.raises(Refused) as refused:
        enrolment.set_up(code, "Another", "Cleo", "cleo@example.org", GOOD)
    assert kind_of(refused) is Refusal.CODE
    for email, wrong in ((ANA, code), ("nobody@example.org", code), (BEN, setup)):
        with pytest.raises(Refused) as refused:
            enrolment.set_password(email, wrong, OTHER)
        assert kind_of(refused) is Refusal.CODE
    enrolment.set_password(BEN, code, GOOD)


def test_a_weak_password_does_not_use_up_the_code(enrolment: Enrolment) -> None:
    set_up(enrolment)
    code = enrolment.new_password_code(ANA)
    for weak in ("short", "passwordpassword", "Ana Ruiz Riverside"):
        with pytest.raises(Refused):
            enrolment.set_password(ANA, code, weak)
    enrolment.set_password(ANA, code, OTHER)


def test_nobody_gets_a_code_who_has_no_account(enrolment: Enrolment) -> None:
    with pytest.raises(Refused) as refused:
        enrolment.new_password_code("nobody@example.org")
    assert kind_of(refused) is Refusal.NO_ACCOUNT


def test_without_a_good_code_no_password_is_looked_at(
    enrolment: Enrolment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked_at(*_: object) -> None:
        raise AssertionError("a password was looked at")

    monkeypatch.setattr(Passwords, "refuse_weak", looked_at)
    monkeypatch.setattr(Passwords, "hash", looked_at)
    with pytest.raises(Refused) as refused:
        enrolment.set_up("AAAAA-AAAAA-AAAAA-AAAAA", "Elm", "Ana", "ana@example.org", "x" * 20)
    assert refused.value.kind is Refusal.CODE
    with pytest.raises(Refused) as refused:
        enrolment.set_password("ana@example.org", "AAAAA-AAAAA-AAAAA-AAAAA", "x" * 20)
    assert refused.value.kind is Refusal.CODE
