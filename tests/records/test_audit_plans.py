"""A page of a long audit log is read from an index, however it is filtered: nothing is sorted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from assessment.records import audit
from assessment.records.acts import Kind
from assessment.records.audit import Key, Sought
from assessment.records.database import Database
from assessment.records.ids import TherapistId
from tests.records.conftest import BOTH, fresh_url
from tests.records.many import fill, fill_log
from tests.records.some import NOW, VAULT
from tests.records.test_plans import Large, indexes, scans, sorts

MANY = 8_000
ADA = TherapistId("therapist-3")


@pytest.fixture(scope="module", params=BOTH)
def large(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Large]:
    with fresh_url(request.param, request, tmp_path_factory.mktemp("log")) as url:
        database = Database(url, VAULT)
        clinic = fill(database, 4)
        fill_log(database, clinic, MANY)
        fill_log(database, fill(database, 4, seed=2), 100)
        if request.param == "postgresql":
            with database.writing() as tx:
                tx.connection.execute(text("ANALYZE"))  # as PostgreSQL does by itself in time
        yield Large(database, clinic)
        database.close()


@pytest.mark.parametrize("before", [None, (NOW + 5000, 5001)], ids=["first page", "later page"])
@pytest.mark.parametrize(
    ("sought", "index"),
    [
        (Sought(), "ix_audit_all"),
        (Sought(since=NOW + 100, until=NOW + 7_000), "ix_audit_all"),
        (Sought(therapist=ADA), "ix_audit_who"),
        (Sought(by_operator=True), "ix_audit_who"),
        (Sought(kind=Kind.ERASED), "ix_audit_what"),
        (Sought(therapist=ADA, kind=Kind.ERASED, since=NOW), "ix_audit_both"),
    ],
    ids=["all", "days", "who", "operator", "what", "both"],
)
def test_a_page_of_the_log_is_read_from_its_index(
    large: Large, sought: Sought, index: str, before: Key | None
) -> None:
    [plan] = large.plans(lambda tx: audit.listed(tx, large.clinic, sought, before, 51))

    assert index in indexes(plan)
    assert not sorts(plan)
    assert not scans(plan)
    with large.database.reading() as tx:
        found = audit.listed(tx, large.clinic, sought, before, 51)
    assert len(found) == 51
    assert list(found) == sorted(found, key=lambda one: one.key, reverse=True)
