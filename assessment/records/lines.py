"""The line of a response, as a list shows it: what its row says, or what is left if altered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import FromClause, Row, Select, and_, select

from assessment.records import clients as clients_module
from assessment.records.authentic import COLUMNS, is_authentic
from assessment.records.model import LAST_TIME, MOST_URGENT, Line, State
from assessment.records.tables import clients, responses, versions
from assessment.records.transactions import Transaction

PLAIN = (*COLUMNS[responses.name], "mac")
"""The columns of a response that can be read without a key, and what authenticates them."""


def lines(source: FromClause = responses, *, whoever: bool = False) -> Select[Any]:
    """Return what asks for lines, from all responses or from some of them.

    `whoever`: also for those whose client is not there, which only somebody else can have written.
    """
    columns = [source.c[name] for name in PLAIN]
    of_one = and_(clients.c.clinic == source.c.clinic, clients.c.id == source.c.client)
    names = clients.c.sealed.label("client_sealed")
    answered = select(versions.c.protocol).where(versions.c.version == source.c.version)
    protocol = answered.scalar_subquery().label("protocol")
    return select(*columns, names, protocol).join_from(source, clients, of_one, isouter=whoever)


def line_of(tx: Transaction, row: Row[Any]) -> Line:
    """Return the line of a row that `lines` asked for; an altered row is an unread emergency."""
    sealed = row.client_sealed
    name = None if sealed is None else clients_module.name_of(tx, row.clinic, row.client, sealed)
    line = Line(
        id=row.id,
        client=row.client,
        client_name=name or "",
        urgency=row.urgency,
        recommendation=row.recommendation,
        complete=row.complete,
        state=state_of(row.state),
        received_at=row.received_at,
        read_at=row.read_at,
        readable=name is not None,
        protocol=row.protocol or "",
    )
    if is_authentic(tx, responses, row):
        return line
    return replace(
        line,
        urgency=MOST_URGENT,
        state=State.NEW,
        received_at=time_of(row.received_at) or 0,
        read_at=None,
        altered=True,
        recommendation=row.recommendation if isinstance(row.recommendation, str) else "",
        key=(_number(row.urgency, 9), _number(row.received_at, LAST_TIME)),
    )


def state_of(stored: object) -> State:
    """Return a state; what is none, as somebody else may have written it, is still to review."""
    return next((state for state in State if state.value == stored), State.NEW)


def time_of(stored: object) -> int | None:
    """Return a time that a calendar can show; None for anything else."""
    return stored if isinstance(stored, int) and 0 <= stored <= LAST_TIME else None


def _number(stored: object, most: int) -> int:
    """Return a number to sort by, with which an address has room for a place in the list.

    SQLite sorts what is no number above all numbers.
    """
    return min(max(stored, 0), most) if isinstance(stored, int) else most
