"""The short form of `make stress`: the same promises, on fewer people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.stress import away, busy, crowd, leaks, mailing
from tests.stress.canary import Search, can_find, words
from tests.stress.clinic import Clinic, clinic_of
from tests.stress.outages import disk_full, file_locked, tables_locked
from tests.stress.postgres import Missing, Stoppable, running
from tests.stress.server import Server

SMALL = str(leaks.SMALL)
BUSY = busy.Size(sends=20, kills=3, threads=6, revoked=5, rotations=1, old=2, over=5)
PHONES = 20
SEED = 20


@pytest.fixture(scope="module")
def postgres() -> Iterator[Stoppable]:
    with ExitStack() as stack:
        try:
            one = stack.enter_context(running())
        except Missing as error:
            pytest.skip(str(error))
        yield one


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def store(request: pytest.FixtureRequest) -> Stoppable | None:
    """The PostgreSQL to use; None stands for SQLite."""
    if request.param == "SQLite":
        return None
    found: Stoppable = request.getfixturevalue("postgres")
    return found


@contextmanager
def served(
    folder: Path, store: Stoppable | None, request: pytest.FixtureRequest
) -> Iterator[tuple[Server, Clinic]]:
    """Give a server of the small protocol that has not been started, with its clinic."""
    url = None
    if store is not None:
        name = "".join(one for one in request.node.name if one.isalnum()).lower()
        url = store.create(name[:60])
    settings = {"PROTOCOL": SMALL} | ({"DATABASE_URL": url} if url else {})
    server = Server(folder, **settings)
    with clinic_of(server, url, SMALL) as clinic:
        yield server, clinic


def test_no_acknowledged_send_is_lost_or_doubled_when_the_server_is_killed(
    tmp_path: Path, store: Stoppable | None
) -> None:
    """Nor is anything that goes on meanwhile: reminders, webhooks, purging, a change of keys."""
    url = None if store is None else store.create("busy")
    figures = busy.run(tmp_path, url, SMALL, BUSY, SEED)
    assert figures.broken == ()
    killed = figures.killed
    assert killed.kills >= 2
    assert killed.acknowledged + killed.gave_up == BUSY.sends
    assert killed.rows >= killed.acknowledged > 0
    assert figures.posted.reminders > 0
    assert figures.events > killed.rows
    assert figures.rotations_killed > 0


def test_asvs_2_3_4_one_link_on_twenty_phones_is_sent_once(
    tmp_path: Path, store: Stoppable | None, request: pytest.FixtureRequest
) -> None:
    with served(tmp_path, store, request) as (server, clinic):
        many, one = clinic.invite(2)
        with server.running():
            figures = crowd.run(server, many, one, clinic.ledger(), SEED, PHONES)
    assert figures.broken == ()
    assert figures.statuses == {303: 1, 409: PHONES - 1}
    assert figures.press_statuses == {303: 2 * PHONES}
    assert figures.rows == 3


def test_no_mail_goes_out_twice_or_after_a_revoke_when_its_senders_are_killed(
    tmp_path: Path, store: Stoppable | None
) -> None:
    url = None if store is None else store.create("mailing")
    figures = mailing.run(tmp_path, url, SMALL, mails=12, kills=3, seed=SEED)
    assert figures.broken == ()
    assert figures.kills >= 2
    assert figures.arrived >= figures.mails - figures.perhaps - figures.revoked


@pytest.mark.parametrize(
    "store",
    ["SQLite", pytest.param("PostgreSQL", marks=pytest.mark.slow)],  # waits for a minute
    indirect=True,
)
def test_a_locked_database_costs_waiting_and_nothing_else(
    tmp_path: Path, store: Stoppable | None, request: pytest.FixtureRequest
) -> None:
    with served(tmp_path, store, request) as (server, clinic):
        file = clinic.file
        links = clinic.invite(4)
        with server.running():
            figures = away.run(
                server, links, clinic.ledger(), "locked",
                lambda: tables_locked(clinic.url) if file is None else file_locked(file), SEED,
            )  # fmt: skip
    assert figures.broken == ()


def test_a_full_disk_costs_waiting_and_nothing_else(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with served(tmp_path, None, request) as (server, clinic):
        links = clinic.invite(4)
        with server.running():
            figures = away.run(
                server, links, clinic.ledger(), "full", lambda: disk_full(server), SEED
            )
    assert figures.broken == ()


def test_a_database_that_stops_costs_waiting_and_nothing_else(
    tmp_path: Path, postgres: Stoppable, request: pytest.FixtureRequest
) -> None:
    with served(tmp_path, postgres, request) as (server, clinic):
        links = clinic.invite(4)
        with server.running():
            figures = away.run(server, links, clinic.ledger(), "stopped", postgres.away, SEED)
    assert figures.broken == ()


def test_asvs_16_2_5_what_people_type_is_found_nowhere_but_on_their_pages(
    tmp_path: Path, store: Stoppable | None
) -> None:
    url = None if store is None else store.create("leaks")
    figures = leaks.run(tmp_path, url, store, SEED)
    assert figures.broken == ()
    assert len(figures.fields) >= 10
    assert figures.errors >= 5


def test_the_search_for_words_can_find_them() -> None:
    canaries = words(SEED, "name", "message")
    assert can_find(canaries)
    search = Search(canaries)
    search.look("nothing of them", "a log")
    assert search.hits == []
