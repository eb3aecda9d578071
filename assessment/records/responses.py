"""Responses: what clients sent, as the lines of an inbox and with all that is in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    FromClause,
    Row,
    Select,
    and_,
    delete,
    func,
    select,
    tuple_,
    update,
)

from assessment.records import clients as clients_module
from assessment.records.content import from_json, to_json
from assessment.records.database import Transaction, add_new, mark_erased
from assessment.records.ids import ClientId, ClinicId, InvitationId, ResponseId
from assessment.records.model import Line, Response, State
from assessment.records.sealed import seal, unseal
from assessment.records.tables import at, client_words, clients, responses, storable

Key = tuple[int, int, str]
"""Where a line stands in the inbox: its urgency, when it was received, its id."""

_FEW = 1000
"""Clients up to which a search starts from them; when more are found, it walks the inbox."""

_KEY = ("urgency", "received_at", "id")
_PLAIN = ("clinic", "client", "recommendation", "complete", "state", "read_at", *_KEY)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines are wanted. `words` are hashes, and a client has to have all of them."""

    state: State | None = None
    recommendation: str | None = None
    words: tuple[str, ...] = ()


def key_of(line: Line) -> Key:
    """Return where a line stands, to list what comes after it."""
    return line.urgency, line.received_at, line.id


def add(tx: Transaction, clinic: ClinicId, response: Response, send_key: str) -> bool:
    """Add a response, once for each `send_key`; return False when it is there already.

    The client's name is that of the client's own row; the one in the line is not stored.
    """
    line = response.line
    place = (clinic, line.client, line.id)
    return add_new(
        tx,
        responses,
        ("clinic", "send_key"),
        clinic=clinic,
        id=line.id,
        client=line.client,
        invitation=response.invitation,
        version=response.version,
        send_key=send_key,
        urgency=line.urgency,
        recommendation=line.recommendation,
        complete=line.complete,
        state=line.state.value,
        received_at=line.received_at,
        read_at=line.read_at,
        sealed=seal(tx, responses, place, to_json(response.content)),
    )


def by_send_key(tx: Transaction, clinic: ClinicId, send_key: str) -> ResponseId | None:
    """Return the response that was sent with this key."""
    found: ResponseId | None = tx.connection.execute(
        select(responses.c.id).where(responses.c.clinic == clinic, responses.c.send_key == send_key)
    ).scalar_one_or_none()
    return found


def listed(
    tx: Transaction, clinic: ClinicId, wanted: Filter, after: Key | None, limit: int
) -> tuple[Line, ...]:
    """Return lines of a clinic's inbox: most urgent first, then newest.

    `after` is the key of the last line that was seen. A line whose client cannot be read has an
    empty name and is not `readable`.
    """
    found = _with_all(clinic, wanted.words) if wanted.words else None
    few = found is not None and _up_to(tx, _FEW + 1, found) <= _FEW
    source = _of_these(clinic, found) if found is not None and few else responses
    statement = _lines(source).where(source.c.clinic == clinic)
    if found is not None and not few:
        statement = statement.where(source.c.client.in_(found))
    if wanted.state is not None:
        statement = statement.where(source.c.state == wanted.state.value)
    if wanted.recommendation is not None:
        statement = statement.where(source.c.recommendation == wanted.recommendation)
    key = [source.c[name] for name in _KEY]
    if after is not None:
        place = storable(after[0], 32), storable(after[1]), after[2]
        statement = statement.where(tuple_(*key) < place)
    statement = statement.order_by(*(column.desc() for column in key)).limit(limit)
    return tuple(_line(tx, row) for row in tx.connection.execute(statement))


def unread_urgent(tx: Transaction, clinic: ClinicId, at_least: int, most: int = 100) -> int:
    """Return how many unread responses have at least this urgency; counts up to `most`."""
    return _up_to(
        tx,
        most,
        select(responses.c.urgency).where(
            responses.c.clinic == clinic,
            responses.c.read_at.is_(None),
            responses.c.urgency >= at_least,
        ),
    )


