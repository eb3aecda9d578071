"""How often somebody may try a password, on both databases; and what counts as one address."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from assessment.practice.cooldown import NEVER, lately
from assessment.practice.staff.accounts import Accounts
from assessment.practice.staff.enrolment import Enrolment
from assessment.practice.staff.passwords import Cost, Passwords
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.practice.staff.throttling import (
    BY_ACCOUNT,
    BY_ADDRESS,
    MOST_BY_ACCOUNT,
    MOST_BY_ADDRESS,
    WINDOW,
    network_of,
)
from assessment.records.database import Database
from assessment.records.tables import attempts
from assessment.web.server.counts import Counts
from assessment.web.server.throttle import Throttle
from tests.practice.cheap import CHEAP
from tests.practice.staff.test_accounts import (
    ANA,
    BEN,
    GOOD,
    HERE,
    HOUR,
    OTHER,
    Clock,
    clock,
    people,
    refusal,
    signed_in,
)

__all__ = ["clock", "people"]


def guess(
    people: Accounts, clock: Clock, email: str, address: str = HERE, times: int = 1
) -> list[int]:
    """Try wrong passwords, wait out every pause, and return the pauses."""
    done, pauses = 0, []
    while done < times:
        try:
            people.sign_in(email, OTHER, address, "Firefox")
        except Refused as refused:
            done += refused.kind is Refusal.WRONG
            pauses += [refused.wait] if refused.wait else []
            clock.now += refused.wait
    return pauses


def test_6_3_1_after_ten_wrong_tries_an_account_waits_even_with_the_right_password(
    people: Accounts, clock: Clock
) -> None:
    began = clock.now
    guess(people, clock, ANA, times=MOST_BY_ACCOUNT)
    assert refusal(people, ANA, GOOD) is Refusal.WAIT
    assert refusal(people, ANA, GOOD, "198.51.100.9") is Refusal.WAIT
    assert refusal(people, BEN, GOOD) is None
    clock.now = began + WINDOW - 1
    assert refusal(people, ANA, GOOD) is Refusal.WAIT
    clock.now += 2
    assert refusal(people, ANA, GOOD) is None


def test_6_3_1_pauses_that_grow_come_before_the_lock(people: Accounts, clock: Clock) -> None:
    pauses = guess(people, clock, ANA, times=MOST_BY_ACCOUNT + 1)
    assert pauses == [5, 10, 20, 40, 80, WINDOW - 155]


def test_an_account_that_is_not_there_waits_as_well(people: Accounts, clock: Clock) -> None:
    guess(people, clock, "nobody@example.org", times=MOST_BY_ACCOUNT)
    assert refusal(people, "nobody@example.org", OTHER) is Refusal.WAIT


def test_a_right_password_forgets_the_wrong_ones(people: Accounts, clock: Clock) -> None:
    for _ in range(3):
        guess(people, clock, ANA, times=BY_ACCOUNT.free - 1)
        assert refusal(people, ANA, GOOD) is None


def test_6_3_1_an_address_that_tries_many_accounts_waits(people: Accounts, clock: Clock) -> None:
    for number in range(MOST_BY_ADDRESS):
        guess(people, clock, f"guess{number}@example.org")
    clock.now += BY_ADDRESS.longest
    assert refusal(people, ANA, GOOD) is Refusal.WAIT
    assert refusal(people, ANA, GOOD, "192.0.2.8") is None
    clock.now += WINDOW + 1
    assert refusal(people, ANA, GOOD) is None


@pytest.mark.parametrize("device", [None, "known"])
def test_6_3_1_many_tries_at_once_get_no_further_than_one_after_the_other(
    database: Database, people: Accounts, clock: Clock, device: str | None
) -> None:
    """Every guess waits at its password until the others are there, too."""
    tries, looked_at = 40, 0

    class Slow(Passwords):
        def is_right(self, stored: str | None, password: str) -> bool:
            nonlocal looked_at
            looked_at += 1
            if looked_at < tries:
                refusal_of(self)
            return False

    def refusal_of(slow: Passwords) -> Refusal | None:
        try:
            Accounts(database, clock, slow).sign_in(ANA, OTHER, HERE, "Firefox", device)
        except Refused as refused:
            return refused.kind
        return None

    refusal_of(Slow(Cost(memory=8, rounds=1, lanes=1)))
    assert looked_at == BY_ACCOUNT.free * (1 if device is None else 2)


def test_6_3_1_of_many_threads_that_guess_at_once_few_are_let_through(people: Accounts) -> None:
    together = threading.Barrier(40)

    def one(number: int) -> Refusal | None:
        together.wait(30)
        return refusal(people, f"guess{number}@example.org", OTHER)

    with ThreadPoolExecutor(40) as pool:
        kinds = list(pool.map(one, range(40)))
    assert kinds.count(Refusal.WRONG) == BY_ADDRESS.free
    assert kinds.count(Refusal.WAIT) == 40 - BY_ADDRESS.free


def test_an_old_password_opens_nothing_that_was_replaced_while_it_was_looked_at(
    database: Database, people: Accounts, clock: Clock
) -> None:
    class Overtaken(Passwords):
        def is_right(self, stored: str | None, password: str) -> bool:
            enrolment = Enrolment(database, clock, CHEAP)
            enrolment.set_password(ANA, enrolment.new_password_code(ANA), OTHER)
            return super().is_right(stored, password)

    overtaken = Accounts(database, clock, Overtaken(Cost(memory=8, rounds=1, lanes=1)))
    assert refusal(overtaken, ANA, GOOD) is Refusal.WRONG
    assert refusal(people, ANA, OTHER) is None


def test_a_time_in_the_future_holds_nobody_up(people: Accounts, clock: Clock) -> None:
    clock.now += 30 * 24 * HOUR
    guess(people, clock, ANA, times=MOST_BY_ACCOUNT)
    clock.now -= 30 * 24 * HOUR
    assert refusal(people, ANA, GOOD) is None


def test_6_3_1_strangers_keep_nobody_out_of_a_device_that_was_signed_in_before(
    people: Accounts, clock: Clock
) -> None:
    for number in range(MOST_BY_ADDRESS):
        guess(people, clock, f"guess{number}@example.org")
    guess(people, clock, ANA, "198.51.100.9", times=MOST_BY_ACCOUNT)
    assert refusal(people, ANA, GOOD) is Refusal.WAIT
    assert people.session(people.sign_in(ANA, GOOD, HERE, "Firefox", "her laptop")) is not None
    assert refusal(people, ANA, GOOD) is Refusal.WAIT, "what strangers tried still counts"


def test_of_an_ipv6_address_the_half_that_one_cannot_choose_counts(
    people: Accounts, clock: Clock
) -> None:
    for number in range(MOST_BY_ADDRESS):
        guess(people, clock, f"guess{number}@example.org", f"2001:db8:1:2::{number:x}")
    assert refusal(people, ANA, GOOD, "2001:db8:1:2:ffff::1") is Refusal.WAIT
    assert refusal(people, ANA, GOOD, "2001:db8:1:3::1") is None


def test_many_who_sign_in_from_one_place_are_not_in_each_others_way(people: Accounts) -> None:
    for _ in range(MOST_BY_ADDRESS + 5):
        assert refusal(people, ANA, GOOD) is None


def test_what_is_counted_tells_neither_account_nor_address(
    people: Accounts, database: Database, clock: Clock
) -> None:
    refusal(people, "nobody@example.org", OTHER)
    with database.reading() as tx:
        rows = [str(row) for row in tx.connection.execute(select(attempts))]
    assert rows
    assert not [row for row in rows if "nobody" in row or "192.0.2" in row]
    clock.now += WINDOW + 1
    refusal(people, BEN, GOOD)
    with database.reading() as tx:
        assert tx.connection.execute(select(attempts)).all() == []


def test_guessing_within_a_session_is_slowed_down_and_apart_from_sign_in(people: Accounts) -> None:
    token, who = signed_in(people)
    for _ in range(BY_ACCOUNT.free):
        with pytest.raises(Refused):
            people.change_password(who, OTHER, OTHER)
    with pytest.raises(Refused) as refused:
        people.change_password(who, GOOD, OTHER)
    assert refused.value.kind is Refusal.WAIT
    assert people.session(token) is not None
    assert refusal(people, ANA, GOOD) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("", "unknown", False),
    ],
)
def test_one_who_can_choose_among_addresses_counts_as_one(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same


def test_starts_are_counted_in_the_same_way() -> None:
    throttle = Throttle("starts", 2, Counts(bytes(32)))
    assert [throttle.take(f"2001:db8::{n}") for n in range(3)] == [True, True, False]
    assert throttle.take("::ffff:192.0.2.1")
    assert throttle.take("::ffff:192.0.2.2")


def test_starts_under_a_clock_that_was_wrong_hold_nothing_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right = time.time()
    monkeypatch.setattr(time, "time", lambda: right + 30 * 86400)
    throttle = Throttle("starts", 1, Counts(bytes(32)))
    assert [throttle.take("192.0.2.1") for _ in range(2)] == [True, False]
    monkeypatch.setattr(time, "time", lambda: right)
    assert [throttle.take("192.0.2.1") for _ in range(2)] == [True, False]


@pytest.mark.parametrize(
    ("ago", "is_lately"), [(0, True), (59, True), (60, False), (-1, False), (-1e9, False)]
)
def test_what_is_still_to_come_was_not_lately(ago: float, is_lately: bool) -> None:
    assert lately(1e9 - ago, 1e9, 60) is is_lately
    assert not lately(NEVER, 1e9, 60)
