"""Invitations: links that were handed out, and how far each has got."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, delete, insert, select, tuple_, update

from assessment.records.authentic import is_authentic, mac_of
from assessment.records.ids import ClientId, ClinicId, InvitationId, TherapistId
from assessment.records.model import Invitation
from assessment.records.sealed import seal, words_of
from assessment.records.tables import at, invitations, outbox, storable
from assessment.records.transactions import Transaction
from assessment.records.vault import Secret

_WORDS = ("name", "email", "note", "phone", "follows")
_PLAIN = [f.name for f in fields(Invitation) if f.name not in (*_WORDS, "readable")]
_COLUMNS = [invitations.c[name] for name in (*_PLAIN, "sealed")]


def add(tx: Transaction, invitation: Invitation, token: str) -> None:
    """Add an invitation; `token` is what stands in its link."""
    values = {name: getattr(invitation, name) for name in _PLAIN}
    hashed = tx.vault.secret_hash(Secret.LINK, token)
    row = {**values, "token_hash": hashed, "sealed": _sealed(tx, invitation)}
    row["mac"] = mac_of(tx, invitations, row)
    tx.connection.execute(insert(invitations).values(row))


def get(tx: Transaction, clinic: ClinicId, id: InvitationId) -> Invitation | None:
    """Return one of a clinic's invitations."""
    return _one(tx, at(invitations, clinic, id))


def several(
    tx: Transaction, clinic: ClinicId, ids: Iterable[InvitationId]
) -> dict[InvitationId, Invitation]:
    """Return these invitations of a clinic, without those that are not there."""
    found = select(*_COLUMNS).where(invitations.c.clinic == clinic, invitations.c.id.in_([*ids]))
    return {row.id: _read(tx, row) for row in tx.connection.execute(found)}


def by_token(tx: Transaction, token: str) -> Invitation | None:
    """Return the invitation of a link, also one that is used, revoked or has expired.

    One that was changed by somebody else opens nothing.
    """
    hashes = tx.vault.secret_hashes(Secret.LINK, token)
    row = tx.connection.execute(
        select(invitations).where(invitations.c.token_hash.in_(hashes))
    ).one_or_none()
    if row is None or not is_authentic(tx, invitations, row):
        return None
    return get(tx, row.clinic, row.id)


def listed(
    tx: Transaction,
    clinic: ClinicId,
    *,
    before: tuple[int, str] | None,
    limit: int,
    only: TherapistId | None = None,
) -> tuple[Invitation, ...]:
    """Return a clinic's invitations, or those of `only` one therapist, the newest first.

    `before` is the `created_at` and the id of the last one that was seen.
    """
    key = (invitations.c.created_at, invitations.c.id)
    statement = select(*_COLUMNS).where(invitations.c.clinic == clinic)
    if only is not None:
        statement = statement.where(invitations.c.therapist == only)
    if before is not None:
        statement = statement.where(tuple_(*key) < (storable(before[0]), before[1]))
    ordered = statement.order_by(*(column.desc() for column in key)).limit(limit)
    return tuple(_read(tx, row) for row in tx.connection.execute(ordered))


def visiting(
    tx: Transaction,
    clinic: ClinicId,
    starts: int,
    ends: int,
    *,
    after: tuple[int, str] | None = None,
    limit: int,
    only: TherapistId | None = None,
) -> tuple[Invitation, ...]:
    """Return the invitations to visits from `starts` until before `ends`, the first visit first.

    One whose place a newer link took is left out. `after` is the `visit_at` and the id of the last
    one that was seen; with `only`, those of one therapist.
    """
    key = (invitations.c.visit_at, invitations.c.id)
    statement = select(*_COLUMNS).where(
        invitations.c.clinic == clinic,
        invitations.c.visit_at >= starts,
        invitations.c.visit_at < ends,
        invitations.c.replaced_by.is_(None),
    )
    if only is not None:
        statement = statement.where(invitations.c.therapist == only)
    if after is not None:
        statement = statement.where(tuple_(*key) > (storable(after[0]), after[1]))
    ordered = statement.order_by(*key).limit(limit)
    return tuple(_read(tx, row) for row in tx.connection.execute(ordered))


def of_client(tx: Transaction, clinic: ClinicId, client: ClientId) -> tuple[Invitation, ...]:
    """Return a client's invitations, the newest first."""
    rows = tx.connection.execute(
        select(*_COLUMNS)
        .where(invitations.c.clinic == clinic, invitations.c.client == client)
        .order_by(invitations.c.created_at.desc(), invitations.c.id.desc())
    )
    return tuple(_read(tx, row) for row in rows)


def was_for(tx: Transaction, clinic: ClinicId, id: InvitationId, client: ClientId) -> bool:
    """Whether we wrote this invitation, and for this client."""
    row = tx.connection.execute(
        select(invitations).where(at(invitations, clinic, id), invitations.c.client == client)
    ).one_or_none()
    return row is not None and is_authentic(tx, invitations, row)


