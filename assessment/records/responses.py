"""Responses: what clients sent, as the lines of an inbox and with all that is in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    FromClause,
    Row,
    Select,
    and_,
    select,
    tuple_,
    update,
)

from assessment.records import arrivals, erasures, invitations
from assessment.records import clients as clients_module
from assessment.records.authentic import COLUMNS, is_authentic, mac_of
from assessment.records.content import from_json, to_json
from assessment.records.ids import (
    ClientId,
    ClinicId,
    InvitationId,
    ResponseId,
    TherapistId,
    hash_of,
)
from assessment.records.model import LAST_TIME, MOST_URGENT, Content, Line, Response, State
from assessment.records.sealed import seal, unseal
from assessment.records.searching import Word, up_to, with_all
from assessment.records.tables import at, clients, responses, storable, versions
from assessment.records.transactions import Transaction, add_new, alone
from assessment.records.vault import Secret, Unreadable
from assessment.records.whose import came_back_to, invited_by, of_theirs

Key = tuple[int, int, str]
"""Where a line stands in the inbox: its urgency, when it was received, its id."""

_FEW = 1000
"""Clients or invitations up to which a list starts from them; with more, it walks the inbox."""

_KEY = ("urgency", "received_at", "id")
_PLAIN = (*COLUMNS[responses.name], "mac")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines are wanted. A client has to have all `words`, each as one of its hashes.

    `only` is the therapist who invited, where no other's are wanted. `versions` are those of the
    protocols that were answered, where no other is wanted; `but` are those that are not.
    """

    state: State | None = None
    recommendation: str | None = None
    words: tuple[Word, ...] = ()
    only: TherapistId | None = None
    versions: tuple[str, ...] | None = None
    but: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a list shows of a decision, and the version of the protocol that gave it."""

    urgency: int
    recommendation: str
    complete: bool
    version: str


def key_of(line: Line) -> Key:
    """Return where a line stands, to list what comes after it."""
    return *(line.key or (line.urgency, line.received_at)), line.id


def add(tx: Transaction, clinic: ClinicId, response: Response, visit: str) -> bool:
    """Add a response, once for each `visit`, which is secret; return False when it is there.

    The client's name is that of the client's own row; the one in the line is not stored.
    """
    alone(tx, "visit", clinic, hash_of(visit))  # it may have been sent under another key
    if by_visit(tx, clinic, visit) is not None:
        return False
    line = response.line
    place = (clinic, line.client, line.id)
    values = {
        "clinic": clinic,
        "id": line.id,
        "client": line.client,
        "invitation": response.invitation,
        "version": response.version,
        "send_key": tx.vault.secret_hash(Secret.VISIT, visit),
        "urgency": line.urgency,
        "recommendation": line.recommendation,
        "complete": line.complete,
        "state": line.state.value,
        "received_at": line.received_at,
        "read_at": line.read_at,
    }
    sealed = seal(tx, responses, place, to_json(response.content))
    mac = mac_of(tx, responses, values)
    is_new = add_new(tx, responses, ("clinic", "send_key"), **values, sealed=sealed, mac=mac)
    if is_new:
        arrivals.add(tx, clinic, line.id)
    return is_new


def by_visit(tx: Transaction, clinic: ClinicId, visit: str) -> ResponseId | None:
    """Return the response that was sent in this visit."""
    is_it = responses.c.send_key.in_(tx.vault.secret_hashes(Secret.VISIT, visit))
    found: ResponseId | None = tx.connection.execute(
        select(responses.c.id).where(responses.c.clinic == clinic, is_it)
    ).scalar_one_or_none()
    return found


def listed(
    tx: Transaction,
    clinic: ClinicId,
    wanted: Filter,
    after: Key | None,
    limit: int,
    *,
    backwards: bool = False,
) -> tuple[Line, ...]:
    """Return lines of a clinic's inbox: most urgent first, then newest; `backwards`: the reverse.

    `after` is the key of the last line that was seen. A line whose client cannot be read has an
    empty name and is not `readable`.
    """
    narrow = _narrow(clinic, wanted)
    few = {name: found for name, found in narrow.items() if up_to(tx, _FEW + 1, found) <= _FEW}
    source = _of_these(clinic, few) if few else responses
    statement = _lines(source).where(source.c.clinic == clinic)
    if "client" in narrow.keys() - few.keys():
        statement = statement.where(source.c.client.in_(narrow["client"]))
    if wanted.only is not None and "invitation" not in few:
        statement = statement.where(came_back_to(wanted.only, source))
    if wanted.state is not None:
        statement = statement.where(source.c.state == wanted.state.value)
    if wanted.recommendation is not None:
        statement = statement.where(source.c.recommendation == wanted.recommendation)
    if wanted.versions is not None:
        statement = statement.where(source.c.version.in_(wanted.versions))
    if wanted.but:
        statement = statement.where(source.c.version.not_in(wanted.but))
    key = [source.c[name] for name in _KEY]
    if after is not None:
        place = storable(after[0], 32), storable(after[1]), after[2]
        seen = tuple_(*key)
        statement = statement.where(seen > place if backwards else seen < place)
    order = (column.asc() if backwards else column.desc() for column in key)
    statement = statement.order_by(*order).limit(limit)
    return tuple(_line(tx, row) for row in tx.connection.execute(statement))


def unread_urgent(
    tx: Transaction,
    clinic: ClinicId,
    at_least: int,
    most: int = 100,
    *,
    but: Collection[ResponseId] = (),
    only: TherapistId | None = None,
) -> int:
    """Return how many unread responses have at least this urgency; counts up to `most`.

    Those in `but` are not counted, nor with `only` those that came back to others.
    """
    counted = select(responses.c.urgency).where(
        responses.c.clinic == clinic,
        responses.c.read_at.is_(None),
        responses.c.urgency >= at_least,
    )
    if but:
        counted = counted.where(responses.c.id.not_in([*but]))
    if only is not None:
        counted = counted.where(of_theirs(tx, clinic, only))
    return up_to(tx, most, counted)


def get(tx: Transaction, clinic: ClinicId, id: ResponseId) -> Response | None:
    """Return one of a clinic's responses with its content. Raises Unreadable."""
    row = tx.connection.execute(
        _lines(whoever=True).add_columns(responses.c.sealed).where(at(responses, clinic, id))
    ).one_or_none()
    if row is None:
        return None
    content = unseal(tx, responses, (clinic, row.client, id), row.sealed)
    return Response(_line(tx, row), row.invitation, row.version, from_json(content))


