"""What is counted of requests, refusals, faults and the database.

Every label is one of a closed set: the name of what answers, a method, a class of statuses, a
member of an enumeration. Nothing that people send or read becomes one.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from prometheus_client import Counter, Gauge, Histogram

from assessment.web.monitoring.labels import route_of
from assessment.web.server.logs import OTHER, Event, Rejection, method_of

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from _typeshed import OptExcInfo

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
FAULTS = {"500": "fault", "503": "away"}
"""Kinds of errors by their status: a fault of ours; the database or what makes PDFs is away."""
REFUSALS = frozenset(
    {
        Event.SIGN_IN_REFUSED, Event.SIGN_IN_SLOWED, Event.SECOND_STEP_REFUSED,
        Event.SECOND_STEP_SLOWED, Event.CODE_REFUSED, Event.CREDENTIAL_REFUSED, Event.KEY_REFUSED,
        Event.API_DENIED, Event.DENIED, Event.NOT_THERE, Event.FORM_REFUSED,
    }
)  # fmt: skip
"""What is counted of the clinic area. What staff do there is in the audit log and nowhere else."""


class Metrics:
    """Every count. Each process of a server has the same ones."""

    def __init__(self) -> None:
        self._seconds = Histogram(
            "assessment_request_seconds", "Seconds until an answer was ready.",
            ("route", "method", "status"), buckets=SECONDS, registry=None,
        )  # fmt: skip
        self._of = lru_cache(maxsize=None)(self._seconds.labels)  # it is slow to look them up
        self._at_hand = Gauge(
            "assessment_requests_at_hand", "Requests that are being answered.",
            multiprocess_mode="livesum", registry=None,
        )  # fmt: skip
        self._errors = _counter("assessment_errors", "Answers that failed, by kind.", "kind")
        self._throttled = _counter("assessment_throttled_requests", "Answers 429.", "route")
        self._refusals = _counter("assessment_refusals", "What was refused, and why.", "why")
        self._lines = _counter("assessment_log_lines", "Lines of the log, by level.", "level")
        self._transactions = Histogram(
            "assessment_database_seconds",
            "Seconds for which a connection was used, waiting for it included.",
            ("kind",), buckets=SECONDS, registry=None,
        )  # fmt: skip
        self._connections = Gauge(
            "assessment_database_connections", "Connections in use, or waited for.",
            multiprocess_mode="livesum", registry=None,
        )  # fmt: skip
        for kind in (*FAULTS.values(), OTHER):  # so that the first one counts as a rise
            self._errors.labels(kind)
        for level in ("warning", "error"):
            self._lines.labels(level)

    def start(self) -> None:
        """Begin in a process: whoever had its place before may have left in the middle."""
        self._at_hand.set(0)
        self._connections.set(0)

    def begun(self) -> None:
        """Count a request that is being answered."""
        self._at_hand.inc()

    def answered(self, environ: WSGIEnvironment, status: str, seconds: float) -> None:
        """Count a request that was answered, `status` such as "200 OK"."""
        self._at_hand.dec()
        route = route_of(environ)
        self._of(route, method_of(environ), f"{status[:1]}xx").observe(seconds)
        if status[:1] == "5":
            self._errors.labels(FAULTS.get(status[:3], OTHER)).inc()
        elif status[:3] == "429":
            self._throttled.labels(route).inc()

    def logged(self, record: logging.LogRecord) -> None:
        """Count a line of the log, and what it says was refused."""
        if record.levelno >= logging.WARNING:
            self._lines.labels("error" if record.levelno >= logging.ERROR else "warning").inc()
        elif isinstance(record.args, tuple) and record.args:
            what = record.args[0]
            if isinstance(what, Rejection) or (isinstance(what, Event) and what in REFUSALS):
                self._refusals.labels(what.name.lower()).inc()

    def in_use(self, number: int) -> None:
        """Take in how many connections to the database are in use."""
        self._connections.set(number)

    def used(self, seconds: float, *, writes: bool) -> None:
        """Take in how long one was used."""
        self._transactions.labels("write" if writes else "read").observe(seconds)


class Measured:
    """Measures each request (WSGI): until its answer is ready, not until it was read."""

    def __init__(self, inside: WSGIApplication, metrics: Metrics) -> None:
        self._inside = inside
        self._metrics = metrics

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        answered = "500"

        def start(
            status: str, headers: list[tuple[str, str]], raised: OptExcInfo | None = None
        ) -> object:
            nonlocal answered
            answered = status
            return start_response(status, headers, raised)

        self._metrics.begun()
        begun = time.perf_counter()
        try:
            return self._inside(environ, start)  # type: ignore[arg-type]  # nothing of ours calls write()
        finally:
            self._metrics.answered(environ, answered, time.perf_counter() - begun)


class CountingHandler(logging.Handler):
    """Counts lines of the log; none of their words."""

    def __init__(self, metrics: Metrics) -> None:
        super().__init__()
        self._metrics = metrics

    def emit(self, record: logging.LogRecord) -> None:
        """Count a line."""
        self._metrics.logged(record)


def _counter(name: str, help: str, label: str) -> Counter:
    return Counter(name, help, (label,), registry=None)
