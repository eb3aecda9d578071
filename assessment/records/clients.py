"""Clients: who was invited or sent answers, and the hashes by which they are found."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, insert, or_, select, update

from assessment.records import erasures
from assessment.records.ids import ClientId, ClinicId
from assessment.records.model import Client
from assessment.records.sealed import seal, words_of
from assessment.records.tables import at, client_words, clients
from assessment.records.transactions import Transaction


def add(tx: Transaction, client: Client) -> None:
    """Add a client."""
    words = {"name": client.name, "email": client.email, "phone": client.phone}
    tx.connection.execute(
        insert(clients).values(
            clinic=client.clinic,
            id=client.id,
            created_at=client.created_at,
            sealed=seal(tx, clients, (client.clinic, client.id), words),
        )
    )


def get(tx: Transaction, clinic: ClinicId, id: ClientId) -> Client | None:
    """Return one of a clinic's clients."""
    row = tx.connection.execute(
        select(clients.c.created_at, clients.c.sealed).where(at(clients, clinic, id))
    ).one_or_none()
    if row is None:
        return None
    words = words_of(tx, clients, (clinic, id), row.sealed)
    if words is None:
        return Client(id, clinic, "", "", row.created_at, readable=False)
    phone = words.get("phone", "")  # older rows have none
    return Client(id, clinic, words["name"], words["email"], row.created_at, phone)


def name_of(tx: Transaction, clinic: ClinicId, id: ClientId, sealed: bytes) -> str | None:
    """Return the name in a client's sealed words; None when they cannot be read."""
    words = words_of(tx, clients, (clinic, id), sealed)
    return None if words is None else words["name"]


def set_words(
    tx: Transaction,
    clinic: ClinicId,
    client: ClientId,
    hashes: Iterable[str],
    rules: int | None = None,
) -> None:
    """Write the hashes of the words by which a client is found, in place of earlier ones.

    `rules` is the number of the rules by which they were made.
    """
    tx.connection.execute(
        delete(client_words).where(client_words.c.clinic == clinic, client_words.c.client == client)
    )
    rows = [{"clinic": clinic, "client": client, "word": word} for word in sorted(set(hashes))]
    if rows:
        tx.connection.execute(insert(client_words), rows)
    tx.connection.execute(
        update(clients).where(at(clients, clinic, client)).values(indexed_by=rules)
    )


def indexed_otherwise(tx: Transaction, clinic: ClinicId, rules: int) -> tuple[ClientId, ...]:
    """Return the clients of a clinic whose hashes were made by other rules than these."""
    # "Distinct from" is no range: no index finds it.
    number = clients.c.indexed_by
    other = or_(number.is_(None), number < rules, number > rules)
    found = tx.connection.execute(select(clients.c.id).where(clients.c.clinic == clinic, other))
    return tuple(ClientId(id) for id in found.scalars())


def erase(tx: Transaction, clinic: ClinicId, id: ClientId, now: int) -> bool:
    """Erase a client with all invitations, responses, notes and words, for good.

    Returns whether there was one. On SQLite the bytes are overwritten in the file at once.
    """
    return bool(erasures.erase(tx, clients, clinic, [id], now))
