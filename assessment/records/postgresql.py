"""How PostgreSQL is reached: nothing waits for ever, and lost connections are noticed."""

from __future__ import annotations

from sqlalchemy import URL, Connection, Engine, create_engine

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
_PLANS = ("-c plan_cache_mode=force_custom_plan", "-c jit=off")


def make_engine(url: URL, patience: float) -> Engine:
    """Return an engine. `patience` is how many seconds are waited for a lock.

    A statement may take twice that, a transaction in which nothing happens a minute, and a server
    that says nothing at all is given up a little later. Raises ValueError when the URL has an
    option that PostgreSQL does not know.
    """
    _refuse_options(url)
    from assessment.records import silence  # it needs psycopg, an extra

    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={
            "client_encoding": "utf8",
            "connect_timeout": _CONNECT_SECONDS,
            "tcp_user_timeout": _CONNECT_SECONDS * 1000,
            "options": _options(url, patience),
        },
        pool_timeout=patience,
        hide_parameters=True,
    )
    silence.give_up_after(engine, patience * _STATEMENT + _LONGER)
    return engine


def wait_for_ever(connection: Connection) -> None:
    """Have this connection wait as long as it takes, until it is given back: for migrations."""
    from assessment.records import silence

    silence.wait_for_ever(connection)


def _refuse_options(url: URL) -> None:
    """Name what belongs to other libraries: it would fail at the first connection only."""
    from psycopg import pq  # an extra, which need not be there

    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    for name in url.query:
        if name not in known:
            what = _INSTEAD.get(name, "leave it out")
            raise ValueError(f"PostgreSQL has no option `{name}`; {what}")


def _options(url: URL, patience: float) -> str:
    """Return the settings of a session, after those that the URL brings."""
    own = url.query.get("options", "")
    given = own if isinstance(own, str) else " ".join(own)
    milliseconds = {
        "lock_timeout": patience,
        "statement_timeout": patience * _STATEMENT,
        "idle_in_transaction_session_timeout": _IDLE_SECONDS,
    }
    ours = [f"-c {name}={int(seconds * 1000)}" for name, seconds in milliseconds.items()]
    return " ".join([given, *ours, *_PLANS]).strip()
