"""How often somebody may try a password, counted in the database by account and by address.

What is stored are keyed hashes and times, for as long as they count. A try is counted before the
password is looked at, so that many tries at once gain nothing. Whoever is over the limit is
refused with the right password, too. A stranger who tries wrong passwords on purpose keeps
somebody from signing in for as long as they go on, but never ends a session.
"""

from __future__ import annotations

import ipaddress

from assessment.practice.refusals import Refusal, Refused
from assessment.records import attempts
from assessment.records.database import Transaction

WINDOW = 15 * 60
"""Seconds for which a try counts."""
MOST_BY_ACCOUNT = 10
MOST_BY_ADDRESS = 50


def account_key(tx: Transaction, purpose: str, email: str) -> str:
    """Return what tries at one account are counted under; `purpose` keeps errands apart."""
    return tx.vault.attempt_hash(f"{purpose}:{email.strip().casefold()}")


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


def address_key(tx: Transaction, address: str) -> str:
    """Return what wrong tries from one address are counted under."""
    return tx.vault.attempt_hash(f"address:{network_of(address)}")


def count_try(tx: Transaction, account: str, address: str | None, now: int) -> None:
    """Count a try at an account; raises Refused (WAIT) when there were too many.

    From an address only those that turn out wrong count, by `count_wrong`.
    """
    attempts.purge(tx, now - WINDOW)
    since = now - WINDOW
    too_many = attempts.count(tx, account, since) >= MOST_BY_ACCOUNT or (
        address is not None and attempts.count(tx, address, since) >= MOST_BY_ADDRESS
    )
    if too_many:
        raise Refused(Refusal.WAIT)
    attempts.add(tx, account, now)


def count_wrong(tx: Transaction, address: str, now: int) -> None:
    """Count a wrong try from an address."""
    attempts.add(tx, address, now)


def forget(tx: Transaction, account: str) -> None:
    """Forget the tries at an account, once one was right."""
    attempts.clear(tx, account)
