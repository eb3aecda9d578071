"""Passwords: what is stored of them, and which ones are refused.

A password is any 15 to 128 characters, spaces and every script included; there is no rule about
what it must be made of, and nothing is cut off. Refused is only what people guess first.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from assessment.practice.guessable import is_guessable

SHORTEST = 15
LONGEST = 128


class Weakness(StrEnum):
    """Why a password is refused."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs: memory in KiB, rounds, and lanes of Argon2id."""

    memory: int
    rounds: int
    lanes: int


OWASP = Cost(memory=19 * 1024, rounds=2, lanes=1)
"""What the OWASP password storage sheet asks for."""


class Passwords:
    """Makes and checks hashes at one cost."""

    def __init__(self, cost: Cost = OWASP) -> None:
        self._hasher = PasswordHasher(
            memory_cost=cost.memory, time_cost=cost.rounds, parallelism=cost.lanes
        )
        self._nobodys = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """Return what is stored of a password: Argon2id with its salt and its cost."""
        return self._hasher.hash(_normal(password))

    def is_right(self, stored: str | None, password: str) -> bool:
        """Whether this is the password; takes as long where there is none to compare with."""
        if len(_normal(password)) > LONGEST:
            return False
        try:
            self._hasher.verify(stored or self._nobodys, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether a hash was made at another cost than is asked for now."""
        return self._hasher.check_needs_rehash(stored)


def weakness(password: str, *own_words: str) -> Weakness | None:
    """Return why a password is refused, if it is; `own_words` are names that others know."""
    password = _normal(password)
    if len(password) < SHORTEST:
        return Weakness.SHORT
    if len(password) > LONGEST:
        return Weakness.LONG
    return Weakness.COMMON if is_guessable(password, own_words) else None


def _normal(password: str) -> str:
    """Return one spelling of what may be typed in several ways, such as letters with accents."""
    return unicodedata.normalize("NFC", password)
