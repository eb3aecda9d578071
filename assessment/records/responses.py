"""Responses: what clients sent, each as its line and with all that is in it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Row,
    select,
    update,
)

from assessment.records import arrivals, erasures, invitations
from assessment.records.authentic import is_authentic, mac_of
from assessment.records.content import from_json, to_json
from assessment.records.ids import (
    ClientId,
    ClinicId,
    InvitationId,
    ResponseId,
    TherapistId,
    hash_of,
)
from assessment.records.lines import PLAIN, line_of, lines, state_of, time_of
from assessment.records.model import Content, Line, Response, State
from assessment.records.sealed import seal, unseal
from assessment.records.tables import at, responses
from assessment.records.transactions import Transaction, add_new, alone
from assessment.records.vault import Secret, Unreadable
from assessment.records.whose import came_back_to


@dataclass(frozen=True, slots=True)
class Decision:
    """What a list shows of a decision, and the version of the protocol that gave it."""

    urgency: int
    recommendation: str
    complete: bool
    version: str


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


def get(tx: Transaction, clinic: ClinicId, id: ResponseId) -> Response | None:
    """Return one of a clinic's responses with its content. Raises Unreadable."""
    row = tx.connection.execute(
        lines(whoever=True).add_columns(responses.c.sealed).where(at(responses, clinic, id))
    ).one_or_none()
    if row is None:
        return None
    content = unseal(tx, responses, (clinic, row.client, id), row.sealed)
    return Response(line_of(tx, row), row.invitation, row.version, from_json(content))


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
    found = lines(whoever=True).where(responses.c.clinic == clinic, responses.c.id.in_(wanted))
    if only is not None:
        found = found.where(came_back_to(only))
    return {row.id: line_of(tx, row) for row in tx.connection.execute(found)}


def of_client(
    tx: Transaction, clinic: ClinicId, client: ClientId, only: TherapistId | None = None
) -> tuple[Line, ...]:
    """Return the lines of a client, the newest first; with `only`, those that came back to them."""
    found = lines().where(responses.c.clinic == clinic, responses.c.client == client)
    if only is not None:
        found = found.where(came_back_to(only))
    newest = found.order_by(responses.c.received_at.desc(), responses.c.id.desc())
    return tuple(line_of(tx, row) for row in tx.connection.execute(newest))


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
    found = lines(whoever=True).where(
        responses.c.clinic == clinic, responses.c.invitation.in_([*ids])
    )
    rows = tx.connection.execute(found)
    return {InvitationId(row.invitation): line_of(tx, row) for row in rows}


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
    values = dict(zip(PLAIN, row, strict=True)) | {
        "invitation": row.invitation if invited else None,
        "version": sent.version,
        "urgency": sent.urgency,
        "recommendation": sent.recommendation,
        "complete": sent.complete,
        "received_at": time_of(row.received_at) or now,
        "state": state_of(row.state).value,
        "read_at": time_of(row.read_at),
    }
    _write(tx, values)


def erase(tx: Transaction, clinic: ClinicId, id: ResponseId, now: int) -> bool:
    """Erase a response with its notes, for good; return whether there was one.

    On SQLite the bytes are overwritten in the file at once.
    """
    return bool(erasures.erase(tx, responses, clinic, [id], now))


def _locked(tx: Transaction, clinic: ClinicId, id: ResponseId) -> Row[Any] | None:
    """Return the plain columns of a response, which nobody else changes meanwhile."""
    found = select(*(responses.c[name] for name in PLAIN)).where(at(responses, clinic, id))
    return tx.connection.execute(found.with_for_update()).one_or_none()


def _rewrite(tx: Transaction, row: Row[Any], **changes: object) -> None:
    """Write changes to a row, and authenticate it again; an altered one stays as it is."""
    if is_authentic(tx, responses, row):
        _write(tx, dict(zip(PLAIN, row, strict=True)) | changes)


def _write(tx: Transaction, values: dict[str, object]) -> None:
    row = at(responses, str(values["clinic"]), str(values["id"]))
    values["mac"] = mac_of(tx, responses, values)
    tx.connection.execute(update(responses).where(row).values(values))
