"""A backup that is made as the guide says, and opens again where it is put back."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from assessment.records import clients, clinics
from assessment.records.database import Database
from assessment.records.ids import ClientId, ClinicId
from assessment.records.model import Client, Clinic
from assessment.records.vault import Vault
from assessment.web.server.settings import read_settings
from assessment.web.server.storage import open_database
from tests.conftest import ROOT
from tests.postgresql import Postgresql

GUIDE = (ROOT / "docs" / "deploy.md").read_text("utf-8")
UNIT = (ROOT / "deploy" / "clinic-backup.service").read_text("utf-8")

KEY = bytes(range(32))
CLINIC = ClinicId("clinic-a")
CLIENT = ClientId("client-a")
A_CLINIC = Clinic(CLINIC, "a", "Clinic A", None, None, None, None, None, "en", 7, None, 1, 1)
NAME = "Zebrafinch Quill"


def a_database(url: str, key: bytes = KEY) -> Database:
    database = Database(url, Vault([key]))
    database.migrate()
    return database


def filled(url: str) -> Database:
    """A database with a clinic and its client."""
    database = a_database(url)
    with database.writing() as tx:
        clinics.add(tx, A_CLINIC)
        clients.add(tx, Client(CLIENT, CLINIC, NAME, "z@example.org", 1))
    return database


def name_in(url: str, key: bytes = KEY) -> str | None:
    """The client's name as it can be read; None where it is sealed with another key."""
    database = a_database(url, key)
    with database.reading() as tx:
        found = clients.get(tx, CLINIC, CLIENT)
    database.close()
    assert found is not None
    return found.name if found.readable else None


