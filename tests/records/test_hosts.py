"""Every host of a site has the same keys; one with others does not start, and says which."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update

from assessment.records.leases import now_of
from assessment.records.tables_machines import hosts as table
from assessment.records.vault import Vault
from assessment.web.server import hosts
from assessment.web.server.hosts import Hosts, others_of, this_host
from assessment.web.server.secret import BadSecret
from tests.records.conftest import OpenDatabase

A, B = bytes(32), bytes([1]) * 32

MakeHost = Callable[..., Hosts]


@pytest.fixture
def make(url: str, open_database: OpenDatabase, tmp_path: Path) -> MakeHost:
    """Make a host of this name with these keys, of which the first ones seal."""

    def made(name: str, cookies: bytes = A, records: tuple[bytes, ...] = (A,)) -> Hosts:
        return Hosts(tmp_path / name, open_database(url, Vault(records)), cookies)

    return made


def test_copies_of_a_machine_are_two_hosts_also_with_one_name_and_folder(
    make: MakeHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = tmp_path / "machine-id"
    monkeypatch.setattr(hosts, "MACHINE", machine)
    machine.write_text("0123456789abcdef\n")
    make("instance").enter()
    machine.write_text("fedcba9876543210\n")
    with pytest.raises(BadSecret, match="key is not the same as on ") as refused:
        make("instance", B).enter()
    assert "0123456789abcdef" not in str(refused.value)


@pytest.mark.parametrize("found", [None, "", "uninitialized\n"])
def test_a_machine_without_an_id_goes_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: str | None
) -> None:
    monkeypatch.setattr(hosts, "MACHINE", tmp_path / "machine-id")
    if found is not None:
        (tmp_path / "machine-id").write_text(found)
    assert this_host(tmp_path) == f"{socket.gethostname()}:{tmp_path}"


def test_hosts_with_the_same_keys_begin_side_by_side(make: MakeHost) -> None:
    for name in ("one", "two", "one"):
        make(name).enter()


@pytest.mark.parametrize(
    ("keys", "file"), [({"cookies": B}, "secret.key"), ({"records": (B,)}, "records.key")]
)
def test_a_host_with_another_key_does_not_start_and_says_which_in_a_line(
    make: MakeHost, keys: dict[str, object], file: str, tmp_path: Path
) -> None:
    make("one").enter()
    with pytest.raises(BadSecret) as refused:
        make("two", **keys).enter()

    line = str(refused.value)
    assert line.startswith(f"INSTANCE: {tmp_path / 'two' / file} is not the same as on ")
    assert f"{tmp_path / 'one'}, which serves the same database; copy it from there" in line
    assert "wait 10 minutes, then start this one by hand" in line
    assert "\n" not in line
    make("two").enter()


def test_a_host_that_knows_the_new_key_and_one_that_does_not_are_two_kinds(make: MakeHost) -> None:
    make("one", A, (A,)).enter()
    with pytest.raises(BadSecret):
        make("two", B + A, (B, A)).enter()
    make("one", A + B, (A, B)).enter()
    make("two", B + A, (B, A)).enter()


def test_nobody_waits_for_a_host_that_left_or_was_not_seen_for_long(
    make: MakeHost, open_database: OpenDatabase, url: str
) -> None:
    gone, killed = make("gone", B), make("killed", B)
    gone.enter()
    gone.leave()
    killed.enter()
    with open_database(url).writing() as tx:
        tx.connection.execute(update(table).values(seen_at=now_of(tx) - 601))
    make("one").enter()

    with open_database(url).reading() as tx:
        assert len(tx.connection.execute(select(table)).all()) == 1


def test_one_host_alone_may_have_a_new_key(make: MakeHost) -> None:
    """Without the key of the cookies people start again, and nothing else is lost."""
    make("one").enter()
    make("one", B).enter()


def test_keys_that_differ_while_it_runs_are_told_each_time(
    make: MakeHost, caplog: pytest.LogCaptureFixture
) -> None:
    one, other = make("one"), make("two", B)
    one.enter()
    with caplog.at_level(logging.ERROR, logger="assessment"):
        other.stay()
        one.stay()

    assert len(caplog.messages) == 2
    assert all("secret.key is not the same as on " in line for line in caplog.messages)


def test_no_key_stands_in_the_database(
    make: MakeHost, open_database: OpenDatabase, url: str
) -> None:
    make("one", B, (B,)).enter()
    with open_database(url).reading() as tx:
        [row] = tx.connection.execute(select(table))

    assert B.hex()[:16] not in repr(row)
    assert len(row.cookie_keys) == 16, "8 of the 32 bytes of a hash"
    assert len(row.record_keys) == 8, "what each sealed value begins with"


def test_others_are_those_but_this_one(
    make: MakeHost, open_database: OpenDatabase, url: str, tmp_path: Path
) -> None:
    make("one").enter()
    database = open_database(url)

    assert others_of(tmp_path / "one", database) == ()
    [name] = others_of(tmp_path / "two", database)
    assert name.endswith(f":{tmp_path / 'one'}")
