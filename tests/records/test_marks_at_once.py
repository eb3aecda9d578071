"""Two therapists who mark one response at the same time leave it authentic."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from assessment.records import responses
from assessment.records.database import Database
from assessment.records.model import State
from assessment.records.transactions import Transaction
from tests.records.some import NOW, move_in

TIMES = 12


def test_marks_that_come_at_once_are_all_authenticated(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
    id = house.response.line.id

    def write(change: Callable[[Transaction], None]) -> None:
        with database.writing() as tx:
            change(tx)

    changes: list[Callable[[Transaction], None]] = [
        lambda tx: responses.mark_read(tx, house.id, id, NOW + 5),
        lambda tx: responses.set_state(tx, house.id, id, State.REVIEWED),
        lambda tx: responses.set_state(tx, house.id, id, State.CONTACTED),
    ]
    with ThreadPoolExecutor(len(changes)) as pool:
        list(pool.map(write, changes * TIMES))

    with database.reading() as tx:
        line = responses.line(tx, house.id, id)
    assert line is not None
    assert not line.altered
    assert line.read_at == NOW + 5
