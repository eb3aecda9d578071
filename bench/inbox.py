"""The inbox of a clinic with 100,000 responses beside one of 100, on SQLite and on PostgreSQL.

    .venv/bin/python -m bench.inbox

What is timed is a whole request in this process: the session, the lines, the count in the title and
the page. It is wall time, since a database server works in a process of its own; requests to the
two clinics take turns, so that what else the machine is doing slows both alike.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import select, text

from assessment.practice.name_search import hashes_of
from assessment.practice.practice import open_practice
from assessment.practice.responses.old_protocols import OldProtocols
from assessment.protocols.load import find_protocol, load_protocol
from assessment.records import clients, sessions, tables, therapists
from assessment.records.database import Database
from assessment.records.ids import ClientId, ClinicId
from assessment.screening import Screening
from assessment.web.factory import make_app
from assessment.web.server.settings import read_settings
from bench.measure import REPEATS, Bar, Spread, ratios, table
from tests.postgresql import Missing, running
from tests.records.many import fill
from tests.records.some import KEY, NOW, VAULT, some_session

FEW, MANY = 100, 100_000
REQUESTS = 20
"""Of each page of each clinic in one repeat."""
MOST_MS = 50
MOST_TIMES = 2
HALF_WAY = f"0.{NOW + 15_000_000}.response-8"
PAGES = {
    "all responses": "/clinic/inbox?state=any",
    "to review": "/clinic/inbox",
    "one recommendation": "/clinic/inbox?state=any&recommendation=urgent_medical",
    "half-way through": f"/clinic/inbox?state=any&after={HALF_WAY}",
    "search for one client": "quillfeather",
    "search for a common name": "anna",
}
"""Addresses, or names to search for."""


@dataclass(frozen=True, slots=True)
class Clinic:
    """A clinic with its responses, and somebody who is signed in there."""

    browser: FlaskClient
    csrf: str

    def get(self, address: str) -> None:
        """Open a page of the inbox."""
        answer = self.browser.get(address, base_url="http://127.0.0.1:8000")
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")

    def address(self, page: str) -> str:
        """Return the address; of a name, the one to which a search for it leads."""
        if page.startswith("/"):
            return page
        sent = self.browser.post(
            "/clinic/inbox",
            data={"csrf_token": self.csrf, "name": page},
            base_url="http://127.0.0.1:8000",
        )
        return str(sent.headers["Location"])


def run() -> list[Bar]:
    """Measure on every database that is found, print the figures and return the bars."""
    bars: list[Bar] = []
    print(f"\nThe inbox: a whole request in this process, median of {REPEATS} rounds of")
    print(f"{REQUESTS} requests in turn (lowest to highest), in milliseconds.")
    for name, opened in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        try:
            with opened() as database:
                bars += _measured(name, database)
        except Missing as missing:
            print(f"\n{name} is left out: {missing}")
    return bars


def _measured(name: str, database: Database) -> list[Bar]:
    few, many = _clinic(database, FEW), _clinic(database, MANY)
    if name == "PostgreSQL":
        with database.writing() as tx:
            tx.connection.execute(text("ANALYZE"))  # as autovacuum does on any real server
    rows = [("", f"{FEW} responses", f"{MANY:,} responses", "times")]
    bars = []
    for page, where in PAGES.items():
        small, large = _times(few, few.address(where), many, many.address(where))
        times = ratios(large, small)
        rows.append((page, f"{Spread.of(small)}", f"{Spread.of(large)}", f"{times}"))
        bars.append(Bar(f"{name}, {page}, ms", Spread.of(large), at_most=MOST_MS))
        bars.append(Bar(f"{name}, {page}, {MANY:,} / {FEW}", times, at_most=MOST_TIMES))
    print(f"\n{name}\n\n{table(rows)}")
    return bars


def _times(few: Clinic, small: str, many: Clinic, large: str) -> tuple[list[float], list[float]]:
    """Return the milliseconds of a request to each clinic, by round."""
    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(REPEATS + 1):
        each: tuple[list[float], list[float]] = ([], [])
        for _ in range(REQUESTS):
            for place, (clinic, address) in enumerate(((few, small), (many, large))):
                each[place].append(_milliseconds(lambda: clinic.get(address)))  # noqa: B023  called at once
        if number:  # the first round warms up
            for place in (0, 1):
                taken[place].append(statistics.median(each[place]))
    return taken


def _milliseconds(call: Callable[[], None]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1e3


def _clinic(database: Database, count: int) -> Clinic:
    clinic = fill(database, count)
    folder = find_protocol("muscle_pain")
    protocol = load_protocol(folder)
    library = OldProtocols(Screening(protocol), folder)

    def now() -> float:
        return float(NOW)

    practice = open_practice(database, now, protocol, library)
    app = make_app(read_settings(), protocol, KEY, now, practice=practice)
    browser = app.test_client()
    browser.set_cookie("clinic", f"session {count}", domain="127.0.0.1")
    return Clinic(browser, _sign_in(database, clinic, f"session {count}"))


def _sign_in(database: Database, clinic: ClinicId, token: str) -> str:
    """Sign somebody in, give one client a name of their own, and return the token of forms."""
    with database.writing() as tx:
        [therapist] = therapists.of_clinic(tx, clinic)
        session = some_session(therapist)
        sessions.add(tx, token, session, NOW + 3600)
        where = tables.clients.c.clinic == clinic
        client = tx.connection.execute(select(tables.clients.c.id).where(where).limit(1))
        hashes = hashes_of(tx.vault, clinic, "Quillfeather")
        clients.set_words(tx, clinic, ClientId(client.scalar_one()), [one[0] for one in hashes])
    return f"{session.csrf}.{clinic}.{therapist.id}"


@contextmanager
def _sqlite() -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'clinic.db'}", VAULT)
        database.migrate()
        yield database
        database.close()


@contextmanager
def _postgresql() -> Iterator[Database]:
    with running() as server:
        name = f"bench_{int(time.time())}"
        database = Database(server.create(name), VAULT)
        try:
            database.migrate()
            yield database
        finally:
            database.close()
            server.drop(name)


if __name__ == "__main__":
    print(*run(), sep="\n")
