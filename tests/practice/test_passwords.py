"""Passwords: which are refused, and what is stored of the others."""

from __future__ import annotations

import unicodedata

import pytest

from assessment.practice.passwords import (
    LONGEST,
    OWASP,
    SHORTEST,
    Cost,
    Passwords,
    Weakness,
    weakness,
)
from tests.practice.cheap import CHEAP

GOOD = "maroon kettle drifts over nine hills"
GUESSED = [
    "passwordpassword", "111111111111111", "qwertyuiopasdfghjkl", "qwertyuiopasdfghjklzxcvbnm",
    "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8", "123456789012345", "1qaz2wsx3edc4rfv",
    "zaq12wsxcde34rfv", "qazwsxedcrfvtgbyhn", "iloveyou1234567", "Password123456789",
    "P4ssw0rd2024!!!!", "p@ssw0rdp@ssw0rd", "abcdefghijklmnop", "asdfasdfasdfasdf",
    "thisismypassword", "mypasswordismypassword", "letmein-letmein1", "Summer2026Summer!",
    "welcome to london", "AdminAdminAdmin1", "superman batman spider", "a" * 15, "ab" * 40,
    "correct horse" * 2, "azertyuiopqsdfghjklm", "Password Password 1", "football.1990.liverpool",
]  # fmt: skip
"""Well known to be long and common at once, or made in the same way."""
KEPT = [
    GOOD, "correct horse battery staple", "my dog eats green apples", "über die brücke gehen",
    "aB3$kL9#xQ2!mN7&", "b7G2pX9wQ4nL8sK1", "наш кот спит на печке",
    "私は毎朝七時に起きて散歩します",
    "xxxxxxx is not a word, is it?", "4821 9035 7716 2048 5539",
]  # fmt: skip


@pytest.mark.parametrize("password", GUESSED)
def test_6_2_4_what_people_guess_first_is_refused(password: str) -> None:
    assert len(password) >= SHORTEST
    assert weakness(password) is Weakness.COMMON


@pytest.mark.parametrize("password", KEPT)
def test_6_2_5_any_other_password_is_taken_whatever_it_is_made_of(password: str) -> None:
    assert weakness(password) is None


def test_6_2_11_names_that_others_know_do_not_make_a_password() -> None:
    own = ("Riverside Clinic", "Ana Ruiz", "ana.ruiz@willowbrook.example")
    for password in ("Riverside Clinic 2026", "willowbrook-ana-ruiz", "RuizRiversideAna1"):
        assert weakness(password) is None or weakness(password) is Weakness.COMMON
        assert weakness(password, *own) is Weakness.COMMON
    assert weakness("willowbrook and its seven owls", *own) is None


def test_6_2_1_fifteen_characters_are_the_least_and_128_the_most() -> None:
    assert weakness(GOOD[:14]) is Weakness.SHORT
    assert weakness("b7G2pX9wQ4nL8sK") is None
    longest = (GOOD * 4)[:100] + "b7G2pX9wQ4nL8sK1zR6vT3yM5cJd"
    assert len(longest) == LONGEST
    assert weakness(longest) is None
    assert weakness(longest + "!") is Weakness.LONG


def test_characters_are_counted_as_people_see_them() -> None:
    composed = "übergrößenträg"
    assert len(composed) == 14
    assert len(unicodedata.normalize("NFD", composed)) > SHORTEST
    assert weakness(unicodedata.normalize("NFD", composed)) is Weakness.SHORT


def test_6_2_9_a_pass_phrase_of_80_characters_counts_to_the_last_one() -> None:
    phrase = "ein über langer Satz mit vielen Wörtern, den sich niemand sonst ausdenken würde…"
    assert len(phrase) == 80
    stored = CHEAP.hash(phrase)
    assert CHEAP.is_right(stored, phrase)
    assert CHEAP.is_right(stored, unicodedata.normalize("NFD", phrase))
    assert not CHEAP.is_right(stored, phrase[:-1])
    assert not CHEAP.is_right(stored, phrase + " ")
    assert not CHEAP.is_right(stored, phrase.replace("ü", "u"))


def test_11_4_2_the_hash_is_argon2id_at_the_cost_that_owasp_asks_for() -> None:
    assert Passwords().hash(GOOD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert Passwords().hash(GOOD) != Passwords().hash(GOOD)


def test_a_hash_of_another_cost_is_right_and_outdated() -> None:
    old = CHEAP.hash(GOOD)
    dear = Passwords(Cost(memory=16, rounds=2, lanes=1))
    assert dear.is_right(old, GOOD)
    assert dear.is_outdated(old)
    assert not dear.is_outdated(dear.hash(GOOD))
    assert OWASP.memory > 16


def test_nothing_is_right_where_there_is_no_password() -> None:
    assert not CHEAP.is_right(None, GOOD)
    assert not CHEAP.is_right(None, "nobody has this password")
    assert not CHEAP.is_right("no hash at all", GOOD)
