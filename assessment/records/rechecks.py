"""Rechecks: what the rules say today of answers to a version that was withdrawn.

Each stands beside its response, which stays as it was sent. There is one for each version that
decided again. What it says is never changed; what changes once is by which note somebody has seen
to it. They are in the order in which they were added, whatever the clock said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, exists, func, select, tuple_, update

from assessment.records.authentic import COLUMNS, is_authentic, mac_of
from assessment.records.ids import ClinicId, NoteId, ResponseId, TherapistId
from assessment.records.model import MOST_URGENT, Recheck
from assessment.records.sealed import seal, unseal
from assessment.records.tables import at, rechecks, responses
from assessment.records.transactions import Transaction, add_new
from assessment.records.vault import Unreadable
from assessment.records.whose import came_back_to

MOST_FIRST = 100
"""Rechecks that stand before all else in an inbox at once."""

_SEALED = ("number", "urgency", "recommendation", "raised", "made_at")
"""What stands in plain columns and is sealed as well, to put these right."""


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
    of_it = at(rechecks, clinic, recheck.response)
    last = tx.connection.execute(select(func.max(rechecks.c.number)).where(of_it)).scalar()
    values = {
        "clinic": clinic,
        "id": recheck.response,
        "version": recheck.version,
        "number": (last or 0) + 1,
        "urgency": recheck.urgency,
        "recommendation": recheck.recommendation,
        "raised": recheck.raised,
        "made_at": recheck.made_at,
        "seen_to": recheck.seen_to,
    }
    words = {name: values[name] for name in _SEALED}
    words |= {"decision": recheck.decision, "unknown": list(recheck.unknown)}
    place = (clinic, recheck.response, recheck.version)
    sealed, mac = seal(tx, rechecks, place, words), mac_of(tx, rechecks, values)
    return add_new(tx, rechecks, ("clinic", "id", "version"), **values, sealed=sealed, mac=mac)


def of_responses(
    tx: Transaction, clinic: ClinicId, ids: Iterable[ResponseId]
) -> dict[ResponseId, tuple[Recheck, ...]]:
    """Return the rechecks of each of these responses of a clinic that has any, oldest first."""
    wanted = [*ids]
    if not wanted:
        return {}
    rows = tx.connection.execute(
        select(rechecks)
        .where(rechecks.c.clinic == clinic, rechecks.c.id.in_(wanted))
        .order_by(rechecks.c.number, rechecks.c.version)
    )
    found: dict[ResponseId, tuple[Recheck, ...]] = {}
    for row in rows:
        found[row.id] = (*found.get(row.id, ()), _read(tx, row))
    return found


def waiting(
    tx: Transaction, clinic: ClinicId, *, only: TherapistId | None = None
) -> dict[ResponseId, int]:
    """Return how urgent those are of which a recheck waits for somebody, the most urgent first.

    With `only`: of what came back to them. They are found by columns that anybody who can write
    the database can change: whoever lists them also looks for what is `unreadable`.
    """
    of_it = and_(responses.c.clinic == rechecks.c.clinic, responses.c.id == rechecks.c.id)
    listed = select(rechecks.c.id).join_from(rechecks, responses, of_it)
    listed = (
        listed.where(rechecks.c.clinic == clinic, rechecks.c.raised, rechecks.c.seen_to.is_(None))
        .order_by(rechecks.c.urgency.desc(), responses.c.received_at.desc(), rechecks.c.id)
        .limit(MOST_FIRST)
    )
    if only is not None:
        listed = listed.where(came_back_to(only))
    ids = list(dict.fromkeys(tx.connection.execute(listed).scalars()))
    found = waiting_of(tx, clinic, ids)
    by_urgency = sorted((id for id in ids if id in found), key=lambda id: -found[id])
    return {id: found[id] for id in by_urgency}


def waiting_of(
    tx: Transaction, clinic: ClinicId, ids: Iterable[ResponseId]
) -> dict[ResponseId, int]:
    """Return how urgent those of these responses are of which a recheck waits for somebody."""
    every = of_responses(tx, clinic, ids)
    urgency = {id: [one.urgency for one in of_it if one.waits] for id, of_it in every.items()}
    return {id: max(found) for id, found in urgency.items() if found}


def unreadable(tx: Transaction, clinic: ClinicId, after: str, until: str) -> tuple[ResponseId, ...]:
    """Return the responses with a recheck that waits and that somebody changed.

    It looks at those whose id comes after one, up to another; an empty `until` is no end.
    """
    statement = select(rechecks).where(rechecks.c.clinic == clinic, rechecks.c.id > after)
    if until:
        statement = statement.where(rechecks.c.id <= until)
    read = [_read(tx, row) for row in tx.connection.execute(statement)]
    return tuple(one.response for one in read if one.waits and not one.readable)


def see_to(tx: Transaction, clinic: ClinicId, response: ResponseId, by: NoteId) -> None:
    """Have every recheck of a response that waits seen to by a note.

    One that somebody changed says again what was decided; where that cannot be read, it is as
    urgent as can be.
    """
    rows = tx.connection.execute(select(rechecks).where(at(rechecks, clinic, response))).all()
    for row in rows:
        one = _read(tx, row)
        if one.seen_to is not None:
            continue
        values = {name: row._mapping[name] for name in COLUMNS[rechecks.name]}
        values |= {"urgency": one.urgency, "raised": one.raised, "seen_to": by}
        if not one.readable:
            words = _words(tx, row)
            values |= {name: words[name] for name in _SEALED if name in words}
        mine = and_(at(rechecks, clinic, response), rechecks.c.version == row.version)
        mac = mac_of(tx, rechecks, values)
        tx.connection.execute(update(rechecks).where(mine).values(**values, mac=mac))


def _read(tx: Transaction, row: Row[Any]) -> Recheck:
    """Return a recheck; one that cannot be read, or was changed, is as urgent as can be."""
    words = _words(tx, row)
    authentic = is_authentic(tx, rechecks, row)
    readable = authentic and bool(words)
    return Recheck(
        response=row.id,
        version=row.version,
        urgency=row.urgency if readable else MOST_URGENT,
        recommendation=row.recommendation if readable else "",
        made_at=row.made_at,
        decision=words.get("decision", {}) if readable else {},
        unknown=tuple(words.get("unknown", ())) if readable else (),
        raised=row.raised or not readable,
        seen_to=row.seen_to if authentic else None,
        readable=readable,
    )


def _words(tx: Transaction, row: Row[Any]) -> dict[str, Any]:
    try:
        return unseal(tx, rechecks, (row.clinic, row.id, row.version), row.sealed)
    except Unreadable:
        return {}
