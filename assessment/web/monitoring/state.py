"""How the product stands, asked for whenever somebody looks: versions, database, queues."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from platform import python_version

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from assessment.practice.figures import Figures
from assessment.records.refusals import Unavailable
from assessment.web.server.logs import in_places, log

PATIENCE = 3.0
"""Seconds for which a look waits for the database, and then says that it does not answer."""

Ask = Callable[[], Figures]
"""Asks the database. Raises Unavailable."""


@dataclass(frozen=True, slots=True)
class Built:
    """What is served: the version of the program, and the protocol."""

    version: str
    protocol: str
    protocol_version: str
    rules: str
    wording: str


@dataclass(frozen=True, slots=True)
class _Answer:
    figures: Figures | None
    seconds: float


class State:
    """What is told at each look; it never takes longer than `patience` seconds.

    A database that takes a connection and never answers holds up one thread, and no look after it.
    """

    def __init__(self, built: Built, ask: Ask, patience: float = PATIENCE) -> None:
        self._built = built
        self._ask = ask
        self._patience = patience
        self._asking: Future[_Answer] | None = None
        self._lock = threading.Lock()

    def collect(self) -> Iterator[Metric]:
        """Return what is known now."""
        built = self._built
        yield _gauge(
            "assessment_build_info", "The version that runs.", 1,
            version=built.version, python=python_version(),
        )  # fmt: skip
        yield _gauge(
            "assessment_protocol_info", "The protocol that is served.", 1,
            protocol=built.protocol, version=built.protocol_version,
            rules=built.rules, wording=built.wording,
        )  # fmt: skip
        answer = self._answer()
        up = answer is not None and answer.figures is not None
        yield _gauge("assessment_database_up", "Whether the database answers.", up)
        if answer is not None and answer.figures is not None:
            yield from _of_records(answer.figures, answer.seconds)

    def _answer(self) -> _Answer | None:
        with self._lock:
            if self._asking is None:
                self._asking = Future()
                threading.Thread(target=self._fill, args=(self._asking,), daemon=True).start()
            asking = self._asking
        try:
            return asking.result(self._patience)
        except TimeoutError:
            return None

    def _fill(self, asking: Future[_Answer]) -> None:
        begun = time.perf_counter()
        figures: Figures | None = None
        try:
            figures = self._ask()
        except Unavailable:
            pass  # that is what is told
        except Exception as error:  # whatever it is, the rest is told
            log.error("metrics: %s", in_places(error))
        finally:
            with self._lock:
                self._asking = None
            asking.set_result(_Answer(figures, time.perf_counter() - begun))


def _of_records(figures: Figures, seconds: float) -> Iterator[Metric]:
    yield _gauge(
        "assessment_database_answer_seconds", "Seconds until the database told all this.", seconds
    )
    yield _gauge("assessment_audit_entries", "Entries of all audit logs.", figures.audit_entries)
    for name, help in (
        ("waiting", "What waits to be sent."),
        ("due", "What waits and should be sent by now."),
        ("late", "Seconds since the first of what is due should have been sent."),
    ):
        suffix = "_seconds" if name == "late" else ""
        family = GaugeMetricFamily(f"assessment_queue_{name}{suffix}", help, labels=("queue",))
        for one in figures.waiting:
            family.add_metric((one.queue,), getattr(one, name))
        yield family


def _gauge(name: str, help: str, value: float, **labels: str) -> Metric:
    family = GaugeMetricFamily(name, help, labels=tuple(labels))
    family.add_metric(tuple(labels.values()), value)
    return family
