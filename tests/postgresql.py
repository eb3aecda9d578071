"""A PostgreSQL for tests: one that is named by TEST_DATABASE_URL, or a private one in a folder.

Tests ask for the fixture `postgresql`; nothing is started for a run that does not.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

HOW_TO_GET_IT = "they need PostgreSQL; get it with: apt install postgresql"

_LONGEST = 60
"""Seconds for any step; a machine that takes longer fails rather than hangs."""

_FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",  # a test that needs statistics makes them
    "max_connections": "60",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "lc_messages": "C",
}


class Missing(Exception):
    """There is no PostgreSQL here; `str()` says how to get it."""


class Postgresql:
    """A server on which databases can be made. `address` is that of its own first database."""

    def __init__(self, address: URL) -> None:
        self._address = address

    @property
    def can_stop(self) -> bool:
        """Whether it is ours to stop and to start."""
        return False

    def url(self, name: str) -> str:
        """Return the address of a database, as an operator would write it."""
        named = self._address.set(drivername="postgresql", database=name)
        return named.render_as_string(hide_password=False)

    def create(self, name: str, template: str = "template1", encoding: str = "") -> str:
        """Make a database, a copy of another one, and return its address.

        Another encoding needs the template `template0`.
        """
        names = sql.Identifier(name), sql.Identifier(template)
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names)
        if encoding:
            more = sql.SQL(" ENCODING {} LC_COLLATE 'C' LC_CTYPE 'C'").format(encoding)
            statement = statement + more
        self._run(statement)
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove a database, whoever still uses it."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def checkpoint(self) -> None:
        """Have everything in its files."""
        self._run(sql.SQL("CHECKPOINT").format())

    def stop(self) -> None:
        """Stop it as a power cut would."""
        raise NotImplementedError

    def start(self) -> None:
        """Start it and wait until it answers."""
        raise NotImplementedError

    def _run(self, statement: sql.Composed) -> None:
        # Over and over the same short statement: no transaction, no pool.
        with psycopg.connect(
            self.url(self._address.database or "postgres"), autocommit=True, connect_timeout=5
        ) as connection:
            connection.execute(statement)


class Private(Postgresql):
    """A server of our own in `folder`, which belongs to the user whom it runs as."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.data = folder / "data"
        self._log = folder / "log"
        self._programs = programs
        self._process: subprocess.Popen[bytes] | None = None
        self._user = _unprivileged()
        if self._user is not None:
            account = pwd.getpwnam(self._user)
            os.chown(folder, account.pw_uid, account.pw_gid)
        port = _free_port()
        super().__init__(URL.create("postgresql", "tests", None, "127.0.0.1", port, "postgres"))
        self._make()

    @property
    def can_stop(self) -> bool:
        return True

    def start(self) -> None:
        settings = [f"{name}={value}" for name, value in _FAST.items()]
        settings += [f"port={self._address.port}"]
        command = [str(self._programs / "postgres"), "-D", str(self.data)]
        command += [word for setting in settings for word in ("-c", setting)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*_dies_with_us(), *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                user=self._user,
                group=self._user and pwd.getpwnam(self._user).pw_gid,
                extra_groups=None if self._user is None else [],
                start_new_session=True,  # Ctrl+C is for pytest alone, which stops it then
            )
        self._wait()

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.send_signal(signal.SIGQUIT)
        try:
            self._process.wait(_LONGEST)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(_LONGEST)
        self._process = None

    @contextmanager
    def frozen(self, *only: int) -> Iterator[None]:
        """Let `only` these processes of it stand still, or all: connections are taken all the same.

        The main process comes first: from then on there are no new ones.
        """
        assert self._process is not None
        main = self._process.pid
        pids = list(only)
        if not pids:
            os.kill(main, signal.SIGSTOP)
            pids = [*_children(main), main]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def _make(self) -> None:
        made = subprocess.run(
            [
                *(str(self._programs / "initdb"), "-D", str(self.data), "-U", "tests"),
                *("--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd="/",
            user=self._user,
            group=self._user and pwd.getpwnam(self._user).pw_gid,
            extra_groups=None if self._user is None else [],
            timeout=_LONGEST,
        )
        if made.returncode:
            raise RuntimeError(f"initdb: {made.stderr.decode(errors='replace')}")

    def _wait(self) -> None:
        end = time.monotonic() + _LONGEST
        while time.monotonic() < end:
            if self._process is not None and self._process.poll() is not None:
                break
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        self.stop()
        raise RuntimeError(f"PostgreSQL: {self._log.read_text(errors='replace')[-2000:]}")


@contextmanager
def running() -> Iterator[Postgresql]:
    """Give a server that runs. Raises Missing when there is none, RuntimeError when it fails."""
    named = os.environ.get("TEST_DATABASE_URL")
    if named:
        yield Postgresql(make_url(named))
        return
    programs = _programs()
    if programs is None:
        raise Missing(HOW_TO_GET_IT)
    with tempfile.TemporaryDirectory(prefix="clinic-postgresql-") as folder:
        server = Private(Path(folder), programs)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
    return [int(one) for one in found.split()]


def _programs() -> Path | None:
    """Return the folder of initdb and postgres: Debian does not put them on the PATH."""
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    found = sorted(debian, key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    if on_path is not None:
        found.append(Path(on_path).resolve())
    whole = [path.parent for path in found if (path.parent / "postgres").exists()]
    return whole[-1] if whole else None


def _unprivileged() -> str | None:
    """Return the user to run as when we are root, whom PostgreSQL refuses; else None."""
    if os.geteuid() != 0:
        return None
    for user in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(user).pw_name
        except KeyError:
            continue
    raise Missing("they need PostgreSQL, and a user other than root to run it")


def _dies_with_us() -> list[str]:
    """Return what makes a program stop when this one is killed, where that is to be had."""
    program = shutil.which("setpriv")
    return [] if program is None else [program, "--pdeathsig", "QUIT"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
