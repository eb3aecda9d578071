"""PostgreSQL on two machines: what the first one acknowledges is on the second one's disk."""

from __future__ import annotations

import os
import pwd
import subprocess
import time
from pathlib import Path

import psycopg

from tests.machines.network import Machine
from tests.postgresql import _programs

_LONGEST = 60
_SETTINGS = {
    "listen_addresses": "*", "max_connections": "120", "lc_messages": "C", "wal_level": "replica",
    "autovacuum": "off", "max_wal_senders": "4", "hot_standby": "on",
}  # fmt: skip
SYNCHRONOUS = {"synchronous_standby_names": "second", "synchronous_commit": "on"}
OPEN = """
local all,replication all trust
host all,replication all 10.77.0.0/24 trust
"""


class Pair:
    """A database and its replica. `folder` gets both, and their sockets."""

    def __init__(self, folder: Path, first: Machine, second: Machine) -> None:
        programs = _programs()
        assert programs is not None
        self._programs = programs
        self._folder = folder
        self._first, self._second = first, second
        account = pwd.getpwnam("postgres")
        for name in ("", "first", "second"):
            (folder / name).mkdir(exist_ok=True)
            os.chown(folder / name, account.pw_uid, account.pw_gid)

    @property
    def address(self) -> str:
        """What a host has in DATABASE_URL: both; the one that can be written is taken."""
        hosts = f"{self._first.address},{self._second.address}"
        return f"postgresql://postgres@{hosts}/clinic?target_session_attrs=read-write"

    def local(self, name: str) -> str:
        """The address of one of both for who is on none of the machines: by its socket."""
        return f"postgresql://postgres@/clinic?host={self._folder / name}"

    def start(self) -> None:
        """Start both, the second one as a copy that follows."""
        data = self._folder / "first" / "data"
        self._run("initdb", "-D", str(data), "-U", "postgres", "--encoding=UTF8", "--locale=C",
                  "--no-sync")  # fmt: skip
        (data / "pg_hba.conf").write_text(OPEN)
        self._serve("first", self._first)
        self._ask("first", "CREATE DATABASE clinic", database="postgres")
        copy = self._folder / "second" / "data"
        self._run("pg_basebackup", "-h", str(self._folder / "first"), "-U", "postgres", "-D",
                  str(copy), "-R", "--no-sync", "--checkpoint=fast")  # fmt: skip
        follows = f"host={self._first.address} user=postgres application_name=second"
        (copy / "postgresql.auto.conf").write_text(f"primary_conninfo = '{follows}'\n")
        self._serve("second", self._second)
        for name, value in SYNCHRONOUS.items():
            self._ask("first", f"ALTER SYSTEM SET {name} = '{value}'")
        self._ask("first", "SELECT pg_reload_conf()")
        self._until("first", "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")

    def fail_over(self) -> None:
        """Lose the first machine, and have the second one take over."""
        self._first.die()
        self._ask("second", "SELECT pg_promote(true)")

    def _serve(self, name: str, machine: Machine) -> None:
        folder = self._folder / name
        settings = _SETTINGS | {"unix_socket_directories": str(folder)}
        words = [word for one, value in settings.items() for word in ("-c", f"{one}={value}")]
        machine.start(
            str(self._programs / "postgres"), "-D", str(folder / "data"), *words,
            user="postgres", log=self._folder / f"{name}.log",
        )  # fmt: skip
        self._until(name, "SELECT 1", database="postgres")

    def _ask(self, name: str, statement: str, database: str = "postgres") -> int:
        with psycopg.connect(
            host=str(self._folder / name), user="postgres", dbname=database, autocommit=True,
            connect_timeout=5,
        ) as connection:  # fmt: skip
            done = connection.execute(statement.encode())
            row = done.fetchone() if done.description else None
            return int(row[0]) if row else 0

    def _until(self, name: str, statement: str, database: str = "postgres") -> None:
        end = time.monotonic() + _LONGEST
        while time.monotonic() < end:
            try:
                if self._ask(name, statement, database):
                    return
            except psycopg.OperationalError:
                pass
            time.sleep(0.05)
        log = (self._folder / f"{name}.log").read_text(errors="replace")
        raise RuntimeError(f"PostgreSQL, {name}: {log[-2000:]}")

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._programs / program), *arguments], capture_output=True, text=True, cwd="/",
            user="postgres", group="postgres", extra_groups=[], timeout=_LONGEST,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr}")
