"""Fills a database fast: a clinic with as many responses as one likes.

The rows are like real ones, sealed one by one; only what is written is bundled.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from sqlalchemy import Table, insert

from assessment.practice.name_search import RULES
from assessment.records import clinics, therapists
from assessment.records.acts import Kind
from assessment.records.api_tables import arrival_counts, arrivals
from assessment.records.audit_tables import audit_entries, audit_heads
from assessment.records.authentic import mac_of
from assessment.records.database import Database
from assessment.records.deliveries import ARRIVED
from assessment.records.ids import ClinicId, WebhookId
from assessment.records.model import State
from assessment.records.tables import client_words, clients, invitations, responses
from assessment.records.transactions import Transaction
from assessment.records.webhook_tables import deliveries
from tests.records.some import NOW, VERSION, some_clinic, some_therapist

FIRST = ("anna", "bo", "carla", "dmitri", "elif", "fatou", "george", "hana", "ivo", "june")
ADVICE = {
    3: ("emergency",),
    2: ("urgent_medical",),
    1: ("medical_clearance_first",),
    0: ("deep_tissue", "regular_plan", "certified_therapist", "self_care"),
}
WEIGHTS = {3: 1, 2: 4, 1: 20, 0: 75}
"""How many in a hundred have which urgency."""

SEVERAL = 5
"""Responses of the first client, in a clinic of any size."""

_BUNDLE = 5_000

Row = dict[str, object]


def fill(database: Database, count: int, *, each: int = 4, seed: int = 1) -> ClinicId:
    """Write a clinic with `count` responses, `each` of one client, who has one link.

    One link in three was answered, and one in two is to a visit.

    Returns the clinic. One client in ten shares a first name; the second name ("anna n17") belongs
    to one alone. Nine in ten responses are read, one in a hundred is contacted. The same seed gives
    the same rows, but for what is sealed and the clinic.
    """
    with database.writing() as tx:
        clinic = some_clinic()
        clinics.add(tx, clinic)
        therapist = some_therapist(clinic.id)
        therapists.add(tx, therapist, None)
        people = [_id("client", number) for number in range((count + each - 1) // each)]
        _write(tx, clients, _clients(tx, clinic.id, people))
        _write(tx, client_words, _words(tx, clinic.id, people))
        _write(tx, invitations, _invitations(tx, clinic.id, people, therapist.id))
        _write(tx, responses, _responses(tx, clinic.id, people, count, random.Random(seed)))
    return clinic.id


def fill_arrivals(database: Database, clinic: ClinicId, count: int) -> None:
    """Number the responses of a clinic that was filled with so many."""
    numbers = range(1, count + 1)
    rows = (
        {"clinic": clinic, "number": one, "response": _id("response", one - 1)} for one in numbers
    )
    with database.writing() as tx:
        _write(tx, arrivals, rows)
        tx.connection.execute(insert(arrival_counts).values(clinic=clinic, last=count))


def fill_deliveries(database: Database, clinic: ClinicId, webhook: WebhookId, count: int) -> None:
    """Write that a webhook was told of so many responses of a clinic that was filled."""
    rows: Iterable[Row] = (
        {
            "clinic": clinic,
            "id": _id("delivery", number),
            "webhook": webhook,
            "kind": "response.received",
            "made_at": NOW + number,
            "due_at": NOW + number + 60 if number % 1000 == 0 else None,
            "tried_at": NOW + number,
            "tries": 1,
            "answer": "503" if number % 1000 == 0 else ARRIVED,
            "response": _id("response", number),
            "sealed": b"read when it is sent, and on no page",
        }
        for number in range(count)
    )
    with database.writing() as tx:
        _write(tx, deliveries, rows)


def fill_log(database: Database, clinic: ClinicId, count: int) -> None:
    """Write an audit log with `count` entries, one a second, by five therapists and an operator."""
    kinds = [*Kind]

    def rows() -> Iterator[Row]:
        for number in range(1, count + 1):
            by = number * 7919 % 6
            yield {
                "clinic": clinic,
                "number": number,
                "made_at": NOW + number,
                "kind": kinds[number * 104729 % 17 % 5].value,
                "act": "response read",
                "therapist": f"therapist-{by}" if by else "",
                "device": "Firefox on Windows",
                "about": f"response-{number * 31 % 997}",
                "mac": bytes(32),
            }

    with database.writing() as tx:
        _write(tx, audit_entries, rows())
        head = {"number": count, "last": bytes(32)}
        mac = tx.vault.mac(audit_heads.name, [clinic, count, bytes(32).hex()])
        tx.connection.execute(insert(audit_heads).values(clinic=clinic, **head, mac=mac))


def name_of(number: int) -> tuple[str, str]:
    """Return the words of a client's name."""
    return FIRST[number % len(FIRST)], f"n{number}"


def _is_answered(invitation: int) -> bool:
    """Whether somebody answered a link; the first client, who has several responses, did once."""
    return invitation % 3 == 0 and not 0 < invitation <= SEVERAL