def contents(
    tx: Transaction, clinic: ClinicId, ids: Iterable[ResponseId]
) -> dict[ResponseId, Content]:
    """Return what is in these responses of a clinic; without those that cannot be read."""
    wanted = [*ids]
    if not wanted:
        return {}
    columns = (responses.c.id, responses.c.client, responses.c.sealed)
    rows = tx.connection.execute(
        select(*columns).where(responses.c.clinic == clinic, responses.c.id.in_(wanted))
    )
    found = {}
    for row in rows:
        with suppress(Unreadable):
            opened = unseal(tx, responses, (clinic, row.client, row.id), row.sealed)
            found[ResponseId(row.id)] = from_json(opened)
    return found


def line(
    tx: Transaction, clinic: ClinicId, id: ResponseId, only: TherapistId | None = None
) -> Line | None:
    """Return the line of one of a clinic's responses; with `only`, if it came back to them."""
    return several(tx, clinic, [id], only).get(id)


def several(
    tx: Transaction, clinic: ClinicId, ids: Iterable[ResponseId], only: TherapistId | None = None
) -> dict[ResponseId, Line]:
    """Return the lines of these responses of a clinic; with `only`, of those that came back to
    them. Those that are not there are left out.
    """
    wanted = [*ids]
    if not wanted:
        return {}
    found = _lines(whoever=True).where(responses.c.clinic == clinic, responses.c.id.in_(wanted))
    if only is not None:
        found = found.where(came_back_to(only))
    return {row.id: _line(tx, row) for row in tx.connection.execute(found)}


def of_client(
    tx: Transaction, clinic: ClinicId, client: ClientId, only: TherapistId | None = None
) -> tuple[Line, ...]:
    """Return the lines of a client, the newest first; with `only`, those that came back to them."""
    found = _lines().where(responses.c.clinic == clinic, responses.c.client == client)
    if only is not None:
        found = found.where(came_back_to(only))
    newest = found.order_by(responses.c.received_at.desc(), responses.c.id.desc())
    return tuple(_line(tx, row) for row in tx.connection.execute(newest))


def of_invitation(tx: Transaction, clinic: ClinicId, invitation: InvitationId) -> ResponseId | None:
    """Return the response that was sent with a link; a link takes one."""
    found: ResponseId | None = tx.connection.execute(
        select(responses.c.id)
        .where(responses.c.clinic == clinic, responses.c.invitation == invitation)
        .limit(1)
    ).scalar_one_or_none()
    return found


def of_invitations(
    tx: Transaction, clinic: ClinicId, ids: Iterable[InvitationId]
) -> dict[InvitationId, Line]:
    """Return the line of what came back with each of these links, where anything did."""
    found = _lines(whoever=True).where(
        responses.c.clinic == clinic, responses.c.invitation.in_([*ids])
    )
    rows = tx.connection.execute(found)
    return {InvitationId(row.invitation): _line(tx, row) for row in rows}


def mark_read(tx: Transaction, clinic: ClinicId, id: ResponseId, now: int) -> None:
    """Write when a response was read; only the first time counts."""
    row = _locked(tx, clinic, id)
    if row is not None and row.read_at is None:
        _rewrite(tx, row, read_at=now)


