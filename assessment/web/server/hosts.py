"""Has every host of a site use the same keys: they meet in the database, by the ids of their keys.

What one host sealed, another could not open with keys of its own; nobody would notice before the
first answers are lost.
"""

from __future__ import annotations

import hmac
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from assessment.practice.background import Job
from assessment.records import hosts
from assessment.records.database import Database
from assessment.records.hosts import Host
from assessment.records.key_ring import apart
from assessment.records.refusals import Unavailable
from assessment.records.transactions import Transaction
from assessment.web.server.logs import log
from assessment.web.server.secret import KEY_FILE, RECORDS_KEY_FILE, BadSecret

EVERY = 60.0
"""Seconds after which a host says again that it is there."""


MACHINE = Path("/etc/machine-id")
_NONE = b"uninitialized"
"""What stands there on a machine that was never started."""


def this_host(instance: Path) -> str:
    """Return what a host is called: two folders of one machine are two.

    Copies of a machine often have one name and the same folders, so a few digits stand for the
    id of the machine, which itself nobody else should see.
    """
    return f"{socket.gethostname()}{_machine()}:{instance.absolute()}"


def _machine() -> str:
    try:
        found = MACHINE.read_bytes().strip()
    except OSError:
        return ""
    if found in (b"", _NONE):
        return ""
    return f" ({hmac.digest(found, b'id of a machine', 'sha256')[:4].hex()})"


class Hosts:
    """What this host tells the others. `cookies` holds its keys of cookies, the newest first."""

    def __init__(self, instance: Path, database: Database, cookies: bytes) -> None:
        self._instance = instance
        self._name = this_host(instance)
        self._database = database
        self._cookies = tuple(_id_of(key) for key in apart(cookies))

    @property
    def job(self) -> Job:
        """What a server does about it."""
        return Job("other hosts do not see this one", (self.stay,), EVERY, EVERY, self.leave)

    def enter(self) -> None:
        """Say that this host begins, unless its keys are others. Raises BadSecret.

        While the database is away, nothing is said; `stay` does so later.
        """
        with suppress(Unavailable), self._database.writing() as tx:
            if fault := self._noted(tx):
                raise BadSecret(fault)

    def stay(self, _: Callable[[], bool] = lambda: False) -> None:
        """Say that it is still there; keys that differ by now are named. Raises Unavailable."""
        with self._database.writing() as tx:
            fault = self._noted(tx)
        if fault:
            log.error("%s", fault)

    def leave(self) -> None:
        """Say that it is gone; raises nothing. What is left of it says again that it is there."""
        with suppress(Unavailable), self._database.writing() as tx:
            hosts.forget(tx, self._name)

    def _noted(self, tx: Transaction) -> str:
        """Note this host; return what is wrong about its keys, in a line."""
        here = Host(self._name, self._cookies, tx.vault.key_ids)
        hosts.note(tx, here)
        for other in hosts.others(tx, self._name):
            for file, mine, theirs in (
                (KEY_FILE, here.cookies, other.cookies),
                (RECORDS_KEY_FILE, here.records, other.records),
            ):
                if mine[0] not in theirs or theirs[0] not in mine:
                    return (
                        f"INSTANCE: {self._instance / file} is not the same as on {other.name}, "
                        "which serves the same database; copy it from there (or, if that host is "
                        f"gone, wait {hosts.SEEN // 60} minutes, then start this one by hand)"
                    )
        return ""


def others_of(instance: Path, database: Database) -> tuple[str, ...]:
    """Return the names of the other hosts that serve this database. Raises Unavailable."""
    with database.reading() as tx:
        return tuple(one.name for one in hosts.others(tx, this_host(instance)))


def _id_of(key: bytes) -> str:
    return hmac.digest(key, b"id of a key", "sha256")[:8].hex()
