"""Passwords: what is stored of them, and which ones are refused.

A password is any 15 to 128 characters, spaces and every script included; there is no rule about
what it must be made of, and nothing is cut off. Refused is only what people guess first, and what
is known from a breach.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from assessment.practice.staff.guessable import is_guessable
from assessment.practice.staff.refusals import Refusal, Refused

SHORTEST = 15
LONGEST = 128
_MOST_TYPED = 4 * LONGEST
"""No spelling of 128 characters is longer; what is longer is not even looked at."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs: memory in KiB, rounds, and lanes of Argon2id."""

    memory: int
    rounds: int
    lanes: int


OWASP = Cost(memory=19 * 1024, rounds=2, lanes=1)
"""What the OWASP password storage sheet asks for."""


class Passwords:
    """Makes and checks hashes at one cost; `breached` are passwords known from breaches."""

    def __init__(self, cost: Cost = OWASP, breached: Container[str] = ()) -> None:
        self._breached = breached
        self._hasher = PasswordHasher(
            memory_cost=cost.memory, time_cost=cost.rounds, parallelism=cost.lanes
        )
        self._nobodys = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """Return what is stored of a password: Argon2id with its salt and its cost."""
        return self._hasher.hash(_normal(password))

    def is_right(self, stored: str | None, password: str) -> bool:
        """Whether this is the password; takes as long where there is none to compare with."""
        if len(password) > _MOST_TYPED or len(_normal(password)) > LONGEST:
            return False
        try:
            self._hasher.verify(stored or self._nobodys, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether a hash was made at another cost than is asked for now."""
        return self._hasher.check_needs_rehash(stored)

    def refuse_weak(self, password: str, *own_words: str) -> None:
        """Raise Refused for a password that is SHORT, LONG, COMMON or BREACHED.

        COMMON is what is guessed first, BREACHED what is known from a breach. `own_words` are
        names that others know.
        """
        if len(password) > _MOST_TYPED:
            raise Refused(Refusal.LONG)
        password = _normal(password)
        if len(password) < SHORTEST:
            raise Refused(Refusal.SHORT)
        if len(password) > LONGEST:
            raise Refused(Refusal.LONG)
        if is_guessable(password, own_words):
            raise Refused(Refusal.COMMON)
        if password in self._breached:
            raise Refused(Refusal.BREACHED)


def _normal(password: str) -> str:
    """Return one spelling of what may be typed in several ways, such as letters with accents."""
    return unicodedata.normalize("NFC", password)
