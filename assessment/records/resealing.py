"""Makes anew, with the first key, what older keys made: sealed values, and what authenticates rows.

Each piece takes the next rows of a table in the order of their primary key, so that whoever was
stopped in the middle begins again, and finds done what was done. A row is written only where it is
still as it was read. The id of the key in a sealed value says whether it was done; a `mac` has no
such id, and is tried.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Row, Select, Table, func, select, tuple_, update

from assessment.records.api_tables import api_keys
from assessment.records.authentic import COLUMNS, mac_of
from assessment.records.factor_tables import apps, passkeys
from assessment.records.ids import ClientId, ClinicId
from assessment.records.keeping_tables import withdrawals
from assessment.records.measure_tables import measures
from assessment.records.own_tables import own_answers, own_questions
from assessment.records.tables import (
    clients,
    codes,
    invitations,
    notes,
    outbox,
    rechecks,
    responses,
    sessions,
    therapists,
)
from assessment.records.tables_returning import return_codes
from assessment.records.transactions import Transaction
from assessment.records.vault import Unreadable
from assessment.records.webhook_tables import deliveries, webhooks


@dataclass(frozen=True, slots=True)
class Place:
    """A column that is sealed, for the row with these values of `owner`; `as_text`: in base64."""

    table: Table
    owner: tuple[str, ...]
    column: str = "sealed"
    as_text: bool = False


PLACES = (
    Place(clients, ("clinic", "id")),
    Place(invitations, ("clinic", "client", "id")),
    Place(responses, ("clinic", "client", "id")),
    Place(notes, ("clinic", "response", "id")),
    Place(rechecks, ("clinic", "id", "version")),
    Place(outbox, ("clinic", "invitation", "id")),
    Place(apps, ("clinic", "id")),
    Place(passkeys, ("clinic", "therapist", "id", "credential")),
    Place(webhooks, ("clinic", "id")),
    Place(deliveries, ("clinic", "webhook", "id")),
    Place(own_questions, ("clinic",)),
    Place(own_answers, ("clinic", "id")),
    Place(measures, ("clinic", "id")),
    Place(therapists, ("clinic", "id"), "password_hash", as_text=True),
)
"""Every column that is sealed; a test looks for others."""

AUTHENTICATED = (
    sessions, codes, invitations, responses, rechecks, api_keys, withdrawals, return_codes,
)  # fmt: skip
"""Every table with a `mac`, but those of the audit log."""

Key = tuple[Any, ...]
"""The primary key of a row."""
OfClient = Callable[[Transaction, ClinicId, ClientId], None]


@dataclass(frozen=True, slots=True)
class Step:
    """How many rows were made anew, and how many cannot be opened with the key that they name.

    `last` is the last row that was looked at; None when there are no more.
    """

    done: int
    unreadable: int
    last: Key | None


Piece = Callable[[Transaction, Key | None, int], Step]
"""Makes anew the next rows of a table, after that one, and of up to so many."""


def pieces(with_client: OfClient) -> Iterator[Piece]:
    """Give what makes all anew, table by table; `with_client` is done first with each client."""
    for place in PLACES:
        before = with_client if place.table is clients else None
        yield partial(_reseal, place, before)
    for table in AUTHENTICATED:
        yield partial(_authenticate, table)


def _reseal(
    place: Place, before: OfClient | None, tx: Transaction, after: Key | None, limit: int
) -> Step:
    """Seal anew what older keys sealed in the next `limit` rows where they did."""
    column = place.table.c[place.column]
    named = {place.table.c[name] for name in (*place.owner, *_key_of(place.table))}
    rows = _page(tx, select(*named, column), place.table, after, limit, _is_older(tx, place))
    done = unreadable = 0
    for row in rows:
        try:
            sealed = _sealed_anew(tx, place, row)
        except Unreadable:
            unreadable += 1
            continue
        if sealed is not None:
            if before is not None:
                before(tx, row.clinic, row.id)
            done += _put(tx, place.table, row, column, sealed)
    return Step(done, unreadable, _last(place.table, rows, limit))


def _authenticate(table: Table, tx: Transaction, after: Key | None, limit: int) -> Step:
    """Authenticate anew what older keys did in the next `limit` rows; what we did not, stays."""
    named = {table.c[name] for name in (*COLUMNS[table.name], *_key_of(table))}
    rows = _page(tx, select(*named, table.c.mac), table, after, limit)
    done = 0
    for row in rows:
        values = [row._mapping[name] for name in COLUMNS[table.name]]
        if tx.vault.is_newest_mac_of(row.mac, table.name, values):
            continue
        if tx.vault.is_mac_of(row.mac, table.name, values):
            done += _put(tx, table, row, table.c.mac, mac_of(tx, table, dict(row._mapping)))
    return Step(done, 0, _last(table, rows, limit))


def _is_older(tx: Transaction, place: Place) -> ColumnElement[bool]:
    column = place.table.c[place.column]
    if place.as_text:  # three bytes are four letters: compared when it is read
        return column.is_not(None)
    begins = func.substr(column, 1, len(tx.vault.newest), type_=LargeBinary)
    return column.is_not(None) & (begins != tx.vault.newest)


def _sealed_anew(tx: Transaction, place: Place, row: Row[Any]) -> bytes | str | None:
    """Return a value sealed with the first key; None where it is no older key's.

    Raises Unreadable when it says that it is one's, and that does not open it.
    """
    stored = row._mapping[place.column]
    if place.as_text:
        try:
            stored = b64decode(stored, validate=True)
        except (ValueError, TypeError):
            return None  # somebody else wrote that one
    if not tx.vault.has_key_of(stored) or stored.startswith(tx.vault.newest):
        return None
    where = place.table.name, "/".join(row._mapping[name] for name in place.owner), place.column
    sealed = tx.vault.seal(tx.vault.open(stored, *where), *where)
    return b64encode(sealed).decode() if place.as_text else sealed


def _page(
    tx: Transaction,
    wanted: Select[Any],
    table: Table,
    after: Key | None,
    limit: int,
    *conditions: ColumnElement[bool],
) -> list[Row[Any]]:
    key = [table.c[name] for name in _key_of(table)]
    wanted = wanted.where(*conditions).order_by(*key).limit(limit)
    if after is not None:
        wanted = wanted.where(tuple_(*key) > tuple_(*after))
    return list(tx.connection.execute(wanted).all())


def _put(
    tx: Transaction, table: Table, row: Row[Any], column: ColumnElement[Any], value: object
) -> int:
    """Write a value where the row still has the one that was read; return how many rows have it."""
    name = str(column.key)
    as_read = [table.c[one] == row._mapping[one] for one in _key_of(table)]
    as_read.append(table.c[name] == row._mapping[name])
    written = update(table).where(*as_read).values({name: value})
    return tx.connection.execute(written).rowcount


def _key_of(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]


def _last(table: Table, rows: list[Row[Any]], limit: int) -> Key | None:
    if len(rows) < limit:
        return None
    return tuple(rows[-1]._mapping[name] for name in _key_of(table))
