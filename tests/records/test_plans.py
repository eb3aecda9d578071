"""The inbox of a large clinic is read from an index, however it is filtered: nothing is sorted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, event, text

from assessment.practice.name_search import RULES
from assessment.records import (
    client_list,
    clients,
    inbox,
    invitations,
    keeping,
    responses,
    therapists,
    whose,
)
from assessment.records.database import Database
from assessment.records.ids import ClinicId, InvitationId, TherapistId
from assessment.records.inbox import Filter, key_of
from assessment.records.model import State
from assessment.records.tables import metadata
from assessment.records.transactions import Transaction
from tests.records.conftest import BOTH, fresh_url
from tests.records.many import fill, name_of
from tests.records.some import NOW, VAULT

MANY = 12_000
LONG_AGO = (1, 1_815_000_000, "response-8")


@dataclass(frozen=True, slots=True)
class Large:
    database: Database
    clinic: ClinicId

    def plans(self, ask: Callable[[Transaction], object]) -> list[str]:
        """How the database goes about each statement that a function makes."""
        asked: list[tuple[str, object]] = []

        def note(_: object, __: object, statement: str, given: object, *___: object) -> None:
            asked.append((statement, given))

        with self.database.reading() as tx:
            event.listen(tx.connection, "before_cursor_execute", note)
            ask(tx)
            event.remove(tx.connection, "before_cursor_execute", note)
            return [self._explained(tx.connection, *one) for one in asked]

    def _explained(self, connection: Connection, statement: str, given: object) -> str:
        explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
        rows = connection.exec_driver_sql(f"{explain} {statement}", given)  # type: ignore[arg-type]  # as they were given before
        return "\n".join(str(row[-1]) for row in rows)

    def hashes(self, *words: str) -> tuple[tuple[str, ...], ...]:
        return tuple(VAULT.search_hashes(self.clinic, word) for word in words)


@pytest.fixture(scope="module", params=BOTH)
def large(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Large]:
    with fresh_url(request.param, request, tmp_path_factory.mktemp("large")) as url:
        database = Database(url, VAULT)
        clinic = fill(database, MANY, each=2)
        fill(database, 100, seed=2)
        if request.param == "postgresql":
            with database.writing() as tx:
                tx.connection.execute(text("ANALYZE"))  # as PostgreSQL does by itself in time
        yield Large(database, clinic)
        database.close()


def indexes(plan: str) -> set[str]:
    return set(re.findall(r"\b(?:ix|pk|uq|sqlite_autoindex)_\w+", plan))


def sorts(plan: str) -> bool:
    return "TEMP B-TREE" in plan or "Sort" in plan


def covers(plan: str) -> bool:
    return "COVERING INDEX" in plan or "Index Only Scan" in plan


def scans(plan: str) -> bool:
    """Whether a table is read whole; that of the versions has a handful of rows."""
    tables = "|".join(metadata.tables.keys() - {"versions"})
    return re.search(rf"(SCAN|Seq Scan on) ({tables})\b", plan) is not None


@pytest.mark.parametrize("after", [None, LONG_AGO], ids=["first page", "later page"])
@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Filter(), "ix_responses_inbox"),
        (Filter(state=State.CONTACTED), "ix_responses_state"),
        (Filter(recommendation="self_care"), "ix_responses_advice"),
        (Filter(state=State.CONTACTED, recommendation="self_care"), "ix_responses_both"),
    ],
    ids=["all", "state", "advice", "both"],
)
def test_a_page_of_the_inbox_is_read_from_its_index(
    large: Large, wanted: Filter, index: str, after: tuple[int, int, str] | None
) -> None:
    [plan] = large.plans(lambda tx: inbox.listed(tx, large.clinic, wanted, after, 50))

    assert index in indexes(plan)
    assert not sorts(plan)
    assert not scans(plan)


def test_unread_urgent_ones_are_counted_in_their_own_index(large: Large) -> None:
    [plan] = large.plans(lambda tx: inbox.unread_urgent(tx, large.clinic, 2))

    assert indexes(plan) == {"ix_responses_unread"}
    assert not scans(plan)


@pytest.mark.parametrize("state", [None, State.REVIEWED])
def test_a_search_for_few_starts_from_them(large: Large, state: State | None) -> None:
    first, second = name_of(17)
    wanted = Filter(state=state, words=large.hashes(second, first))
    counted, plan = large.plans(lambda tx: inbox.listed(tx, large.clinic, wanted, None, 50))

    assert "ix_responses_client" in indexes(plan)
    assert not scans(counted + plan)


def test_a_search_for_many_walks_the_inbox_in_its_order(
    large: Large, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "_FEW", 100)
    wanted = Filter(words=large.hashes("anna"))
    _, plan = large.plans(lambda tx: inbox.listed(tx, large.clinic, wanted, None, 50))

    assert "ix_responses_inbox" in indexes(plan)
    assert not sorts(plan)
    assert not scans(plan)


def test_both_ways_of_searching_find_the_same(
    large: Large, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = Filter(state=State.NEW, words=large.hashes("anna"))
    found = []
    for few in (10**6, 0):
        monkeypatch.setattr(inbox, "_FEW", few)
        with large.database.reading() as tx:
            first = inbox.listed(tx, large.clinic, wanted, None, 20)
            found.append(first + inbox.listed(tx, large.clinic, wanted, key_of(first[-1]), 20))

    assert len(found[0]) == 40
    assert found[0] == found[1]
    assert {line.client_name.split()[0] for line in found[0]} == {"anna"}


def test_lists_of_invitations_and_of_one_client_are_read_from_an_index(large: Large) -> None:
    [listed] = large.plans(
        lambda tx: invitations.listed(tx, large.clinic, before=(1_815_000_000, "x"), limit=50)
    )
    with large.database.reading() as tx:
        [line] = inbox.listed(tx, large.clinic, Filter(), None, 1)
    [own] = large.plans(lambda tx: responses.of_client(tx, large.clinic, line.client))

    assert "ix_invitations_clinic_created_at_id" in indexes(listed)
    assert "ix_responses_client" in indexes(own)
    assert not sorts(listed + own)
    assert not scans(listed + own)


def test_the_visits_of_a_day_and_their_answers_are_read_from_an_index(large: Large) -> None:
    [visits] = large.plans(
        lambda tx: invitations.visiting(
            tx, large.clinic, NOW, NOW + 172_800, after=(NOW + 600, "x"), limit=51
        )
    )
    few = [InvitationId(f"invitation-{number}") for number in range(15)]
    [answers] = large.plans(lambda tx: responses.of_invitations(tx, large.clinic, few))

    assert "ix_invitations_clinic_visit_at_id" in indexes(visits)
    assert "ix_responses_invitation" in indexes(answers)
    assert not sorts(visits)
    assert not scans(visits + answers)


@pytest.mark.parametrize("words", [(), ("anna",)], ids=["all", "found"])
def test_a_page_of_clients_is_read_from_an_index(
    large: Large, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_list, "_FEW", 100)
    hashes = large.hashes(*words) if words else ()
    place = (NOW, "client-8")
    plans = large.plans(lambda tx: client_list.listed(tx, large.clinic, hashes, place, 26))

    assert "ix_clients_clinic_created_at_id" in indexes(plans[-3])
    assert not sorts(plans[-3])
    assert "ix_responses_client" in indexes(plans[-2])
    assert "ix_invitations_clinic_client_therapist" in indexes(plans[-1])
    assert not scans("".join(plans[-3:]))


def test_a_search_for_few_clients_starts_from_them(large: Large) -> None:
    hashes = large.hashes(*name_of(17))
    counted, page, *_ = large.plans(
        lambda tx: client_list.listed(tx, large.clinic, hashes, None, 26)
    )

    assert "ix_clients_clinic_created_at_id" not in indexes(page)
    assert not scans(counted + page)


def test_what_came_back_to_few_invitations_is_found_from_them(large: Large) -> None:
    only = TherapistId("nobody")
    counted, plan = large.plans(
        lambda tx: inbox.listed(tx, large.clinic, Filter(only=only), None, 50)
    )
    [mine] = large.plans(
        lambda tx: invitations.listed(tx, large.clinic, before=None, limit=50, only=only)
    )
    few, unread = large.plans(lambda tx: inbox.unread_urgent(tx, large.clinic, 2, only=only))

    assert covers(unread) or "One-Time Filter: false" in unread
    assert "ix_responses_invitation" in indexes(plan)
    assert "ix_invitations_clinic_therapist_created_at_id" in indexes(counted)
    assert "ix_invitations_clinic_therapist_created_at_id" in indexes(mine)
    assert not sorts(mine)
    assert not scans(counted + plan + mine + few)


def test_what_came_back_to_many_invitations_is_read_in_the_order_of_the_inbox(
    large: Large, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "_FEW", 100)
    with large.database.reading() as tx:
        [everybody] = therapists.of_clinic(tx, large.clinic)
    wanted = Filter(only=everybody.id)
    _, plan = large.plans(lambda tx: inbox.listed(tx, large.clinic, wanted, None, 50))

    assert "ix_responses_inbox" in indexes(plan)
    assert not scans(plan)


def test_what_will_go_is_counted_without_a_look_at_the_rows(large: Large) -> None:
    sent, ended = large.plans(
        lambda tx: keeping.count(tx, large.clinic, NOW + 300_000, NOW + 604_860)
    )

    assert "ix_responses_received" in indexes(sent)
    assert covers(sent)
    assert "ix_invitations_unanswered" in indexes(ended)
    assert covers(ended)


def test_clients_who_are_indexed_by_old_rules_are_found_in_an_index(large: Large) -> None:
    [plan] = large.plans(lambda tx: clients.indexed_otherwise(tx, large.clinic, RULES))

    assert "ix_clients_clinic_indexed_by" in indexes(plan)
    assert not scans(plan)


def test_what_is_of_a_colleague_is_counted_from_their_invitations_up_to_a_number(
    large: Large, monkeypatch: pytest.MonkeyPatch
) -> None:
    with large.database.reading() as tx:
        [everybody] = therapists.of_clinic(tx, large.clinic)
        monkeypatch.setattr(whose, "MOST_COUNTED", 100)
        assert whose.counted(tx, large.clinic, everybody.id) == (101, 101)
    nobody = TherapistId("nobody")
    invited, back = large.plans(lambda tx: whose.counted(tx, large.clinic, nobody))

    assert "ix_invitations_clinic_therapist_created_at_id" in indexes(invited)
    assert "ix_responses_invitation" in indexes(back)
    assert not scans(invited + back)


def test_one_response_is_found_by_its_key(large: Large) -> None:
    with large.database.reading() as tx:
        [line] = inbox.listed(tx, large.clinic, Filter(), None, 1)
    asked: list[Callable[[Transaction], object]] = [
        lambda tx: responses.line(tx, large.clinic, line.id),
        lambda tx: responses.get(tx, large.clinic, line.id),
        lambda tx: responses.by_visit(tx, large.clinic, "key"),
        lambda tx: responses.of_invitation(tx, large.clinic, InvitationId("id")),
    ]
    plans = [plan for ask in asked for plan in large.plans(ask)]

    assert len(plans) == 4
    assert [plan for plan in plans if scans(plan)] == []


def test_postgresql_plans_each_page_for_what_is_asked(postgresql_url: str) -> None:
    database = Database(postgresql_url, VAULT)
    clinic = fill(database, 500)
    with database.reading() as tx:
        for _ in range(20):  # after five times it would like to keep one plan for all
            inbox.listed(tx, clinic, Filter(), None, 10)
        found = tx.connection.execute(
            text("SELECT sum(custom_plans), sum(generic_plans) FROM pg_prepared_statements")
        )
        [[custom, generic]] = found.all()
    database.close()

    assert custom >= 10
    assert generic == 0
