"""Short measures that came with a response: pain, and what somebody can do in their own words.

They stand beside the answers, never among them, and no rule reads them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, cast

from sqlalchemy import insert, select

from assessment.records.ids import ClinicId, ResponseId
from assessment.records.measure_tables import measures
from assessment.records.sealed import seal, unseal
from assessment.records.transactions import Transaction
from assessment.records.vault import Unreadable


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that is hard to do, in the client's words: from 0, unable, to 10, as before.

    `score` is None where they left it out.
    """

    words: str
    score: int | None


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured: `pain` from 0 to 10, None where they left it out.

    `follows` is the response before the visit that this one came after; empty where it was sent
    before a visit itself.
    """

    pain: int | None = None
    activities: tuple[Activity, ...] = ()
    follows: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to keep."""
        return self.pain is None and not self.activities and not self.follows


NOTHING = Measured()
"""What a response brings with which nothing was measured."""


def add(tx: Transaction, clinic: ClinicId, response: ResponseId, measured: Measured) -> None:
    """Add what was measured with a response; raises Misfit without the response."""
    sealed = seal(tx, measures, (clinic, response), asdict(measured))
    tx.connection.execute(insert(measures).values(clinic=clinic, id=response, sealed=sealed))


def of_responses(
    tx: Transaction, clinic: ClinicId, ids: Iterable[ResponseId]
) -> dict[ResponseId, Measured | None]:
    """Return what was measured with these responses, of those with any; None: unreadable."""
    rows = tx.connection.execute(
        select(measures).where(measures.c.clinic == clinic, measures.c.id.in_([*ids]))
    )
    return {row.id: _opened(tx, clinic, row.id, row.sealed) for row in rows}


def _opened(tx: Transaction, clinic: ClinicId, id: str, sealed: bytes) -> Measured | None:
    try:
        opened = unseal(tx, measures, (clinic, id), sealed)
    except Unreadable:
        return None
    found = cast("dict[str, Any]", opened)
    activities = tuple(Activity(one["words"], one["score"]) for one in found["activities"])
    return Measured(found["pain"], activities, found["follows"])