def set_state(tx: Transaction, clinic: ClinicId, id: ResponseId, state: State) -> None:
    """Write how far a therapist has got with a response."""
    row = _locked(tx, clinic, id)
    if row is not None:
        _rewrite(tx, row, state=state.value)


def put_right(tx: Transaction, clinic: ClinicId, id: ResponseId, sent: Decision, now: int) -> None:
    """Authenticate an altered response anew, once a therapist has seen to it.

    `sent` is from its sealed content. An invitation of another client is dropped. Times stay as
    they stand there: nobody knows better.
    """
    row = _locked(tx, clinic, id)
    if row is None or is_authentic(tx, responses, row):
        return
    invited = row.invitation and invitations.was_for(tx, clinic, row.invitation, row.client)
    values = dict(zip(_PLAIN, row, strict=True)) | {
        "invitation": row.invitation if invited else None,
        "version": sent.version,
        "urgency": sent.urgency,
        "recommendation": sent.recommendation,
        "complete": sent.complete,
        "received_at": _time(row.received_at) or now,
        "state": _state(row.state).value,
        "read_at": _time(row.read_at),
    }
    _write(tx, values)


def erase(tx: Transaction, clinic: ClinicId, id: ResponseId, now: int) -> bool:
    """Erase a response with its notes, for good; return whether there was one.

    On SQLite the bytes are overwritten in the file at once.
    """
    return bool(erasures.erase(tx, responses, clinic, [id], now))


def _lines(source: FromClause = responses, *, whoever: bool = False) -> Select[Any]:
    """Return what asks for lines, from all responses or from some of them.

    `whoever`: also for those whose client is not there, which only somebody else can have written.
    """
    columns = [source.c[name] for name in _PLAIN]
    of_one = and_(clients.c.clinic == source.c.clinic, clients.c.id == source.c.client)
    names = clients.c.sealed.label("client_sealed")
    answered = select(versions.c.protocol).where(versions.c.version == source.c.version)
    protocol = answered.scalar_subquery().label("protocol")
    return select(*columns, names, protocol).join_from(source, clients, of_one, isouter=whoever)


def _narrow(clinic: ClinicId, wanted: Filter) -> dict[str, Select[Any]]:
    """Return what asks for the clients and the invitations that are wanted, where not all are."""
    found = {}
    if wanted.words:
        found["client"] = with_all(clinic, wanted.words)
    if wanted.only is not None:
        found["invitation"] = invited_by(clinic, wanted.only)
    return found


def _of_these(clinic: ClinicId, few: Mapping[str, Select[Any]]) -> FromClause:
    """Return the responses of a few clients or invitations, to be found before anything else."""
    columns = [responses.c[name] for name in _PLAIN]
    theirs = select(*columns).where(responses.c.clinic == clinic)
    theirs = theirs.where(*(responses.c[name].in_(found) for name, found in few.items()))
    return theirs.offset(0).subquery()  # neither database looks through an offset


def _locked(tx: Transaction, clinic: ClinicId, id: ResponseId) -> Row[Any] | None:
    """Return the plain columns of a response, which nobody else changes meanwhile."""
    found = select(*(responses.c[name] for name in _PLAIN)).where(at(responses, clinic, id))
    return tx.connection.execute(found.with_for_update()).one_or_none()


def _rewrite(tx: Transaction, row: Row[Any], **changes: object) -> None:
    """Write changes to a row, and authenticate it again; an altered one stays as it is."""
    if is_authentic(tx, responses, row):
        _write(tx, dict(zip(_PLAIN, row, strict=True)) | changes)


def _write(tx: Transaction, values: dict[str, object]) -> None:
    row = at(responses, str(values["clinic"]), str(values["id"]))
    values["mac"] = mac_of(tx, responses, values)
    tx.connection.execute(update(responses).where(row).values(values))


def _line(tx: Transaction, row: Row[Any]) -> Line:
    sealed = row.client_sealed
    name = None if sealed is None else clients_module.name_of(tx, row.clinic, row.client, sealed)
    line = Line(
        id=row.id,
        client=row.client,
        client_name=name or "",
        urgency=row.urgency,
        recommendation=row.recommendation,
        complete=row.complete,
        state=_state(row.state),
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
        received_at=_time(row.received_at) or 0,
        read_at=None,
        altered=True,
        recommendation=row.recommendation if isinstance(row.recommendation, str) else "",
        key=(_number(row.urgency, 9), _number(row.received_at, LAST_TIME)),
    )


def _state(stored: object) -> State:
    """Return a state; what is none, as somebody else may have written it, is still to review."""
    return next((state for state in State if state.value == stored), State.NEW)


def _time(stored: object) -> int | None:
    """Return a time that a calendar can show; None for anything else."""
    return stored if isinstance(stored, int) and 0 <= stored <= LAST_TIME else None


def _number(stored: object, most: int) -> int:
    """Return a number to sort by, with which an address has room for a place in the list.

    SQLite sorts what is no number above all numbers.
    """
    return min(max(stored, 0), most) if isinstance(stored, int) else most
