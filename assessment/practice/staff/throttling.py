"""How often somebody may try a password, counted in the database by account and by address.

What is stored are keyed hashes and times, for as long as they count. A try is counted before the
password is looked at and taken back when it was right, and those who count at the same moment do
it one after the other: many tries at once gain nothing. First come pauses, then a lock; whoever is
over the limit is refused with the right password, too.

A device from which somebody signed in before has an allowance of its own. So a stranger who tries
wrong passwords on purpose, or a guest in the clinic's network, keeps nobody out who works there.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from assessment.practice.staff.refusals import Refusal, Refused
from assessment.records import attempts
from assessment.records.transactions import Transaction, alone

WINDOW = 15 * 60
"""Seconds for which a try counts."""
MOST_BY_ACCOUNT = 10
MOST_BY_ADDRESS = 50
_AHEAD = 60
"""Seconds: a time further ahead comes from a clock that was wrong, and holds nobody up."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many tries are taken while they count, and how many of them without a pause.

    A pause is `first` seconds long at first, then twice as long each time, up to `longest`.
    """

    most: int
    free: int
    first: int
    longest: int

    def wait(self, times: Sequence[int], now: int) -> int:
        """Return for how many seconds no further try is taken; `times` are those that count."""
        if len(times) >= self.most:
            return max(1, times[-self.most] + WINDOW - now)
        if len(times) < self.free:
            return 0
        pause = min(self.first << (len(times) - self.free), self.longest)
        return max(0, times[-1] + pause - now)


BY_ACCOUNT = Allowance(MOST_BY_ACCOUNT, free=5, first=5, longest=80)
BY_ADDRESS = Allowance(MOST_BY_ADDRESS, free=25, first=1, longest=30)


@dataclass(frozen=True, slots=True)
class Counter:
    """What a try is counted under: whose it is, and the network that it comes from, if that counts.

    Both are hashes.
    """

    whose: str
    network: str | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """A try that counts as a wrong one, unless `was_right` is told of it."""

    counter: Counter
    ids: tuple[str, ...]


def signing_in(
    tx: Transaction, email: str, address: str, device: str | None
) -> tuple[Counter, ...]:
    """Return what a sign-in may be counted under, the first one that has room.

    `device` names one from which this account was signed in to before.
    """
    network = tx.vault.attempt_hash(f"address:{network_of(address)}")
    anybody = Counter(_account(tx, "sign-in", email), network)
    if device is None:
        return (anybody,)
    return Counter(_account(tx, f"device {device}", email)), anybody


def confirming(tx: Transaction, email: str) -> tuple[Counter, ...]:
    """Return what a password is counted under that is asked for within a session."""
    return (Counter(_account(tx, "confirm", email)),)


def second_step(tx: Transaction, email: str) -> tuple[Counter, ...]:
    """Return what a code is counted under that is asked for after the password."""
    return (Counter(_account(tx, "second step", email)),)


def count_try(tx: Transaction, counters: Sequence[Counter], now: int) -> Counted:
    """Count a try under the first counter that has room; raises Refused (WAIT) when none has."""
    attempts.purge(tx, now - WINDOW, now + _AHEAD)
    waits = []
    for counter in counters:
        wait = max(
            _wait(tx, counter.whose, BY_ACCOUNT, now),
            0 if counter.network is None else _wait(tx, counter.network, BY_ADDRESS, now),
        )
        if not wait:
            keys = [key for key in (counter.whose, counter.network) if key is not None]
            return Counted(counter, tuple(attempts.add(tx, key, now) for key in keys))
        waits.append(wait)
    raise Refused(Refusal.WAIT, min(waits))


def count_again(tx: Transaction, counted: Counted) -> None:
    """Write a try once more that was wrong; that changes nothing."""
    attempts.write_again(tx, counted.ids)


def was_right(tx: Transaction, counted: Counted) -> None:
    """Take a try back that was right, and forget the wrong ones of the same account or device."""
    attempts.clear(tx, counted.counter.whose)
    attempts.remove(tx, counted.ids)


def forget(tx: Transaction, email: str) -> None:
    """Forget the tries at an account, wherever they came from."""
    for errand in ("sign-in", "confirm", "second step"):
        attempts.clear(tx, _account(tx, errand, email))


def network_of(address: str) -> str:
    """Return what an address is counted as.

    Of an IPv6 address the first half counts: the rest is free to choose for whoever has it. One
    that stands for an IPv4 address (`::ffff:192.0.2.1`) counts as that.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found) >> 64 << 64, 64)))


def _account(tx: Transaction, errand: str, email: str) -> str:
    return tx.vault.attempt_hash(f"{errand}:{email.strip().casefold()}")


def _wait(tx: Transaction, key: str, allowance: Allowance, now: int) -> int:
    alone(tx, "tries", key)
    return allowance.wait(attempts.times(tx, key, now - WINDOW, now + _AHEAD), now)
