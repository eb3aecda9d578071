"""Signing in, sessions and their ends, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from sqlalchemy import select

from assessment.practice.staff.accounts import IDLE, Accounts, SignedIn
from assessment.practice.staff.enrolment import Enrolment
from assessment.practice.staff.passwords import Cost, Passwords
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.records import attempts as attempts_of
from assessment.records import therapists
from assessment.records.database import Database
from assessment.records.ids import TherapistId
from assessment.records.tables import metadata
from assessment.records.transactions import Transaction
from tests.practice.cheap import CHEAP
from tests.records.some import disable

MINUTE = 60
HOUR = 60 * MINUTE
ANA, BEN = "ana@example.org", "ben@example.org"
GOOD = "maroon kettle drifts over nine hills"
OTHER = "seven grey herons wait by the weir"
HERE = "192.0.2.7"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def people(database: Database, clock: Clock) -> Accounts:
    """Accounts over two clinics: Ana owns Riverside, Ben owns Hillside."""
    enrolment = Enrolment(database, clock, CHEAP)
    for clinic, name, email in (("Riverside", "Ana Ruiz", ANA), ("Hillside", "Ben Okoro", BEN)):
        enrolment.set_up(enrolment.new_setup_code(), clinic, name, email, GOOD)
    return Accounts(database, clock, CHEAP)


def refusal(people: Accounts, email: str, password: str, address: str = HERE) -> Refusal | None:
    try:
        people.sign_in(email, password, address, "Firefox")
    except Refused as refused:
        return refused.kind
    return None


def signed_in(people: Accounts, email: str = ANA, browser: str = "Firefox") -> tuple[str, SignedIn]:
    token = people.sign_in(email, GOOD, HERE, browser)
    who = people.session(token)
    assert who is not None
    return token, who


def test_the_right_password_opens_a_session_of_its_owner(people: Accounts) -> None:
    _, who = signed_in(people)
    assert (who.therapist.email, who.clinic.name) == (ANA, "Riverside")
    assert who.therapist.is_owner


def test_an_address_is_read_in_any_case(people: Accounts) -> None:
    assert refusal(people, " ANA@Example.ORG ", GOOD) is None


def test_6_3_8_an_unknown_account_is_refused_like_a_wrong_password(people: Accounts) -> None:
    assert refusal(people, ANA, OTHER) is Refusal.WRONG
    assert refusal(people, "nobody@example.org", OTHER) is Refusal.WRONG


def test_an_unknown_account_costs_as_much_work_as_a_known_one(
    database: Database, clock: Clock, people: Accounts
) -> None:
    counting = Counting()
    counted = Accounts(database, clock, counting)
    for email in (ANA, "nobody@example.org"):
        counting.verified.clear()
        assert refusal(counted, email, OTHER) is Refusal.WRONG
        [stored] = counting.verified
        assert stored.startswith("$argon2id$")


class Counting(Passwords):
    """Tells what a password was compared with."""

    def __init__(self) -> None:
        super().__init__(Cost(memory=8, rounds=1, lanes=1))
        self.verified: list[str] = []

    def is_right(self, stored: str | None, password: str) -> bool:
        self.verified.append(stored or self._nobodys)
        return super().is_right(stored, password)


class Alone(Passwords):
    """Fails when a password is hashed while nobody else can write (on SQLite)."""

    def __init__(self, database: Database, cost: Cost) -> None:
        super().__init__(cost)
        self._database = database

    def hash(self, password: str) -> str:
        with self._database.writing() as tx:
            attempts_of.add(tx, "hashed", 1_800_000_000)
        return super().hash(password)


def test_others_can_write_while_a_password_is_hashed(
    url: str, open_database: Callable[..., Database], database: Database, clock: Clock
) -> None:
    impatient = open_database(url, patience=0.1)
    alone = Alone(impatient, Cost(memory=8, rounds=1, lanes=1))
    enrolment = Enrolment(database, clock, alone)
    enrolment.set_up(enrolment.new_setup_code(), "Riverside", "Ana Ruiz", ANA, GOOD)
    enrolment.set_password(ANA, enrolment.new_password_code(ANA), OTHER)
    dearer = Accounts(database, clock, Alone(impatient, Cost(memory=16, rounds=1, lanes=1)))
    token = dearer.sign_in(ANA, OTHER, HERE, "Firefox")
    who = dearer.session(token)
    assert who is not None
    dearer.change_password(who, OTHER, GOOD)
    with database.reading() as tx:
        assert len(attempts_of.times(tx, "hashed", 0, 3_000_000_000)) == 4


def test_what_one_changes_of_oneself_undoes_nothing_that_others_changed_meanwhile(
    people: Accounts, database: Database
) -> None:
    _, who = signed_in(people)
    with database.writing() as tx:
        disable(tx, who.therapist, 1)
    people.change_details(who, "Ana R.", urgent_mail=False, password=GOOD)
    with database.reading() as tx:
        found = therapists.get(tx, who.clinic.id, who.therapist.id)
    assert found == replace(who.therapist, name="Ana R.", disabled_at=1)


def test_who_is_disabled_is_refused_and_their_sessions_are_dead(
    people: Accounts, database: Database
) -> None:
    token, who = signed_in(people)
    with database.writing() as tx:
        disable(tx, who.therapist, 1)
    assert people.session(token) is None
    assert refusal(people, ANA, GOOD) is Refusal.WRONG


def test_a_session_that_began_under_a_wrong_clock_has_ended(people: Accounts, clock: Clock) -> None:
    """It would last, and count as confirmed just now, for as long as the clock was wrong."""
    clock.now += 30 * 24 * HOUR
    token = people.sign_in(ANA, GOOD, HERE, "a browser")
    assert people.session(token) is not None
    clock.now -= 30 * 24 * HOUR
    assert people.session(token) is None


def test_a_session_that_was_used_under_a_wrong_clock_ends_as_usual(
    people: Accounts, clock: Clock
) -> None:
    token = people.sign_in(ANA, GOOD, HERE, "a browser")
    clock.now += 10 * MINUTE
    assert people.session(token) is not None
    clock.now -= 8 * MINUTE
    who = people.session(token)
    assert who is not None
    assert who.idle_ends == clock.now + IDLE
    clock.now += IDLE
    assert people.session(token) is None


def test_11_4_2_a_hash_of_an_older_cost_is_made_anew_at_sign_in(
    people: Accounts, database: Database, clock: Clock
) -> None:
    dearer = Accounts(database, clock, Passwords(Cost(memory=16, rounds=2, lanes=1)))
    _, who = signed_in(dearer)
    assert "m=16,t=2" in (password_of(database, who) or "")
    signed_in(dearer)
    _, who = signed_in(people)
    assert "m=8,t=1" in (password_of(database, who) or "")


def password_of(database: Database, who: SignedIn) -> str | None:
    with database.reading() as tx:
        return therapists.password_of(tx, who.clinic.id, who.therapist.id)


def test_7_2_3_a_session_is_256_bits_and_only_its_hash_is_stored(
    people: Accounts, database: Database
) -> None:
    tokens = {people.sign_in(ANA, GOOD, HERE, "Firefox") for _ in range(20)}
    assert len(tokens) == 20
    assert {len(token) for token in tokens} == {43}
    with database.reading() as tx:
        stored = [
            str(value)
            for table in metadata.sorted_tables
            for row in tx.connection.execute(select(table))
            for value in row
        ]
    assert not [value for value in stored for token in tokens if token in value]


def test_7_3_1_a_session_ends_after_15_idle_minutes(people: Accounts, clock: Clock) -> None:
    token, _ = signed_in(people)
    clock.now += 15 * MINUTE - 1
    assert people.session(token) is not None
    clock.now += 15 * MINUTE - 1
    who = people.session(token)
    assert who is not None
    assert who.idle_ends == int(clock.now) + 15 * MINUTE
    clock.now += 15 * MINUTE
    assert people.session(token) is None


def test_7_3_2_a_session_ends_after_12_hours_whatever_is_done(
    people: Accounts, clock: Clock
) -> None:
    token, who = signed_in(people)
    began = clock.now
    while clock.now - began < 12 * HOUR - 10 * MINUTE:
        clock.now += 10 * MINUTE
        assert people.session(token) is not None
    latest = people.session(token)
    assert latest is not None
    assert latest.idle_ends == latest.ends == who.ends == began + 12 * HOUR
    clock.now = began + 12 * HOUR
    assert people.session(token) is None


def test_a_new_password_prompt_does_not_lengthen_a_session(people: Accounts, clock: Clock) -> None:
    _, who = signed_in(people)
    clock.now += HOUR / 6
    renewed = people.session(people.change_password(who, GOOD, OTHER))
    assert renewed is not None
    assert renewed.ends == who.ends


def test_7_4_1_a_copy_of_the_secret_is_dead_after_signing_out(people: Accounts) -> None:
    token, _ = signed_in(people)
    people.sign_out(token)
    people.sign_out(token)
    assert people.session(token) is None


def test_a_secret_that_was_never_given_out_opens_nothing(people: Accounts) -> None:
    for token in ("", "x", "x" * 43, "\0", "é"):
        assert people.session(token) is None


def test_7_5_2_people_see_their_own_open_sessions_and_end_them(
    people: Accounts, clock: Clock
) -> None:
    gone, _ = signed_in(people, browser="Opera")
    clock.now += 16 * MINUTE
    first, _ = signed_in(people, browser="Firefox on Linux")
    clock.now += MINUTE
    second, who = signed_in(people, browser="Safari on iPhone")
    _, ben = signed_in(people, BEN)
    assert [one.browser for one in people.sessions(who)] == ["Safari on iPhone", "Firefox on Linux"]
    assert people.session(gone) is None
    [other] = [one for one in people.sessions(who) if one.id != who.session.id]
    assert not people.end_session(ben, other.id)
    assert people.session(first) is not None
    assert people.end_session(who, other.id)
    assert not people.end_session(who, other.id)
    assert people.session(first) is None
    assert people.session(second) is not None


def test_signing_out_everywhere_ends_all_of_ones_sessions_and_nobody_elses(
    people: Accounts,
) -> None:
    tokens = [signed_in(people)[0] for _ in range(3)]
    ben, _ = signed_in(people, BEN)
    who = people.session(tokens[0])
    assert who is not None
    people.sign_out_everywhere(who)
    assert [people.session(token) for token in tokens] == [None, None, None]
    assert people.session(ben) is not None


def test_a_password_given_again_counts_for_five_minutes(people: Accounts, clock: Clock) -> None:
    _, who = signed_in(people)
    assert people.is_fresh(who)
    clock.now += 5 * MINUTE
    assert not people.is_fresh(who)
    renewed = people.session(people.change_password(who, GOOD, OTHER))
    assert renewed is not None
    assert people.is_fresh(renewed)


def test_7_2_4_giving_the_password_again_replaces_the_secret(people: Accounts) -> None:
    token, who = signed_in(people)
    new = people.change_password(who, GOOD, OTHER)
    assert people.session(token) is None
    renewed = people.session(new)
    assert renewed is not None
    assert renewed.session.csrf == who.session.csrf, "forms that are open stay good"


def test_a_session_that_was_ended_elsewhere_is_not_brought_back(people: Accounts) -> None:
    _, who = signed_in(people)
    people.sign_out_everywhere(who)
    with pytest.raises(Refused):
        people.change_password(who, GOOD, OTHER)
    assert people.sessions(who) == ()
    assert refusal(people, ANA, GOOD) is None, "the password has not changed"


def test_6_2_3_the_old_password_is_needed_for_a_new_one(people: Accounts) -> None:
    token, who = signed_in(people)
    with pytest.raises(Refused) as refused:
        people.change_password(who, OTHER, OTHER)
    assert refused.value.kind is Refusal.WRONG
    for weak, kind in (("short", Refusal.SHORT), ("x " * 70, Refusal.LONG)):
        with pytest.raises(Refused) as refused:
            people.change_password(who, GOOD, weak)
        assert refused.value.kind is kind
    with pytest.raises(Refused) as refused:
        people.change_password(who, GOOD, "Riverside Ana Ruiz")
    assert refused.value.kind is Refusal.COMMON
    assert people.session(token) is not None


def test_7_4_3_a_new_password_ends_all_other_sessions(people: Accounts) -> None:
    elsewhere, _ = signed_in(people)
    old, who = signed_in(people)
    new = people.change_password(who, GOOD, OTHER)
    assert people.session(elsewhere) is None
    assert people.session(old) is None
    assert people.session(new) is not None
    assert refusal(people, ANA, GOOD) is Refusal.WRONG
    assert refusal(people, ANA, OTHER) is None


def test_what_one_changes_of_oneself_is_kept(people: Accounts) -> None:
    _, who = signed_in(people)
    name = "Ana María Ruiz"
    with pytest.raises(Refused) as refused:
        people.change_details(who, name, urgent_mail=False)
    assert refused.value.kind is Refusal.CONFIRM
    token = people.change_details(who, name, urgent_mail=True, password=GOOD)
    assert token is not None
    after = people.session(token)
    assert after is not None
    assert (after.therapist.name, after.therapist.urgent_mail) == ("Ana María Ruiz", True)
    assert (after.therapist.email, after.therapist.is_owner) == (ANA, True)


def test_7_5_1_mail_is_changed_with_a_password_that_is_fresh(
    people: Accounts, clock: Clock
) -> None:
    token, who = signed_in(people)
    clock.now += 6 * MINUTE
    name = who.therapist.name
    assert people.change_details(who, name, urgent_mail=False) is None
    for typed, kind in (("", Refusal.CONFIRM), (OTHER, Refusal.WRONG)):
        with pytest.raises(Refused) as refused:
            people.change_details(who, name, urgent_mail=True, password=typed)
        assert refused.value.kind is kind
    new = people.change_details(who, name, urgent_mail=True, password=GOOD)
    assert new is not None
    assert people.session(token) is None
    after = people.session(new)
    assert after is not None
    assert after.therapist.urgent_mail


def test_using_a_session_is_not_written_with_every_page(
    people: Accounts, database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, _ = signed_in(people)
    written: list[float] = []

    def writing() -> AbstractContextManager[Transaction]:
        written.append(clock.now)
        return Database.writing(database)

    monkeypatch.setattr(database, "writing", writing)
    for _ in range(60):
        clock.now += 5
        assert people.session(token) is not None
    assert 5 <= len(written) <= 10


def test_someone_of_no_clinic_cannot_be_made_up(people: Accounts) -> None:
    token, who = signed_in(people)
    _, ben = signed_in(people, BEN)
    crossed = replace(ben, therapist=replace(ben.therapist, id=TherapistId(who.therapist.id)))
    people.sign_out_everywhere(crossed)
    assert people.session(token) is not None