def get(tx: Transaction, clinic: ClinicId, id: ResponseId) -> Response | None:
    """Return one of a clinic's responses with its content. Raises Unreadable."""
    columns = (responses.c.invitation, responses.c.version, responses.c.sealed)
    row = tx.connection.execute(
        _lines().add_columns(*columns).where(at(responses, clinic, id))
    ).one_or_none()
    if row is None:
        return None
    content = unseal(tx, responses, (clinic, row.client, id), row.sealed)
    return Response(_line(tx, row), row.invitation, row.version, from_json(content))


def line(tx: Transaction, clinic: ClinicId, id: ResponseId) -> Line | None:
    """Return the line of one of a clinic's responses."""
    row = tx.connection.execute(_lines().where(at(responses, clinic, id))).one_or_none()
    return None if row is None else _line(tx, row)


def of_client(tx: Transaction, clinic: ClinicId, client: ClientId) -> tuple[Line, ...]:
    """Return the lines of a client, the newest first."""
    rows = tx.connection.execute(
        _lines()
        .where(responses.c.clinic == clinic, responses.c.client == client)
        .order_by(responses.c.received_at.desc(), responses.c.id.desc())
    )
    return tuple(_line(tx, row) for row in rows)


def of_invitation(tx: Transaction, clinic: ClinicId, invitation: InvitationId) -> ResponseId | None:
    """Return the response that was sent with a link; a link takes one."""
    found: ResponseId | None = tx.connection.execute(
        select(responses.c.id)
        .where(responses.c.clinic == clinic, responses.c.invitation == invitation)
        .limit(1)
    ).scalar_one_or_none()
    return found


def mark_read(tx: Transaction, clinic: ClinicId, id: ResponseId, now: int) -> None:
    """Write when a response was read; only the first time counts."""
    tx.connection.execute(
        update(responses)
        .where(at(responses, clinic, id), responses.c.read_at.is_(None))
        .values(read_at=now)
    )


def set_state(tx: Transaction, clinic: ClinicId, id: ResponseId, state: State) -> None:
    """Write how far a therapist has got with a response."""
    tx.connection.execute(
        update(responses).where(at(responses, clinic, id)).values(state=state.value)
    )


def erase(tx: Transaction, clinic: ClinicId, id: ResponseId) -> bool:
    """Erase a response with its notes; return whether there was one.

    On SQLite the bytes are overwritten in the file at once.
    """
    mark_erased(tx)
    return tx.connection.execute(delete(responses).where(at(responses, clinic, id))).rowcount == 1


def _lines(source: FromClause = responses) -> Select[Any]:
    """Return what asks for lines, from all responses or from some of them."""
    columns = [source.c[name] for name in _PLAIN]
    of_one = and_(clients.c.clinic == source.c.clinic, clients.c.id == source.c.client)
    names = clients.c.sealed.label("client_sealed")
    return select(*columns, names).join_from(source, clients, of_one)


def _of_these(clinic: ClinicId, found: Select[Any]) -> FromClause:
    """Return the responses of these clients, to be found before anything else is looked at."""
    columns = [responses.c[name] for name in _PLAIN]
    theirs = select(*columns).where(responses.c.clinic == clinic, responses.c.client.in_(found))
    return theirs.offset(0).subquery()  # neither database looks through an offset


def _with_all(clinic: ClinicId, words: tuple[str, ...]) -> Select[Any]:
    """Return the clients who have all of these words."""
    first, *others = (
        select(client_words.c.client).where(
            client_words.c.clinic == clinic, client_words.c.word == word
        )
        for word in dict.fromkeys(words)
    )
    return first.where(*(client_words.c.client.in_(other) for other in others))


def _up_to(tx: Transaction, most: int, found: Select[Any]) -> int:
    """Return how many rows there are, without looking at more than `most`."""
    counted = select(func.count()).select_from(found.limit(most).subquery())
    return tx.connection.execute(counted).scalar_one()


def _line(tx: Transaction, row: Row[Any]) -> Line:
    name = clients_module.name_of(tx, row.clinic, row.client, row.client_sealed)
    return Line(
        id=row.id,
        client=row.client,
        client_name=name or "",
        urgency=row.urgency,
        recommendation=row.recommendation,
        complete=row.complete,
        state=State(row.state),
        received_at=row.received_at,
        read_at=row.read_at,
        readable=name is not None,
    )
