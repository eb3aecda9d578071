"""`make stress`: what must hold when everything goes wrong, with figures.

Settings by environment: SENDS (500), SEED (by the clock), DATABASE_URL (a PostgreSQL other than one
started here; databases are made on it and removed again). Exit status 1 when a promise was broken.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import make_url

from tests.postgresql import Postgresql
from tests.stress import away, busy, crowd, leaks, mailing
from tests.stress.clinic import Clinic, clinic_of
from tests.stress.outages import (
    NoDisk,
    Outage,
    disk_full,
    file_locked,
    folder_full,
    tables_locked,
    tiny_disk,
)
from tests.stress.postgres import Missing, Stoppable, running
from tests.stress.server import Server

MAILS = 100
PHONES = 20
THREADS = 8


def say(line: str) -> None:
    """Print a line at once: the whole run takes minutes."""
    print(line, flush=True)  # noqa: T201  figures for whoever runs this


class Report:
    """Prints figures, and remembers what was broken."""

    def __init__(self) -> None:
        self.broken = 0

    def add(self, name: str, figures: object, broken: tuple[str, ...]) -> None:
        """Print the figures of one part."""
        say(f"{name}: {figures}")
        self.broken += len(broken)
        for fault in broken[:20]:
            say(f"  BROKEN: {fault}")
        if len(broken) > 20:
            say(f"  and {len(broken) - 20} more")


class Store:
    """Where the clinics of one run are stored: SQLite, or databases on a PostgreSQL."""

    def __init__(self, name: str, create: Callable[[str], str] | None = None) -> None:
        self.name = name
        self.stoppable: Stoppable | None = None
        self._create = create

    def url(self, part: str) -> str | None:
        """Return a new database for one part; None stands for a file."""
        return None if self._create is None else self._create(f"stress_{os.getpid()}_{part}")


def main() -> int:
    """Run every part; return the exit status."""
    sends = int(os.environ.get("SENDS", "500"))
    seed = int(os.environ.get("SEED", str(int(time.time()))))
    say(f"{sends} Sends, seed {seed}")
    report = Report()
    with tempfile.TemporaryDirectory(prefix="stress-") as name, ExitStack() as stack:
        folder = Path(name)
        _all_on(report, folder / "sqlite", Store("SQLite"), sends, seed)
        try:
            store = _postgresql(stack)
        except Missing as error:
            say(f"PostgreSQL: not tried, {error}")
        else:
            _all_on(report, folder / "postgresql", store, sends, seed)
        _tiny(report, folder / "tiny", seed)
    say("All promises held." if not report.broken else f"{report.broken} promises were broken.")
    return int(report.broken > 0)


def _postgresql(stack: ExitStack) -> Store:
    """Return databases on the server that DATABASE_URL names, or on one of our own."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        own = stack.enter_context(running())
        store = Store("PostgreSQL", own.create)
        store.stoppable = own
        return store
    given = Postgresql(make_url(url))

    def create(name: str) -> str:
        stack.callback(given.drop, name)
        return given.create(name)

    return Store("PostgreSQL", create)


def _all_on(report: Report, folder: Path, store: Store, sends: int, seed: int) -> None:
    size = busy.Size(
        sends, max(1, sends // 8), THREADS, sends // 4, max(2, sends // 16), sends // 4, sends / 4
    )
    killed = busy.run(folder / "kill", store.url("kill"), "muscle_pain", size, seed)
    report.add(f"{store.name}, killed", killed, killed.broken)
    with _served(folder / "crowd", store.url("crowd")) as (server, clinic):
        many, one = clinic.invite(2)
        with server.running():
            crowded = crowd.run(server, many, one, clinic.ledger(), seed, PHONES)
            report.add(f"{store.name}, a crowd", crowded, crowded.broken)
    with _served(folder / "away", store.url("away")) as (server, clinic):
        outages = _outages(server, clinic, store)
        with server.running():
            for what, outage in outages.items():
                links = clinic.invite(away.SEVERAL + 2)
                gone = away.run(server, links, clinic.ledger(), what, outage, seed)
                report.add(store.name, gone, (*gone.broken, *gone.too_slow))
    mailed = mailing.run(folder / "mail", store.url("mail"), "muscle_pain", MAILS, MAILS // 5, seed)
    report.add(f"{store.name}, mail", mailed, mailed.broken)
    looked = leaks.run(folder / "leaks", store.url("leaks"), store.stoppable, seed)
    report.add(f"{store.name}, canaries", looked, looked.broken)


def _outages(server: Server, clinic: Clinic, store: Store) -> dict[str, Outage]:
    if clinic.file is not None:
        file = clinic.file
        return {
            "locked by another process": lambda: file_locked(file),
            "disk full": lambda: disk_full(server),
        }
    outages: dict[str, Outage] = {"tables locked": lambda: tables_locked(clinic.url)}
    if store.stoppable is not None:
        outages["stopped"] = store.stoppable.away
        outages["frozen"] = store.stoppable.frozen
    return outages


def _tiny(report: Report, folder: Path, seed: int) -> None:
    """Fill a disk for real, where one can be had."""
    try:
        with tiny_disk(folder / "instance"), _served(folder, None) as (server, clinic):
            with server.running():
                links = clinic.invite(away.SEVERAL + 2)
                gone = away.run(
                    server, links, clinic.ledger(), "no byte left on its disk",
                    lambda: folder_full(server.instance), seed,
                )  # fmt: skip
            report.add("SQLite", gone, (*gone.broken, *gone.too_slow))
    except NoDisk as error:
        say(f"SQLite, no byte left on its disk: not tried, {error}")


@contextmanager
def _served(folder: Path, url: str | None) -> Iterator[tuple[Server, Clinic]]:
    settings = {"DATABASE_URL": url} if url else {}
    server = Server(folder, **settings)
    with clinic_of(server, url) as clinic:
        yield server, clinic


if __name__ == "__main__":
    sys.exit(main())
