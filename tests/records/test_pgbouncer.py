"""Through PgBouncer in transaction pooling everything holds that holds without it."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp

import psycopg
import pytest
from sqlalchemy import make_url

from assessment.records import clinics, leases
from assessment.records.database import Database
from assessment.records.refusals import Unavailable, Unusable
from assessment.records.transactions import alone
from tests.postgresql import Postgresql
from tests.records.conftest import OpenDatabase
from tests.records.some import some_clinic

pytestmark = pytest.mark.slow

PROGRAM = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
SESSIONS = 3
CONFIG = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {sessions}
{more}
"""
Pooled = Callable[[str], str]


@pytest.fixture(params=["", "ignore_startup_parameters = options"], ids=["refuses", "ignores"])
def pooled(request: pytest.FixtureRequest, postgresql: Postgresql) -> Iterator[str]:
    """The address of an empty database behind a PgBouncer that takes no options, or drops them."""
    if not Path(PROGRAM).exists():
        pytest.skip("they need PgBouncer; get it with: apt install pgbouncer")
    address = make_url(postgresql.create("pooled"))
    own = _free_port()
    folder = Path(mkdtemp(prefix="clinic-pgbouncer-"))  # pytest's own are closed to its user
    (folder / "users").write_text(f'"{address.username}" ""\n')
    (folder / "ini").write_text(
        CONFIG.format(
            host=address.host, port=address.port, own=own, folder=folder, sessions=SESSIONS,
            more=request.param,
        )
    )  # fmt: skip
    user = _readable_by_its_user(folder)
    running = subprocess.Popen(
        [PROGRAM, *user, str(folder / "ini")],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"postgresql://{address.username}@127.0.0.1:{own}/pooled"
    try:
        _wait_for(url)
        yield url
    finally:
        running.kill()
        running.wait(20)
        shutil.rmtree(folder)
        postgresql.drop("pooled")


@pytest.fixture
def database(pooled: str, open_database: OpenDatabase) -> Database:
    made = open_database(pooled)
    made.migrate()
    return made


def test_tables_are_made_and_many_write_at_once_over_few_sessions(database: Database) -> None:
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for step in range(20):
                with database.writing() as tx:
                    alone(tx, "mails", str(step % 3))
                    assert leases.take(tx, f"job {number}", "me", 60)
                    clinics.by_slug(tx, "nobody")
        except BaseException as error:  # told below
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4 * SESSIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with database.reading() as tx:
        prepared = tx.connection.exec_driver_sql("SELECT count(*) FROM pg_prepared_statements")
        assert prepared.scalar_one() == 0


def test_nobody_waits_for_a_lock_for_ever(pooled: str, open_database: OpenDatabase) -> None:
    first, second = open_database(pooled, patience=30), open_database(pooled, patience=0.2)
    first.migrate()
    with first.writing() as tx:
        alone(tx, "mails")
        with pytest.raises(Unavailable), second.writing() as other:
            alone(other, "mails")
    with second.reading() as tx:
        found = [
            tx.connection.exec_driver_sql(f"SHOW {name}").scalar_one()
            for name in ("lock_timeout", "statement_timeout", "plan_cache_mode", "jit")
        ]
    assert found == ["200ms", "400ms", "force_custom_plan", "off"]


def test_what_one_reads_only_cannot_write(database: Database) -> None:
    with pytest.raises(Exception, match="read-only"), database.reading() as tx:
        clinics.add(tx, some_clinic())


def test_options_that_it_would_not_hand_on_are_refused_in_a_line(
    pooled: str, open_database: OpenDatabase
) -> None:
    with pytest.raises(Unusable, match="PgBouncer hands no `options` on; leave them out"):
        open_database(f"{pooled}?options=-csearch_path%3Dmine").migrate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _readable_by_its_user(folder: Path) -> list[str]:
    """Let another user than root run it, as it demands; return what says so."""
    if os.geteuid() != 0:
        return []
    account = pwd.getpwnam("postgres")
    for path in (*folder.iterdir(), folder):
        os.chown(path, account.pw_uid, account.pw_gid)
    return ["-u", "postgres"]


def _wait_for(url: str) -> None:
    for _ in range(200):
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("PgBouncer does not answer")
