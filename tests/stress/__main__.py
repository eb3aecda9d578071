"""`make stress`: what must hold when everything goes wrong, with figures.

Settings by environment: SENDS (500), SEED (by the clock), DATABASE_URL (another PostgreSQL than
one started here). Exit status 1 when a promise was broken.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.stress import away, crowd, killing, leaks
from tests.stress.clinic import Clinic, clinic_of
from tests.stress.outages import (
    Outage,
    disk_full,
    file_locked,
    folder_full,
    tables_locked,
    tiny_disk,
)
from tests.stress.postgres import Missing, Stoppable, running
from tests.stress.server import Server

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


def main() -> int:
    """Run every part; return the exit status."""
    sends = int(os.environ.get("SENDS", "500"))
    seed = int(os.environ.get("SEED", str(int(time.time()))))
    say(f"{sends} Sends, seed {seed}")
    report = Report()
    with tempfile.TemporaryDirectory(prefix="stress-") as name, ExitStack() as stack:
        folder = Path(name)
        _all_on(report, folder / "sqlite", "SQLite", None, None, sends, seed)
        url = os.environ.get("DATABASE_URL")
        if url:
            _all_on(report, folder / "given", "PostgreSQL", None, url, sends, seed)
        else:
            try:
                postgres = stack.enter_context(running())
            except Missing as error:
                say(f"PostgreSQL: not tried, {error}")
            else:
                own = postgres.create("stress")
                _all_on(report, folder / "postgres", "PostgreSQL", postgres, own, sends, seed)
        _tiny(report, folder / "tiny", seed)
    say("All promises held." if not report.broken else f"{report.broken} promises were broken.")
    return int(report.broken > 0)


def _all_on(
    report: Report,
    folder: Path,
    name: str,
    postgres: Stoppable | None,
    url: str | None,
    sends: int,
    seed: int,
) -> None:
    with _served(folder / "kill", url) as (server, clinic):
        links = clinic.invite(sends)
        with server.running():
            killed = killing.run(server, links, clinic.ledger(), seed, THREADS, max(1, sends // 8))
            report.add(f"{name}, killed", killed, killed.broken)
            many, one = clinic.invite(2)
            crowded = crowd.run(server, many, one, clinic.ledger(), seed, PHONES)
            report.add(f"{name}, a crowd", crowded, crowded.broken)
    _outages(report, folder, name, postgres, url, seed)


def _outages(
    report: Report, folder: Path, name: str, postgres: Stoppable | None, url: str | None, seed: int
) -> None:
    with _served(folder / "away", url) as (server, clinic):
        outages: dict[str, Outage] = {}
        if clinic.file is not None:
            file = clinic.file
            outages["locked by another process"] = lambda: file_locked(file)
            outages["disk full"] = lambda: disk_full(server)
        else:
            outages["tables locked"] = lambda: tables_locked(clinic.url)
        if postgres is not None:
            outages["stopped"] = postgres.away
        with server.running():
            for what, outage in outages.items():
                links = clinic.invite(away.SEVERAL + 2)
                gone = away.run(server, links, clinic.ledger(), what, outage, seed)
                report.add(name, gone, (*gone.broken, *gone.too_slow))
    looked = leaks.run(folder / "leaks", url, postgres, seed)
    report.add(f"{name}, canaries", looked, looked.broken)


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
    except OSError as error:
        say(f"SQLite, no byte left on its disk: not tried, {error}")


@contextmanager
def _served(folder: Path, url: str | None) -> Iterator[tuple[Server, Clinic]]:
    settings = {"DATABASE_URL": url} if url else {}
    server = Server(folder, **settings)
    with clinic_of(server, url) as clinic:
        yield server, clinic


if __name__ == "__main__":
    sys.exit(main())
