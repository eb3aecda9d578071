"""The order in which responses came in, for programs that ask what is new.

Numbers of a clinic are given one after the other: whoever adds a response keeps the next from
getting one until the transaction ends. So a number that can be read is never followed by a smaller
one, which a time could be. Numbers of erased responses are not given again.

Only a backup that is put back takes numbers back, and what comes in then gets them a second time.
So each has a random mark, which stays when its response is erased.
"""

from __future__ import annotations

from sqlalchemy import insert, select, update

from assessment.records.api_tables import arrival_counts, arrivals
from assessment.records.ids import ClinicId, ResponseId, new_id
from assessment.records.tables import storable
from assessment.records.tables_arrivals import arrival_marks
from assessment.records.transactions import Transaction, add_new


def add(tx: Transaction, clinic: ClinicId, response: ResponseId) -> None:
    """Number a response that was just added."""
    add_new(tx, arrival_counts, ("clinic",), clinic=clinic, last=0)
    number = tx.connection.execute(
        update(arrival_counts)
        .where(arrival_counts.c.clinic == clinic)
        .values(last=arrival_counts.c.last + 1)
        .returning(arrival_counts.c.last)
    ).scalar_one()
    row = {"clinic": clinic, "number": number, "response": response}
    tx.connection.execute(insert(arrivals).values(row))
    mark = {"clinic": clinic, "number": number, "mark": new_id()}
    tx.connection.execute(insert(arrival_marks).values(mark))


def last(tx: Transaction, clinic: ClinicId) -> int:
    """Return the number that was given last; 0 where nothing came in yet."""
    found = select(arrival_counts.c.last).where(arrival_counts.c.clinic == clinic)
    return tx.connection.execute(found).scalar() or 0


def mark_of(tx: Transaction, clinic: ClinicId, number: int) -> str:
    """Return the mark of a number; empty where it has none, as those of old versions."""
    found = select(arrival_marks.c.mark).where(
        arrival_marks.c.clinic == clinic, arrival_marks.c.number == storable(number)
    )
    return tx.connection.execute(found).scalar() or ""


def of_clinic(
    tx: Transaction, clinic: ClinicId, after: int, limit: int
) -> tuple[tuple[int, ResponseId], ...]:
    """Return responses that came in after the one with this number, each with its own."""
    rows = tx.connection.execute(
        select(arrivals.c.number, arrivals.c.response)
        .where(arrivals.c.clinic == clinic, arrivals.c.number > storable(after))
        .order_by(arrivals.c.number)
        .limit(limit)
    )
    return tuple((row.number, ResponseId(row.response)) for row in rows)
