"""A connection to PostgreSQL that gives up on a server that has fallen silent.

What PostgreSQL itself bounds, statements and waits for locks, is bounded only while it runs. One
that is frozen, or whose disk is, still takes connections, and its machine acknowledges what it is
sent: neither `connect_timeout` nor `tcp_user_timeout` sees anything wrong.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.pq.abc import PGconn
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DisconnectionError

T = TypeVar("T")

PING_SECONDS = 2.0
"""How long a connection that was idle may take to say that it is still there."""


class Patient(psycopg.Connection[Any]):
    """A connection that waits `longest` seconds for each answer; None waits for ever."""

    longest: float | None = PING_SECONDS

    def wait(
        self,
        gen: Generator[Any, Any, T],
        interval: float = 0.1,
        timeout: float | None = None,
    ) -> T:
        """Wait for the server. Raises OperationalError, and closes, when it says nothing."""
        try:
            return super().wait(gen, interval, self.longest if timeout is None else timeout)
        except psycopg.OperationalError:
            if _is_busy(self.pgconn):  # it had not answered: what comes now would be for nobody
                self.pgconn.finish()
                raise psycopg.OperationalError("the server has fallen silent") from None
            raise


def give_up_after(engine: Engine, seconds: float) -> None:
    """Have every answer waited for that long; a connection is tried before it is used again.

    The engine makes its connections as `Patient` ones.
    """

    @event.listens_for(engine, "checkout")
    def check(driver: Any, _: object, __: object) -> None:  # noqa: ANN401  what SQLAlchemy wraps
        driver.longest = PING_SECONDS
        try:
            driver.autocommit = True  # else this would begin a transaction
            driver.execute("SELECT 1")
            driver.autocommit = False
        except psycopg.Error as error:
            raise DisconnectionError from error
        driver.longest = seconds


def wait_at_most(connection: Connection, seconds: float | None) -> None:
    """Have this connection wait so long for each answer, until it is given back; None for ever."""
    driver = connection.connection.dbapi_connection
    if isinstance(driver, Patient):
        driver.longest = seconds


def _is_busy(connection: PGconn) -> bool:
    return connection.transaction_status == TransactionStatus.ACTIVE