def _place(response: int, people: int) -> int:
    """Return which client sent a response: the first several are from the first one alone."""
    return 0 if response < SEVERAL or people == 1 else 1 + response % (people - 1)


def _id(what: str, number: int) -> str:
    return f"{what}-{number * 2654435761 % 2**32:08x}"


def _clients(tx: Transaction, clinic: ClinicId, people: Sequence[str]) -> Iterator[Row]:
    for number, person in enumerate(people):
        words = {"name": " ".join(name_of(number)), "email": f"n{number}@client.example"}
        sealed = tx.vault.seal(words, "clients", f"{clinic}/{person}", "sealed")
        row: Row = {"clinic": clinic, "id": person, "created_at": NOW, "sealed": sealed}
        yield row | {"indexed_by": RULES}


def _words(tx: Transaction, clinic: ClinicId, people: Sequence[str]) -> Iterator[Row]:
    for number, person in enumerate(people):
        for word in name_of(number):
            hashed = tx.vault.search_hash(clinic, word)
            yield {"clinic": clinic, "word": hashed, "client": person}


def _invitations(
    tx: Transaction, clinic: ClinicId, people: Sequence[str], therapist: str
) -> Iterator[Row]:
    for number, person in enumerate(people):
        id = _id("invitation", number)
        words = {"name": " ".join(name_of(number)), "email": "", "note": ""}
        row: Row = {
            "clinic": clinic,
            "id": id,
            "client": person,
            "therapist": therapist,
            "token_hash": f"{clinic}-{number}",
            "created_at": NOW + number // 3,
            "expires_at": NOW + number + 604_800,
            "mailed_at": None,
            "opened_at": None,
            "answered": number % 17,
            "of_about": 17,
            "used_at": NOW + number // 3 + 600 if _is_answered(number) else None,
            "revoked_at": None,
            "closed_at": None,
            "replaced_by": None,
            "visit_at": NOW + number * 300 if number % 2 else None,
            "sealed": tx.vault.seal(words, "invitations", f"{clinic}/{person}/{id}", "sealed"),
        }
        yield row | {"mac": mac_of(tx, invitations, row)}


def _responses(
    tx: Transaction, clinic: ClinicId, people: Sequence[str], count: int, chance: random.Random
) -> Iterator[Row]:
    answers = {f"question_{number}": "an_answer_of_usual_length" for number in range(26)}
    content: Row = {
        "answers": answers,
        "decision": {"recommendation": "self_care", "rules": ["a reason in plain words"] * 12},
        "name": "Anna",
        "birth": "1980-02-29",
        "message": "It began after a long walk.",
        "consent": {"version": "1", "text": "I agree. " * 40, "given_at": NOW},
    }
    assert 1500 < len(json.dumps(content)) < 4000
    urgencies = chance.choices([*WEIGHTS], [*WEIGHTS.values()], k=count)
    for number, urgency in enumerate(urgencies):
        id = _id("response", number)
        place = _place(number, len(people))
        person = people[place]
        answers_link = number < len(people) and number in (0, place - 1) and _is_answered(place)
        received = NOW + chance.randrange(30_000_000)
        state = chance.choices([*State], [10, 89, 1])[0]
        row: Row = {
            "clinic": clinic,
            "id": id,
            "client": person,
            "invitation": _id("invitation", place) if answers_link else None,
            "version": VERSION,
            "send_key": f"{clinic}-{number}",
            "urgency": urgency,
            "recommendation": chance.choice(ADVICE[urgency]),
            "complete": urgency < 3,
            "state": state.value,
            "received_at": received,
            "read_at": received + 60 if chance.random() < 0.9 else None,
            "sealed": tx.vault.seal(content, "responses", f"{clinic}/{person}/{id}", "sealed"),
        }
        yield row | {"mac": mac_of(tx, responses, row)}


def _write(tx: Transaction, table: Table, rows: Iterable[Row]) -> None:
    if tx.connection.dialect.name == "postgresql":
        _copy(tx, table, rows)
        return
    # Keys are random, so all pages of all indexes are wanted all the time.
    [[usual]] = tx.connection.exec_driver_sql("PRAGMA cache_size").all()
    tx.connection.exec_driver_sql("PRAGMA cache_size=-400000")
    left = iter(rows)
    while bundle := list(islice(left, _BUNDLE)):
        tx.connection.execute(insert(table), bundle)
    tx.connection.exec_driver_sql(f"PRAGMA cache_size={usual}")


def _copy(tx: Transaction, table: Table, rows: Iterable[Row]) -> None:
    """PostgreSQL's own way to take many rows, twenty times as fast."""
    from psycopg import Connection, sql  # only where there is PostgreSQL

    driver = tx.connection.connection.driver_connection
    assert isinstance(driver, Connection)
    names = [column.name for column in table.c]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    driver.execute("SET LOCAL statement_timeout = 0")
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([row.get(name) for name in names])
