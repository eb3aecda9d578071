"""Tells others how the database does: how long it was used, and by which statements."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sized
from contextlib import contextmanager
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext

_BEGUN = "assessment.begun"

Statements = Callable[[str, int], None]
"""Is told a statement, with marks in place of every value, and when it began in Unix
nanoseconds, right after it ended."""


class Watcher(Protocol):
    """Is told how connections of this process are used."""

    def in_use(self, number: int) -> None:
        """Take in how many are in use, or waited for, from now on."""

    def used(self, seconds: float, *, writes: bool) -> None:
        """Take in how long one was used, waiting for it included."""


@contextmanager
def telling(watcher: Watcher | None, uses: Sized, *, writes: bool) -> Iterator[None]:
    """Tell of one use, which is in `uses` already."""
    if watcher is None:
        yield
        return
    watcher.in_use(len(uses))
    begun = time.perf_counter()
    try:
        yield
    finally:
        watcher.used(time.perf_counter() - begun, writes=writes)
        watcher.in_use(len(uses) - 1)


def tell_statements(engine: Engine, told: Statements) -> None:
    """Have `told` called after each statement of an engine, those that failed included."""

    @event.listens_for(engine, "before_cursor_execute")
    def begin(connection: Connection, *_: object) -> None:
        connection.info[_BEGUN] = time.time_ns()

    @event.listens_for(engine, "after_cursor_execute")
    def end(connection: Connection, _: object, statement: str, *__: object) -> None:
        told(statement, connection.info.pop(_BEGUN))

    @event.listens_for(engine, "handle_error")
    def fail(context: ExceptionContext) -> None:
        info: dict[str, Any] = {} if context.connection is None else context.connection.info
        if context.statement is not None and _BEGUN in info:
            told(context.statement, info.pop(_BEGUN))
