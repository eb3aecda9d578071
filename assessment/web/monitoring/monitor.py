"""Metrics of one server, from all of its processes, on a port of their own."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from assessment.engine.protocol import Protocol
from assessment.practice.figures import read_figures
from assessment.practice.practice import Practice
from assessment.release import version
from assessment.web.monitoring.metrics import CountingHandler, Measured, Metrics
from assessment.web.monitoring.port import Listener, MetricsPort
from assessment.web.monitoring.restore_test import RestoreTest
from assessment.web.monitoring.shared import SharedCounts
from assessment.web.monitoring.state import Built, State
from assessment.web.server.logs import log

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication


class Monitor:
    """Counts, and tells on `listener`, which listens already. Make it before the first fork."""

    def __init__(self, listener: Listener, protocol: Protocol, practice: Practice) -> None:
        self._counts = SharedCounts()
        self._metrics = Metrics()
        practice.database.watch(self._metrics)
        log.addHandler(CountingHandler(self._metrics))
        built = Built(
            version=version(),
            protocol=protocol.id,
            protocol_version=protocol.version,
            rules=protocol.rules_hash,
            wording=protocol.wording_hash,
        )
        self._registry = CollectorRegistry()
        MultiProcessCollector(self._registry, str(self._counts.folder))  # type: ignore[no-untyped-call]  # it has no types
        self._registry.register(State(built, lambda: read_figures(practice.database, time.time)))
        self._registry.register(RestoreTest())
        self._port = MetricsPort(listener, self.text)

    def around(self, inside: WSGIApplication) -> WSGIApplication:
        """Return an application with each of its requests measured."""
        return Measured(inside, self._metrics)

    def start(self) -> None:
        """Count in this process, and answer whoever looks; call it after the fork."""
        self._counts.take_place()
        self._metrics.start()
        self._port.start()

    def text(self) -> bytes:
        """Return everything that is known, in Prometheus' own format."""
        return generate_latest(self._registry)

    def stop(self) -> None:
        """Remove what was kept for it, in the process that made it. A worker just ends."""
        self._counts.remove()