def hand_over(tx: Transaction, clinic: ClinicId, giver: TherapistId, taker: TherapistId) -> None:
    """Make every invitation of one therapist another's; what came back with it goes along.

    One that was changed by somebody else stays as it is.
    """
    mine = and_(invitations.c.clinic == clinic, invitations.c.therapist == giver)
    rows = tx.connection.execute(select(invitations).where(mine).with_for_update()).all()
    written = [
        {"of": row.id, "by": mac_of(tx, invitations, {**row._mapping, "therapist": taker})}
        for row in rows
        if is_authentic(tx, invitations, row)
    ]
    one = and_(mine, invitations.c.id == bindparam("of"))
    statement = update(invitations).where(one).values(therapist=taker, mac=bindparam("by"))
    if written:
        tx.connection.execute(statement, written)


def opened(tx: Transaction, clinic: ClinicId, id: InvitationId, now: int) -> None:
    """Write when the link was opened; only the first time counts."""
    _write(tx, clinic, id, invitations.c.opened_at.is_(None), opened_at=now)


def progress(
    tx: Transaction, clinic: ClinicId, id: InvitationId, answered: int, of_about: int
) -> None:
    """Write how many questions are answered, of about how many; not of a link that is closed."""
    is_kept = invitations.c.closed_at.is_(None)
    _write(tx, clinic, id, is_kept, answered=answered, of_about=of_about)


def readdress(tx: Transaction, clinic: ClinicId, id: InvitationId, email: str) -> None:
    """Write to which address the link went, where that is another one."""
    found = get(tx, clinic, id)
    if found is not None and found.readable and found.email != email:
        _write(tx, clinic, id, sealed=_sealed(tx, replace(found, email=email)))


def mailed(tx: Transaction, clinic: ClinicId, id: InvitationId, now: int) -> None:
    """Write when the link was last mailed."""
    _write(tx, clinic, id, mailed_at=now)


def revoke(
    tx: Transaction,
    clinic: ClinicId,
    id: InvitationId,
    now: int,
    replaced_by: InvitationId | None = None,
) -> bool:
    """Make a link useless that has not ended yet; return whether it was one."""
    return _end(tx, clinic, id, revoked_at=now, replaced_by=replaced_by)


def use(tx: Transaction, clinic: ClinicId, id: InvitationId, now: int) -> bool:
    """Use a link up; return whether it was neither used nor revoked nor closed.

    Of several who try at once, one succeeds. Expiry is for the caller.
    """
    return _end(tx, clinic, id, used_at=now)


def close(tx: Transaction, clinic: ClinicId, id: InvitationId, now: int) -> bool:
    """Close a link at the client's wish, unless it has ended; return whether it was open.

    How far they got is forgotten.
    """
    forgotten = {"opened_at": None, "answered": 0, "of_about": 0}
    return _end(tx, clinic, id, closed_at=now, **forgotten)


def hold_open(tx: Transaction, clinic: ClinicId, id: InvitationId, now: int) -> Invitation | None:
    """Return an invitation whose link still works, and keep it from ending in this transaction.

    None when it does not work any more. Who ends it meanwhile waits for this transaction; whoever
    was first is waited for here, and what they did counts.
    """
    open_now = and_(at(invitations, clinic, id), IS_OPEN, invitations.c.expires_at > now)
    held = select(invitations.c.id).where(open_now).with_for_update()
    return None if tx.connection.execute(held).first() is None else get(tx, clinic, id)


def _end(tx: Transaction, clinic: ClinicId, id: InvitationId, **values: object) -> bool:
    """End a link that is open; no mail that waits for it is sent any more."""
    was_open = _write(tx, clinic, id, IS_OPEN, **values)
    if was_open:
        waits = and_(outbox.c.clinic == clinic, outbox.c.invitation == id)
        tx.connection.execute(delete(outbox).where(waits, outbox.c.claimed_at.is_(None)))
    return was_open


IS_OPEN = and_(
    invitations.c.used_at.is_(None),
    invitations.c.revoked_at.is_(None),
    invitations.c.closed_at.is_(None),
)


def _sealed(tx: Transaction, invitation: Invitation) -> bytes:
    words = {name: getattr(invitation, name) for name in _WORDS}
    return seal(tx, invitations, (invitation.clinic, invitation.client, invitation.id), words)


def _write(
    tx: Transaction,
    clinic: ClinicId,
    id: InvitationId,
    *conditions: ColumnElement[bool],
    **values: object,
) -> bool:
    statement = update(invitations).where(at(invitations, clinic, id), *conditions)
    return tx.connection.execute(statement.values(**values)).rowcount == 1


def _one(tx: Transaction, condition: ColumnElement[bool]) -> Invitation | None:
    row = tx.connection.execute(select(*_COLUMNS).where(condition)).one_or_none()
    return None if row is None else _read(tx, row)


def _read(tx: Transaction, row: Row[Any]) -> Invitation:
    words = words_of(tx, invitations, (row.clinic, row.client, row.id), row.sealed)
    plain: dict[str, Any] = dict(zip(_PLAIN, row, strict=False))
    plain |= {name: "" if words is None else words.get(name, "") for name in _WORDS}
    return Invitation(**plain, readable=words is not None)
