"""Clinics of any size in a database of their own, and people who are signed in there.

Beside each stand other clinics, as large as a tenth of it.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select, text, update
from werkzeug.test import TestResponse

from assessment.practice.keeping.periods import ANSWERED, DAY, UNANSWERED
from assessment.practice.name_search import RULES, hashes_of
from assessment.practice.practice import open_practice
from assessment.practice.responses.old_protocols import OldProtocols
from assessment.protocols.load import find_protocol, load_protocol
from assessment.records import clients, clinics, keeping, keys, sessions
from assessment.records import therapists as staff
from assessment.records import webhooks as hooks
from assessment.records.audit_tables import audit_entries, audit_heads
from assessment.records.database import Database
from assessment.records.ids import ClinicId, TherapistId, WebhookId, new_id
from assessment.records.model import Therapist
from assessment.records.tables import responses
from assessment.records.transactions import Transaction
from assessment.records.webhooks import Webhook
from assessment.screening import Screening
from assessment.web.factory import make_app
from assessment.web.server.settings import read_settings
from tests.postgresql import running
from tests.records.many import fill, fill_arrivals, fill_deliveries, fill_log
from tests.records.some import KEY, NOW, VAULT, some_key, some_session, some_therapist

BASE = "http://127.0.0.1:8000"
SEARCHED = "Quillfeather"
"""The name of one client, who has several responses."""
OTHERS = 2
"""Clinics beside the one that is looked at."""
STAFF = 20


@dataclass(frozen=True, slots=True)
class Size:
    """How much a clinic has."""

    responses: int
    invitations: int  # one a client
    entries: int

    def divided(self, by: int) -> Size:
        """Return the size of a smaller clinic."""
        return Size(self.responses // by, self.invitations // by, self.entries // by)


FEW = Size(100, 100, 100)
MANY = Size(100_000, 20_000, 1_000_000)


@dataclass(frozen=True, slots=True)
class Seat:
    """A browser in which somebody is signed in; `token` is that of their forms."""

    browser: FlaskClient
    token: str

    def get(self, address: str, **headers: str) -> bytes:
        """Open a page, or call the API."""
        answer = self.browser.get(address, base_url=BASE, headers=headers)
        return _body(address, answer)

    def post(self, address: str, fields: Mapping[str, object]) -> tuple[str, bytes]:
        """Send a form; return where it leads, and what is answered."""
        sent = {"csrf_token": self.token, **fields}
        answer = self.browser.post(address, data=sent, base_url=BASE)
        return answer.headers.get("Location", ""), _body(address, answer)


@dataclass(frozen=True, slots=True)
class Clinic:
    """A filled clinic, where each sees what came back to their own invitations, and owners all.

    The `inviter` made every invitation, the `newcomer` none. `client` has several responses, and
    is called `SEARCHED`; `response` is any of the responses.
    """

    database: Database
    id: ClinicId
    size: Size
    owner: Seat
    inviter: Seat
    newcomer: Seat
    inviter_id: str
    api_key: str
    client: str
    response: str

    def forget_entries(self) -> None:
        """Take out of the audit log what opening pages added to it."""
        entries, heads = audit_entries.c, audit_heads.c
        last, count = bytes(32), self.size.entries
        with self.database.writing() as tx:
            mac = tx.vault.mac(audit_heads.name, [self.id, count, last.hex()])
            more = delete(audit_entries).where(entries.clinic == self.id, entries.number > count)
            tx.connection.execute(more)
            head = update(audit_heads).where(heads.clinic == self.id)
            tx.connection.execute(head.values(number=count, last=last, mac=mac))


def filled(database: Database, size: Size) -> Clinic:
    """Fill a database with a clinic of this size, and with others beside it."""
    for number in range(OTHERS):
        _fill(database, size.divided(10), seed=number + 2)
    clinic, inviter = _fill(database, size, seed=1)
    with database.writing() as tx:
        clinics.set_inviter_only(tx, clinic, inviter_only=True)
        staff.set_owner(tx, clinic, inviter.id, is_owner=False)
        made = [some_therapist(clinic, id=TherapistId(f"therapist-{n}"), is_owner=n == 1)
                for n in range(1, STAFF)]  # fmt: skip
        for one in made:
            staff.add(tx, one, "hash of a password")
        key = some_key(made[0])
        keys.add(tx, key, f"key {key.id}")
        client = _several(tx, clinic)
        notice = NOW + ANSWERED[0] * DAY + 15_000_000
        clinics.set_periods(tx, clinic, ANSWERED[0], UNANSWERED[0], 0)
        keeping.announce(tx, clinic, NOW, notice)
        any_of_them = select(responses.c.id).where(responses.c.clinic == clinic).limit(1)
        response = tx.connection.execute(any_of_them).scalar_one()
    with database.writing() as tx:
        if tx.connection.dialect.name == "postgresql":
            tx.connection.execute(text("ANALYZE"))  # as autovacuum does on any real server
    app = _app(database)
    owner, theirs, newcomer = (_seat(database, app, one) for one in (made[0], inviter, made[1]))
    return Clinic(
        database,
        clinic,
        size,
        owner,
        theirs,
        newcomer,
        inviter.id,
        f"key {key.id}",
        client,
        response,
    )


def _fill(database: Database, size: Size, seed: int) -> tuple[ClinicId, Therapist]:
    each = size.responses // size.invitations
    clinic = fill(database, size.responses, each=each, seed=seed)
    fill_arrivals(database, clinic, size.responses)
    fill_log(database, clinic, size.entries)
    with database.writing() as tx:
        [therapist] = staff.of_clinic(tx, clinic)
        hook = Webhook(
            clinic, WebhookId(new_id()), NOW, "https://hooks.example/x", "whsec_x",
            with_urgency=False,
        )  # fmt: skip
        hooks.add(tx, hook)
    fill_deliveries(database, clinic, hook.id, size.responses)
    return clinic, therapist


def _several(tx: Transaction, clinic: ClinicId) -> str:
    """Give the client with the most responses a name of their own."""
    client = tx.connection.execute(
        select(responses.c.client)
        .where(responses.c.clinic == clinic)
        .group_by(responses.c.client)
        .order_by(func.count().desc())
        .limit(1)
    ).scalar_one()
    hashes = [one[0] for one in hashes_of(tx.vault, clinic, SEARCHED)]
    clients.set_words(tx, clinic, client, hashes, RULES)
    return str(client)


def _app(database: Database) -> Flask:
    folder = find_protocol("muscle_pain")
    protocol = load_protocol(folder)
    library = OldProtocols(Screening(protocol), folder)

    def now() -> float:
        return float(NOW)

    practice = open_practice(database, now, protocol, library)
    return make_app(read_settings(), protocol, KEY, now, practice=practice)


def _seat(database: Database, app: Flask, one: Therapist) -> Seat:
    session = some_session(one)
    with database.writing() as tx:
        sessions.add(tx, f"session {session.id}", session, NOW + 3600)
    browser = app.test_client()
    browser.set_cookie("clinic", f"session {session.id}", domain="127.0.0.1")
    return Seat(browser, f"{session.csrf}.{one.clinic}.{one.id}")


def _body(address: str, answer: TestResponse) -> bytes:
    if answer.status_code not in (200, 302, 303):
        raise RuntimeError(f"{address}: {answer.status_code}")
    body: bytes = answer.data
    return body


@contextmanager
def sqlite() -> Iterator[Database]:
    """Give an empty database in a file."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'clinic.db'}", VAULT)
        database.migrate()
        yield database
        database.close()


@contextmanager
def postgresql() -> Iterator[Database]:
    """Give an empty database on a server. Raises Missing where there is none."""
    with running() as server:
        name = f"bench_{time.time_ns()}"
        database = Database(server.create(name), VAULT)
        try:
            database.migrate()
            yield database
        finally:
            database.close()
            server.drop(name)
