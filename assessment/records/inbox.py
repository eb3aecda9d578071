"""The inbox of a clinic: which lines are wanted, in which order, page by page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import FromClause, Select, select, tuple_

from assessment.records.ids import ClinicId, ResponseId, TherapistId
from assessment.records.lines import PLAIN, line_of, lines
from assessment.records.model import Line, State
from assessment.records.searching import Word, up_to, with_all
from assessment.records.tables import responses, storable
from assessment.records.transactions import Transaction
from assessment.records.whose import came_back_to, invited_by, of_theirs

Key = tuple[int, int, str]
"""Where a line stands in the inbox: its urgency, when it was received, its id."""

_FEW = 1000
"""Clients or invitations up to which a list starts from them; with more, it walks the inbox."""

_KEY = ("urgency", "received_at", "id")


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


def key_of(line: Line) -> Key:
    """Return where a line stands, to list what comes after it."""
    return *(line.key or (line.urgency, line.received_at)), line.id


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
    statement = lines(source).where(source.c.clinic == clinic)
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
    return tuple(line_of(tx, row) for row in tx.connection.execute(statement))


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
    columns = [responses.c[name] for name in PLAIN]
    theirs = select(*columns).where(responses.c.clinic == clinic)
    theirs = theirs.where(*(responses.c[name].in_(found) for name, found in few.items()))
    return theirs.offset(0).subquery()  # neither database looks through an offset
