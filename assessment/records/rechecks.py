"""Rechecks: what the rules say today of answers to a version that was withdrawn.

Each stands beside its response, which stays as it was sent. There is one for each version that
decided again, and no way to change one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, exists, select, tuple_

from assessment.records.authentic import is_authentic, mac_of
from assessment.records.ids import ClinicId, ResponseId
from assessment.records.model import MOST_URGENT, NoteKind, Recheck
from assessment.records.sealed import seal, unseal
from assessment.records.tables import notes, rechecks, responses
from assessment.records.transactions import Transaction, add_new
from assessment.records.vault import Unreadable

MOST_FIRST = 100
"""Rechecks that stand before all else in an inbox at once."""

_SEEN_TO = (NoteKind.REVIEWED.value, NoteKind.CONTACTED.value)


@dataclass(frozen=True, slots=True)
class Due:
    """A response that is still to be decided again."""

    clinic: ClinicId
    response: ResponseId


def due(tx: Transaction, version: str, by: str, after: Due | None, limit: int) -> tuple[Due, ...]:
    """Return responses to a version that another one has not decided again, of every clinic."""
    key = (responses.c.clinic, responses.c.id)
    done = exists().where(
        rechecks.c.clinic == responses.c.clinic,
        rechecks.c.id == responses.c.id,
        rechecks.c.version == by,
    )
    statement = select(*key).where(responses.c.version == version, ~done)
    if after is not None:
        statement = statement.where(tuple_(*key) > (after.clinic, after.response))
    rows = tx.connection.execute(statement.order_by(*key).limit(limit))
    return tuple(Due(ClinicId(row.clinic), ResponseId(row.id)) for row in rows)


def add(tx: Transaction, clinic: ClinicId, recheck: Recheck) -> bool:
    """Add what a version says of a response; return False when it has said so before."""
    values = {
        "clinic": clinic,
        "id": recheck.response,
        "version": recheck.version,
        "urgency": recheck.urgency,
        "recommendation": recheck.recommendation,
        "made_at": recheck.made_at,
    }
    place = (clinic, recheck.response, recheck.version)
    words = {"decision": recheck.decision, "unknown": list(recheck.unknown)}
    sealed, mac = seal(tx, rechecks, place, words), mac_of(tx, rechecks, values)
    return add_new(tx, rechecks, ("clinic", "id", "version"), **values, sealed=sealed, mac=mac)


def newest(
    tx: Transaction, clinic: ClinicId, ids: Iterable[ResponseId]
) -> dict[ResponseId, Recheck]:
    """Return the last recheck of each of these responses of a clinic that has one."""
    rows = tx.connection.execute(
        select(rechecks)
        .where(rechecks.c.clinic == clinic, rechecks.c.id.in_([*ids]))
        .order_by(rechecks.c.made_at, rechecks.c.version)
    )
    return {ResponseId(row.id): _read(tx, row) for row in rows}


def waiting(
    tx: Transaction, clinic: ClinicId, ids: Collection[ResponseId] | None = None
) -> dict[ResponseId, int]:
    """Return how urgent by their last recheck are those that it made more urgent.

    The most urgent come first. Those are left out that somebody has marked as reviewed or
    contacted since. With `ids`: of these responses alone.
    """
    later = rechecks.alias()
    is_newest = ~exists().where(
        later.c.clinic == rechecks.c.clinic,
        later.c.id == rechecks.c.id,
        later.c.made_at > rechecks.c.made_at,
    )
    of_it = and_(responses.c.clinic == rechecks.c.clinic, responses.c.id == rechecks.c.id)
    seen_to = exists().where(
        notes.c.clinic == rechecks.c.clinic,
        notes.c.response == rechecks.c.id,
        notes.c.kind.in_(_SEEN_TO),
        notes.c.created_at > rechecks.c.made_at,
    )
    statement = (
        select(rechecks.c.id, rechecks.c.urgency)
        .join_from(rechecks, responses, of_it)
        .where(rechecks.c.clinic == clinic, rechecks.c.urgency > responses.c.urgency)
        .where(is_newest, ~seen_to)
        .order_by(rechecks.c.urgency.desc(), responses.c.received_at.desc(), rechecks.c.id)
        .limit(MOST_FIRST)
    )
    if ids is not None:
        statement = statement.where(rechecks.c.id.in_([*ids]))
    return {ResponseId(row.id): row.urgency for row in tx.connection.execute(statement)}


def _read(tx: Transaction, row: Row[Any]) -> Recheck:
    """Return a recheck; one that cannot be read, or was changed, is as urgent as can be."""
    words: dict[str, Any] = {}
    try:
        words = unseal(tx, rechecks, (row.clinic, row.id, row.version), row.sealed)
        readable = is_authentic(tx, rechecks, row)
    except Unreadable:
        readable = False
    return Recheck(
        response=row.id,
        version=row.version,
        urgency=row.urgency if readable else MOST_URGENT,
        recommendation=row.recommendation,
        made_at=row.made_at,
        decision=words.get("decision", {}),
        unknown=tuple(words.get("unknown", ())),
        readable=readable,
    )
