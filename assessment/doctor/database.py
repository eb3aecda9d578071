"""The database: whether it answers, holds every name and is up to date, and what waits in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from assessment.doctor import keys, queue
from assessment.doctor.findings import Finding, cannot_tell, many, to_do, well
from assessment.doctor.here import AS_SERVICE, Here
from assessment.records import health
from assessment.records.database import Database
from assessment.records.health import Health
from assessment.records.refusals import Unavailable, Unusable
from assessment.records.vault import Vault

ABOUT = "database"
LARGEST_LOG = 200_000_000
"""Bytes of a write-ahead log that somebody keeps from being emptied."""
MOST_APART = 5.0
"""Seconds by which two clocks may differ."""
_SQLITE = "sqlite:///"


def check(here: Here) -> Iterator[Finding]:
    """Look at the database, at the keys and at the queue, without changing anything."""
    ring = keys.read(here)
    found = _look(here, keys.vault_of(ring))
    if isinstance(found, Finding):
        yield found
        yield (
            ring
            if isinstance(ring, Finding)
            else cannot_tell(keys.ABOUT, "they can only be tried on a database that can be read")
        )
        yield cannot_tell(queue.ABOUT, "it is in the database, which could not be read")
        return
    yield _server(found)
    yield from _clock(found)
    yield from _log(here)
    yield keys.check(ring, are_theirs=found.our_key)
    yield from queue.check(here, found.queues)


def file_of(here: Here) -> Path | None:
    """Return the file of the records; None for PostgreSQL."""
    address = here.settings.database
    return Path(address.removeprefix(_SQLITE)) if address.startswith(_SQLITE) else None


def _look(here: Here, vault: Vault) -> Health | Finding:
    if _is_closed(file_of(here)):
        return cannot_tell(ABOUT, "it cannot be read by this user", AS_SERVICE)
    found: list[Health] = []
    try:
        database = Database(
            here.settings.database, vault, check=lambda tx: found.append(health.of(tx))
        )
        try:
            database.look()
        finally:
            database.close()
    except ModuleNotFoundError:
        return to_do(
            ABOUT, "the package psycopg is missing", "install the product again: make setup"
        )
    except (Unusable, ValueError) as error:
        return to_do(ABOUT, str(error), "check DATABASE_URL (docs/deploy.md)")
    except Unavailable as error:
        return to_do(ABOUT, f"it does not answer: {error}", _reach(here))
    return found[0] if found else _nothing_yet(here)


def _is_closed(file: Path | None) -> bool:
    """Whether there is a file, and we may not read it; without one another check says so."""
    if file is None:
        return False
    try:
        return file.exists() and not os.access(file, os.R_OK)
    except PermissionError:
        return True


def _reach(here: Here) -> str:
    if file_of(here) is not None:
        return "check that the file and its folder exist and belong to the service"
    return "check that it is running (systemctl status postgresql), and that DATABASE_URL is right"


def _nothing_yet(here: Here) -> Finding:
    file = file_of(here)
    if file is not None and file.exists() and file.stat().st_size:
        return cannot_tell(ABOUT, "the file must be repaired first", "start the product")
    return to_do(ABOUT, "there are no tables yet", "start the product once")


def _server(found: Health) -> Finding:
    says = f"{found.product} {found.version} answers, with text in {found.encoding}"
    if found.encoding.replace("-", "") not in ("UTF8", "UTF16le", "UTF16be"):
        advice = "create a database in UTF-8: docs/deploy.md#postgresql"
        return to_do(ABOUT, f"{says}, which cannot hold every name", advice)
    if found.queues is None:
        advice = "restart the product, which brings them up to date"
        return to_do(ABOUT, f"{says}; its tables are older than this program", advice)
    return well(ABOUT, f"{says}; its tables are up to date")


def _clock(found: Health) -> Iterator[Finding]:
    if found.ahead is None or abs(found.ahead) <= MOST_APART:
        return
    which = "ahead of" if found.ahead > 0 else "behind"
    says = f"the database's clock is {many(abs(found.ahead), 'second')} {which} this machine's"
    yield to_do("clock", says, "synchronise both with a time server")


def _log(here: Here) -> Iterator[Finding]:
    file = file_of(here)
    log = None if file is None else Path(f"{file}-wal")
    size = log.stat().st_size if log is not None and log.exists() else 0
    if size > LARGEST_LOG:
        yield to_do(
            ABOUT,
            f"its -wal file has grown to {size / 1e6:.0f} MB, as a program is still reading it",
            "close other programs that have the database open, or restart the product",
        )
