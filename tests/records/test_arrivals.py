"""Nobody who asks what came in misses anything, whatever is committed first."""

from __future__ import annotations

import pytest

from assessment.records import arrivals, responses
from assessment.records.database import Database
from assessment.records.refusals import Unavailable
from assessment.records.transactions import Transaction
from tests.records.conftest import OpenDatabase
from tests.records.some import move_in, some_response


def test_no_later_number_can_be_read_before_an_earlier_one(
    url: str, database: Database, open_database: OpenDatabase
) -> None:
    """Else a program that has seen the later one never asks for the earlier one again."""
    hasty = open_database(url, patience=0.2)
    with database.writing() as tx:
        house = move_in(tx)
    slow, quick = some_response(house.client.id), some_response(house.client.id)

    with database.writing() as tx:
        assert responses.add(tx, house.id, slow, "slow")
        with pytest.raises(Unavailable), hasty.writing() as other:
            responses.add(other, house.id, quick, "quick")
        with hasty.reading() as reader:
            assert [number for number, _ in arrivals.of_clinic(reader, house.id, 1, 9)] == []
    with hasty.writing() as other:
        assert responses.add(other, house.id, quick, "quick")

    with database.reading() as tx:
        found = arrivals.of_clinic(tx, house.id, 1, 9)
    assert found == ((2, slow.line.id), (3, quick.line.id))


def test_what_is_undone_leaves_no_number(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
    one = some_response(house.client.id)

    def fail(tx: Transaction) -> None:
        assert responses.add(tx, house.id, one, "visit")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), database.writing() as tx:
        fail(tx)
    with database.writing() as tx:
        assert responses.add(tx, house.id, one, "visit")
        assert not responses.add(tx, house.id, some_response(house.client.id), "visit"), "twice"
        assert arrivals.of_clinic(tx, house.id, 1, 9) == ((2, one.line.id),)
