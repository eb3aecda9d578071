"""How PostgreSQL is reached: nothing waits for ever, and lost connections are noticed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import URL, Connection, Dialect, Engine, create_engine, event, func, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from assessment.records.refusals import Unusable

_CONNECT_SECONDS = 4
_IDLE_SECONDS = 60
_STATEMENT = 2
"""How many times the patience for a lock a statement may take."""
_LONGER = 2.0
"""Seconds after which a server that runs would have ended the statement itself."""

_INSTEAD = {
    "schema": "for a schema of its own write options=-csearch_path%3DNAME",
    "ssl": "write sslmode=require, or sslmode=verify-full",
}

# A plan that is kept for any limit and any word sorts the whole inbox for a page of it.
_PLANS = {"plan_cache_mode": "force_custom_plan", "jit": "off"}

_NO_OPTIONS = "PgBouncer hands no `options` on; leave them out of the address"
_POOLED = "pooled"
"""Where a connection remembers that a pool of connections is between."""


def make_engine(url: URL, patience: float) -> Engine:
    """Return an engine. `patience` is how many seconds are waited for a lock.

    A statement may take twice that, a transaction in which nothing happens a minute, and a server
    that says nothing at all is given up a little later. Raises ValueError when the URL has an
    option that PostgreSQL does not know.
    """
    _refuse_options(url)
    from assessment.records import silence  # it needs psycopg, an extra

    settings = _settings(patience)
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={
            "client_encoding": "utf8",
            "connect_timeout": _CONNECT_SECONDS,
            "tcp_user_timeout": _CONNECT_SECONDS * 1000,
            "options": _options(url, settings),
        },
        pool_timeout=patience,
        hide_parameters=True,
    )
    _allow_for_poolers(engine, url, settings, silence.Patient.connect)
    silence.give_up_after(engine, patience * _STATEMENT + _LONGER)
    return engine


def wait_for_steps(connection: Connection, seconds: float | None) -> None:
    """Have this connection wait for steps that are tried for `seconds`, until it is given back.

    A server that runs ends each statement in twice that; None waits as long as it takes.
    """
    from assessment.records import silence

    longest = None if seconds is None else seconds * _STATEMENT + _LONGER
    silence.wait_at_most(connection, longest)


def set_for_transaction(connection: Connection, settings: Mapping[str, str]) -> None:
    """Set these until the end of the transaction that is open."""
    each = (func.set_config(name, value, True) for name, value in settings.items())
    connection.execute(select(*each))


def _allow_for_poolers(
    engine: Engine, url: URL, settings: Mapping[str, str], reach: Callable[..., object]
) -> None:
    """Work through PgBouncer, where each transaction may have another session of the database.

    What belongs to a session then belongs to nobody: settings are made anew in each transaction,
    and no statement is prepared. What we lock is locked for a transaction anyway.
    """

    def connect(
        dialect: Dialect, _: ConnectionPoolEntry, args: tuple[str, ...], more: dict[str, object]
    ) -> object:
        try:
            return reach(*args, **more)
        except dialect.loaded_dbapi.OperationalError as error:
            if "unsupported startup parameter" not in str(error):
                raise
        if "options" in url.query:
            raise Unusable(_NO_OPTIONS)
        return reach(*args, **{**more, "options": ""})

    def connected(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        record.info[_POOLED] = _is_pooled(connection)
        if record.info[_POOLED]:
            connection.prepare_threshold = None
            if "options" in url.query:
                connection.close()
                raise Unusable(_NO_OPTIONS)

    def begin(connection: Connection) -> None:
        if connection.info.get(_POOLED):
            set_for_transaction(connection, settings)

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begin)


def _is_pooled(connection: DBAPIConnection) -> bool:
    """Whether PgBouncer is between: it makes up the number that it names a connection by."""
    cursor = connection.cursor()
    cursor.execute("SELECT pg_backend_pid()")
    [[session]] = cursor.fetchall()
    cursor.close()
    connection.rollback()
    return bool(session != connection.info.backend_pid)


def _refuse_options(url: URL) -> None:
    """Name what belongs to other libraries: it would fail at the first connection only."""
    from psycopg import pq  # an extra, which need not be there

    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    for name in url.query:
        if name not in known:
            what = _INSTEAD.get(name, "leave it out")
            raise ValueError(f"PostgreSQL has no option `{name}`; {what}")


def _settings(patience: float) -> dict[str, str]:
    """Return what holds in every transaction, but for steps of a migration."""
    seconds = {
        "lock_timeout": patience,
        "statement_timeout": patience * _STATEMENT,
        "idle_in_transaction_session_timeout": _IDLE_SECONDS,
    }
    return {name: str(int(value * 1000)) for name, value in seconds.items()} | _PLANS


def _options(url: URL, settings: Mapping[str, str]) -> str:
    """Return the settings of a session, after those that the URL brings."""
    own = url.query.get("options", "")
    given = own if isinstance(own, str) else " ".join(own)
    return " ".join([given, *(f"-c {name}={value}" for name, value in settings.items())]).strip()
