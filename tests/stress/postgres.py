"""A PostgreSQL that can be stopped in the middle of anything, and looked into."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from tests import postgresql
from tests.postgresql import Missing, Private

__all__ = ["Missing", "Stoppable", "running"]


class Stoppable:
    """A server of our own, with databases that keep what they have acknowledged."""

    def __init__(self, server: Private) -> None:
        self._server = server
        self.folder = server.data.parent
        """Everything that it writes, its log included."""

    def create(self, name: str) -> str:
        """Make a database; return its address.

        Other tests may lose the last moments when it is stopped; what is promised here may not.
        """
        url = self._server.create(name)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                sql.SQL("ALTER DATABASE {} SET synchronous_commit = on").format(
                    sql.Identifier(name)
                )
            )
        return url

    @contextmanager
    def away(self) -> Iterator[None]:
        """Stop it, as a power cut does, for the time of the block."""
        self._server.stop()
        try:
            yield
        finally:
            self._server.start()

    def frozen(self) -> AbstractContextManager[None]:
        """Let it stand still for the time of the block: it takes connections and is silent."""
        return self._server.frozen()

    def dump(self, url: str) -> bytes:
        """Return what a backup of a database holds."""
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_dump"))
        program = str(found[-1]) if found else shutil.which("pg_dump") or "pg_dump"
        return subprocess.run([program, url], capture_output=True, check=True, timeout=60).stdout


@contextmanager
def running() -> Iterator[Stoppable]:
    """Give a server that runs; raises Missing when there is none that may be stopped."""
    with postgresql.running() as server:
        if not isinstance(server, Private):
            raise Missing(
                "they need a PostgreSQL of their own, to stop it; unset TEST_DATABASE_URL"
            )
        yield Stoppable(server)
