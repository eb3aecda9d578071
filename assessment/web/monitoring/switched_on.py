"""What watches a server, as its settings say. What is not switched on is not even loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from assessment.engine.protocol import Protocol as Questions
from assessment.practice.practice import Practice
from assessment.web.server.settings import Settings

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from assessment.web.monitoring.port import Listener


class NotInstalled(Exception):
    """What a setting asks for is not there; `str()` says what to do."""


class Watcher(Protocol):
    """Watches what an application does. It is made before a server forks."""

    def around(self, inside: WSGIApplication) -> WSGIApplication:
        """Return an application that is watched."""

    def start(self) -> None:
        """Begin in a worker, after the fork."""

    def stop(self) -> None:
        """End, in a worker or in the process that made it."""


def watchers(
    settings: Settings,
    questions: Questions,
    practice: Practice,
    listen: Callable[[str, int], Listener],
) -> tuple[Watcher, ...]:
    """Return whatever is switched on; `listen` gives a socket that listens, or raises.

    Raises NotInstalled.
    """
    found: list[Watcher] = []
    if settings.metrics_port is not None:
        from assessment.web.monitoring.monitor import Monitor

        listener = listen(settings.metrics_host, settings.metrics_port)
        found.append(Monitor(listener, questions, practice))
    if settings.otel_exporter_otlp_endpoint is not None:
        try:
            from assessment.web.monitoring.traces import Traces
        except ModuleNotFoundError:
            raise NotInstalled(
                "OTEL_EXPORTER_OTLP_ENDPOINT: traces need OpenTelemetry's packages, which are "
                "missing; see `traces` in pyproject.toml"
            ) from None
        found.append(Traces(settings.otel_exporter_otlp_endpoint, practice))
    return tuple(found)
