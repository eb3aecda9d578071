"""The clients of a clinic as a list: who they are, and when they were last heard of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select, tuple_

from assessment.records.clients import name_of
from assessment.records.ids import ClientId, ClinicId, TherapistId
from assessment.records.model import LAST_TIME
from assessment.records.searching import Word, up_to, with_all
from assessment.records.tables import clients, invitations, responses, storable
from assessment.records.transactions import Transaction
from assessment.records.whose import came_back_to, invited_by

Place = tuple[int, str]
"""Where a client stands in the list: when they became one, and their id."""

_FEW = 1000
"""Clients up to which a list starts from them; with more, it walks all clients in order."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One client, since `created_at`. `responses` counts what came back, the last `answered_at`.

    `name` is empty and `readable` False where it cannot be read. Times are Unix seconds, None where
    nothing came back, or nobody invited them.
    """

    id: ClientId
    name: str
    created_at: int
    responses: int
    answered_at: int | None
    invited_at: int | None
    readable: bool = True

    @property
    def place(self) -> Place:
        """Where it stands, to list what comes after it."""
        return self.created_at, self.id


def listed(
    tx: Transaction,
    clinic: ClinicId,
    words: tuple[Word, ...],
    after: Place | None,
    limit: int,
    only: TherapistId | None = None,
) -> tuple[Entry, ...]:
    """Return clients, the newest first: those who have all `words`, if there are any.

    With `only`, whom one therapist invited, and what came back to them.
    """
    statement = select(clients.c.id, clients.c.created_at, clients.c.sealed)
    statement = statement.where(clients.c.clinic == clinic)
    is_short = False
    if words:
        found = with_all(clinic, words)
        statement = statement.where(clients.c.id.in_(found))
        is_short = up_to(tx, _FEW + 1, found) <= _FEW
    if only is not None:
        mine = select(invitations.c.client).where(
            invitations.c.clinic == clinic, invitations.c.therapist == only
        )
        few = up_to(tx, _FEW + 1, invited_by(clinic, only)) <= _FEW
        singly = mine.where(invitations.c.client == clients.c.id).exists()
        statement = statement.where(clients.c.id.in_(mine) if few else singly)
        is_short = is_short or few
    # Neither database looks through an offset: then it finds these few before anything else.
    source = statement.offset(0).subquery() if is_short else statement.subquery()
    key = (source.c.created_at, source.c.id)
    page = select(source)
    if after is not None:
        page = page.where(tuple_(*key) < (storable(after[0]), after[1]))
    ordered = page.order_by(*(column.desc() for column in key)).limit(limit)
    rows = tx.connection.execute(ordered).all()
    return _entries(tx, clinic, rows, only)


def _entries(
    tx: Transaction, clinic: ClinicId, rows: Sequence[Any], only: TherapistId | None
) -> tuple[Entry, ...]:
    ids = [row.id for row in rows]
    back = _last(responses.c.client, responses.c.received_at, responses.c.clinic == clinic, ids)
    made = _last(
        invitations.c.client, invitations.c.created_at, invitations.c.clinic == clinic, ids
    )
    if only is not None:
        back = back.where(came_back_to(only))
        made = made.where(invitations.c.therapist == only)
    answered, invited = (
        {row[0]: row for row in tx.connection.execute(one)} for one in (back, made)
    )
    entries = []
    for row in rows:
        name = name_of(tx, clinic, ClientId(row.id), row.sealed)
        heard, asked = answered.get(row.id), invited.get(row.id)
        entries.append(
            Entry(
                id=ClientId(row.id),
                name=name or "",
                created_at=row.created_at,
                responses=0 if heard is None else heard.number,
                answered_at=None if heard is None else _time(heard.last),
                invited_at=None if asked is None else _time(asked.last),
                readable=name is not None,
            )
        )
    return tuple(entries)


def _last(client: Any, time: Any, in_clinic: Any, ids: Sequence[str]) -> Select[Any]:  # noqa: ANN401  columns of either table
    """Return what asks for the last time of each of these clients, and for how many there are."""
    columns = client, func.max(time).label("last"), func.count().label("number")
    return select(*columns).where(in_clinic, client.in_(ids)).group_by(client)


def _time(stored: object) -> int | None:
    """Return a time that a calendar can show; None for what only somebody else can have written."""
    return stored if isinstance(stored, int) and 0 <= stored <= LAST_TIME else None
