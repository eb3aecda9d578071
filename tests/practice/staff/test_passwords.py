"""Passwords: which are refused, and what is stored of the others."""

from __future__ import annotations

import unicodedata
from typing import Literal

import pytest

from assessment.practice.staff.guessable import _plain
from assessment.practice.staff.passwords import (
    LONGEST,
    OWASP,
    SHORTEST,
    Cost,
    Passwords,
)
from assessment.practice.staff.refusals import Refusal, Refused
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
    "manchesterunited", "physiotherapy2024", "Physio-Therapy-2024", "osteopathy2025!!",
    "liverpoolfootballclub", "deeptissuemassage", "chelseafootballclub", "PhysicalTherapy1!",
    "tottenhamhotspur", "thequickbrownfox", "acupuncture12345", "mysecretpassword!",
]  # fmt: skip
"""Well known to be long and common at once, or made in the same way."""
KEPT = [
    GOOD, "correct horse battery staple", "my dog eats green apples", "über die brücke gehen",
    "aB3$kL9#xQ2!mN7&", "b7G2pX9wQ4nL8sK1", "наш кот спит на печке",
    "私は毎朝七時に起きて散歩します",
    "xxxxxxx is not a word, is it?", "4821 9035 7716 2048 5539",
    "sun table river coffee", "correcthorsebatterystaple",
]  # fmt: skip


def weakness(password: str, *own_words: str) -> Refusal | None:
    try:
        CHEAP.refuse_weak(password, *own_words)
    except Refused as refused:
        return refused.kind
    return None


@pytest.mark.parametrize("password", GUESSED)
def test_6_2_4_what_people_guess_first_is_refused(password: str) -> None:
    assert len(password) >= SHORTEST
    assert weakness(password) is Refusal.COMMON


@pytest.mark.parametrize("password", KEPT)
def test_6_2_5_any_other_password_is_taken_whatever_it_is_made_of(password: str) -> None:
    assert weakness(password) is None


def test_6_2_11_names_that_others_know_do_not_make_a_password() -> None:
    own = ("Riverside Clinic", "Ana Ruiz", "ana.ruiz@willowbrook.example")
    for password in (
        "Riverside Clinic 2026",
        "willowbrook-ana-ruiz",
        "RuizRiversideAna1",
        "Ana Ruiz @ Riverside Clinic 2026",
    ):
        assert weakness(password) is None or weakness(password) is Refusal.COMMON
        assert weakness(password, *own) is Refusal.COMMON
    assert weakness("willowbrook and its seven owls", *own) is None
    assert weakness("Zoe.Muller.Zoe.Muller", "Zoë Müller") is Refusal.COMMON


def test_names_of_one_clinic_do_not_count_at_another() -> None:
    password = "ravensbourne quillfeather"
    assert weakness(password, "Quillfeather Ravensbourne") is Refusal.COMMON
    assert weakness(password) is None


def test_6_2_1_fifteen_characters_are_the_least_and_128_the_most() -> None:
    assert weakness(GOOD[:14]) is Refusal.SHORT
    assert weakness("b7G2pX9wQ4nL8sK") is None
    longest = (GOOD * 4)[:100] + "b7G2pX9wQ4nL8sK1zR6vT3yM5cJd"
    assert len(longest) == LONGEST
    assert weakness(longest) is None
    assert weakness(longest + "!") is Refusal.LONG


def test_characters_are_counted_as_people_see_them() -> None:
    composed = "übergrößenträg"
    assert len(composed) == 14
    assert len(unicodedata.normalize("NFD", composed)) > SHORTEST
    assert weakness(unicodedata.normalize("NFD", composed)) is Refusal.SHORT


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


@pytest.mark.parametrize(
    "password",
    ["\ufdfa" * 128, "\u0315\u0300" * 15_900, "\ufdfa" * 20_000, "a\u0300" * 30_000],
    ids=["phrases in one character", "signs to sort", "both", "letters to join"],
)
def test_odd_characters_do_not_make_a_password_longer_to_look_at(
    password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[int] = []

    def counting(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
        looked_at.append(len(text))
        return normalize(form, text)

    normalize = unicodedata.normalize
    monkeypatch.setattr(unicodedata, "normalize", counting)
    with pytest.raises(Refused):
        CHEAP.refuse_weak(password)
    assert not CHEAP.is_right(None, password)
    assert max(looked_at, default=0) <= 4 * 128


def test_a_character_that_stands_for_a_phrase_is_not_taken_apart_at_length() -> None:
    assert len(_plain("\ufdfa" * 128)) == 128
