"""What is done once for all is done by one process at a time, and by another when that is gone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from assessment.practice import turns
from assessment.practice.turns import InTurn
from assessment.records import leases
from assessment.records.database import Database
from assessment.records.leases import LONGEST
from assessment.records.tables_machines import leases as table
from tests.records.conftest import OpenDatabase

Stop = Callable[[], bool]
GO_ON: Stop = lambda: False  # noqa: E731


class Worker:
    """A process with one task, which does as many steps as it is let."""

    def __init__(self, database: Database, every: float = 0.0) -> None:
        self.rounds = 0
        self.steps = 0
        self.meanwhile: Callable[[], None] = lambda: None
        self.turn = InTurn(database, "mails", self._work, every)

    def _work(self, stop: Stop) -> None:
        self.rounds += 1
        for _ in range(3):
            if stop():
                return
            self.steps += 1
            self.meanwhile()

    def look(self) -> None:
        self.turn(GO_ON)


def runs_out(database: Database, seconds: int = -1) -> None:
    """Have every lease end at this time from now, by the clock of the database."""
    with database.writing() as tx:
        tx.connection.execute(update(table).values(until=leases.now_of(tx) + seconds))


def ahead(database: Database) -> int:
    """Return for how many seconds from now the only lease lasts."""
    with database.reading() as tx:
        [until] = tx.connection.execute(select(table.c.until)).scalars()
        return int(until) - leases.now_of(tx)


@pytest.fixture
def one(database: Database) -> Worker:
    return Worker(database)


@pytest.fixture
def other(url: str, open_database: OpenDatabase, database: Database) -> Worker:
    """On another host, over the same database."""
    return Worker(open_database(url))


def test_one_at_a_time_does_it_and_goes_on_doing_it(one: Worker, other: Worker) -> None:
    for _ in range(2):
        one.look()
        other.look()

    assert (one.rounds, other.rounds) == (2, 0)


def test_another_goes_on_when_the_lease_has_run_out(
    one: Worker, other: Worker, database: Database
) -> None:
    one.look()
    runs_out(database)  # it was killed
    other.look()
    one.look()

    assert (one.rounds, other.rounds) == (1, 1)


def test_another_goes_on_at_once_when_somebody_leaves(one: Worker, other: Worker) -> None:
    one.look()
    one.turn.leave()
    other.look()
    one.turn.leave()  # takes nothing from the other
    one.look()

    assert (one.rounds, other.rounds) == (1, 1)


def test_who_works_for_long_renews_the_lease(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "HOLD", 0.0)  # at each step it is time to
    worker, found = Worker(database, every=60.0), list[int]()

    def nearly_over() -> None:
        found.append(ahead(database))
        runs_out(database, 2)

    worker.meanwhile = nearly_over
    worker.look()

    assert len(found) == 3
    assert min(found) > 50


def test_who_was_frozen_meanwhile_leaves_the_rest_to_who_has_taken_over(
    one: Worker, other: Worker, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "HOLD", 0.0)  # at each step it is time to look

    def frozen() -> None:
        runs_out(database)
        monkeypatch.setattr(turns, "HOLD", 60.0)
        other.look()
        monkeypatch.setattr(turns, "HOLD", 0.0)

    one.meanwhile = frozen
    one.look()

    assert (one.steps, other.steps) == (1, 3)


def test_what_is_done_seldom_is_looked_at_often_and_done_seldom(database: Database) -> None:
    worker = Worker(database, every=3600.0)
    for _ in range(3):
        worker.look()

    assert worker.rounds == 1
    assert 3600 < ahead(database) <= 3600 + turns.HOLD, (
        "nobody else begins before the next round is late"
    )


def test_what_failed_is_tried_again_at_the_next_look(database: Database) -> None:
    worker = Worker(database, every=3600.0)
    worker.meanwhile = lambda: 1 / 0  # type: ignore[assignment]  # it only raises
    with pytest.raises(ZeroDivisionError):
        worker.look()
    worker.meanwhile = lambda: None
    worker.look()

    assert worker.rounds == 2


def test_a_lease_of_a_time_when_the_clock_was_wrong_holds_nobody_up(
    one: Worker, other: Worker, database: Database
) -> None:
    one.look()
    runs_out(database, LONGEST + 60)
    other.look()

    assert other.rounds == 1