def back_up(
    copies: Path, instance: Path, *more: str, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run the command of the unit, with other folders."""
    [start] = re.findall(r"^ExecStart=(.+)$", UNIT, re.MULTILINE)
    assert f"`{start}`" in GUIDE
    command = start.replace("/srv/clinic/.venv/bin/python", sys.executable)
    copies.mkdir(exist_ok=True)
    return subprocess.run(
        [*command.replace("/var/backups/clinic", str(copies)).split(), *more],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
        env={"PATH": os.environ["PATH"], "INSTANCE": str(instance), **settings},
    )  # fmt: skip


def made(copies: Path, instance: Path, **settings: str) -> Path:
    """The copy that the command made; it says which."""
    ended = back_up(copies, instance, **settings)
    assert ended.returncode == 0, ended.stderr
    [copy] = copies.iterdir()
    assert ended.stdout.strip() == str(copy)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert NAME.encode() not in copy.read_bytes()
    assert KEY not in copy.read_bytes()
    return copy


def steps(heading: str) -> str:
    """The first commands below a heading of the guide."""
    return (
        re.split(rf"^#+ {heading}$", GUIDE, flags=re.MULTILINE)[1]
        .split("```")[1]
        .removeprefix("sh\n")
    )


def test_a_copy_of_a_file_is_put_back_by_the_documented_steps(tmp_path: Path) -> None:
    instance, copies = tmp_path / "instance", tmp_path / "copies"
    instance.mkdir()
    live = filled(f"sqlite:///{instance}/clinic.db")
    with live.writing() as tx:
        clients.add(tx, Client(ClientId("open"), CLINIC, "not finished", "", 1))
        copy = made(copies, instance)  # while somebody writes
    with live.writing() as tx:
        clients.erase(tx, CLINIC, CLIENT, 2)

    commands = steps("Restore")
    for there, here in {
        "/var/lib/clinic": str(instance),
        "/var/backups/clinic/clinic-20261123T032000Z.db": str(copy),
        "-o clinic -g clinic ": "",
        "systemctl": "true",
    }.items():
        assert there in commands, there
        commands = commands.replace(there, here)
    live.close()
    subprocess.run(["sh", "-eu", "-c", commands], check=True, timeout=30)

    assert name_in(f"sqlite:///{instance}/clinic.db") == NAME
    assert name_in(f"sqlite:///{instance}/clinic.db", key=bytes(32)) is None
    assert stat.S_IMODE((instance / "clinic.db").stat().st_mode) == 0o600
    with closing(sqlite3.connect(instance / "clinic.db")) as rows:
        assert rows.execute("SELECT count(*) FROM clients").fetchone() == (1,)


def test_what_was_erased_since_the_copy_is_gone_after_a_restore(tmp_path: Path) -> None:
    settings = read_settings(instance=tmp_path)
    live = open_database(settings)
    with live.writing() as tx:
        clinics.add(tx, A_CLINIC)
        clients.add(tx, Client(CLIENT, CLINIC, NAME, "z@example.org", 1))
        clients.add(tx, Client(ClientId("stays"), CLINIC, "Other", "", 1))
    copy = made(tmp_path / "copies", tmp_path)
    with live.writing() as tx:
        assert clients.erase(tx, CLINIC, CLIENT, 2)
    live.close()
    for old in tmp_path.glob("clinic.db*"):
        old.unlink()
    shutil.copyfile(copy, tmp_path / "clinic.db")

    restored = open_database(settings)
    with restored.reading() as tx:
        assert clients.get(tx, CLINIC, CLIENT) is None
        assert clients.get(tx, CLINIC, ClientId("stays")) is not None
    restored.close()


def test_a_dump_of_postgresql_is_put_back_by_the_documented_command(
    tmp_path: Path, postgresql: Postgresql
) -> None:
    if shutil.which("pg_dump") is None:
        pytest.skip("they need pg_dump; get it with: apt install postgresql-client")
    live = postgresql.create("deploy_live")
    filled(live).close()
    copy = made(tmp_path / "copies", tmp_path, DATABASE_URL=live)

    commands = steps("Restore on PostgreSQL")
    [restore] = [line for line in commands.splitlines() if "pg_restore" in line]
    _, found, words = restore.partition("pg_restore ")
    assert found
    words = words.replace("/var/backups/clinic/clinic-20261123T032000Z.dump", str(copy))
    new = postgresql.create("deploy_new")
    assert "--dbname=clinic" in words
    subprocess.run(
        ["pg_restore", *shlex.split(words.replace("--dbname=clinic", f"--dbname={new}"))],
        check=True, timeout=60,
    )  # fmt: skip

    assert name_in(new) == NAME
    assert name_in(new, key=bytes(32)) is None
    for name in ("deploy_live", "deploy_new"):
        postgresql.drop(name)


def test_old_copies_go_and_nothing_else_does(tmp_path: Path) -> None:
    filled(f"sqlite:///{tmp_path}/clinic.db").close()
    copies = tmp_path / "copies"
    copies.mkdir()
    fifteen_days_ago = time.time() - 15 * 24 * 60 * 60
    for name in ("clinic-20200101T000000Z.db", "clinic-20200101T000000Z.dump", "clinic.txt"):
        (copies / name).touch()
        os.utime(copies / name, (fifteen_days_ago, fifteen_days_ago))
    (copies / "clinic-20261101T000000Z.db").touch()

    assert back_up(copies, tmp_path).returncode == 0
    left = sorted(path.name for path in copies.iterdir())
    assert len(left) == 3
    assert {"clinic.txt", "clinic-20261101T000000Z.db"} < set(left)


def test_where_no_copy_can_be_made_it_says_so_and_keeps_the_old_ones(tmp_path: Path) -> None:
    copies = tmp_path / "copies"
    copies.mkdir()
    old = copies / "clinic-20200101T000000Z.db"
    old.touch()
    os.utime(old, (1, 1))
    for settings in (
        {},  # there is no database
        {"DATABASE_URL": "postgresql://nobody:zebrafinch@127.0.0.1:1/clinic"},
        {"PORT": "many"},
    ):
        ended = back_up(copies, tmp_path, **settings)
        assert ended.returncode == 1
        assert ended.stderr.startswith("no copy was made: ")
        assert "zebrafinch" not in ended.stderr
        assert "Traceback" not in ended.stderr
        assert list(copies.iterdir()) == [old]


def test_a_damaged_file_is_no_copy(tmp_path: Path) -> None:
    filled(f"sqlite:///{tmp_path}/clinic.db").close()
    whole = (tmp_path / "clinic.db").read_bytes()
    (tmp_path / "clinic.db").write_bytes(whole[: len(whole) // 2])
    ended = back_up(tmp_path / "copies", tmp_path)
    assert ended.returncode == 1
    assert list((tmp_path / "copies").iterdir()) == []
