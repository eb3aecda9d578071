"""Traces for OpenTelemetry: which kind of page took how long, and in which statements.

A span holds the name of what answers, the method, the status and the reference of the request; one
of a statement its text, with marks in place of every value. There is no address in any, neither of
a page nor of a person, and no message of an error.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from assessment.practice.practice import Practice
from assessment.release import version
from assessment.web.monitoring.labels import route_of
from assessment.web.server.logs import log, method_of
from assessment.web.server.reference import REFERENCE

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from _typeshed import OptExcInfo

PATIENCE = 5
"""Seconds for which one batch may take to be sent; requests never wait for it."""
AT_THE_END = 1.0
"""Seconds for which the end of a process may wait for the last ones."""
LONGEST = 1_000
"""Characters of a statement."""

# What they say of a receiver that cannot be reached may hold addresses, and comes with each batch.
_theirs = logging.getLogger("opentelemetry")


class Traces:
    """Sends traces to a receiver (`endpoint`, such as http://127.0.0.1:4318), or loses them."""

    def __init__(self, endpoint: str, practice: Practice) -> None:
        self._url = f"{endpoint}/v1/traces"
        self._tracer: trace.Tracer | None = None
        self._provider: TracerProvider | None = None
        practice.database.watch_statements(self._executed)

    def around(self, inside: WSGIApplication) -> WSGIApplication:
        """Return an application with a span for each of its requests."""

        def traced(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            if self._tracer is None:
                return inside(environ, start_response)
            return _traced(self._tracer, inside, environ, start_response)

        return traced

    def start(self) -> None:
        """Begin in this process; call it after the fork, since a thread of it sends them."""
        _theirs.propagate = False
        _theirs.addHandler(logging.NullHandler())
        named = {"service.name": "assessment", "service.version": version()}
        self._provider = TracerProvider(resource=Resource(named), shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=self._url, timeout=PATIENCE)
        self._provider.add_span_processor(BatchSpanProcessor(_Told(exporter)))
        self._tracer = self._provider.get_tracer("assessment")

    def stop(self) -> None:
        """Send what is left, unless that takes too long."""
        if self._provider is not None:
            last = threading.Thread(target=self._provider.shutdown, daemon=True)
            last.start()
            last.join(AT_THE_END)

    def _executed(self, statement: str, begun: int) -> None:
        if self._tracer is not None and trace.get_current_span().is_recording():
            kept = statement[:LONGEST]
            self._tracer.start_span(
                statement.split(None, 1)[0],
                kind=trace.SpanKind.CLIENT,
                start_time=begun,
                attributes={"db.query.text": kept},
            ).end()


def _traced(
    tracer: trace.Tracer,
    inside: WSGIApplication,
    environ: WSGIEnvironment,
    start_response: StartResponse,
) -> Iterable[bytes]:
    answered = "500"

    def start(
        status: str, headers: list[tuple[str, str]], raised: OptExcInfo | None = None
    ) -> object:
        nonlocal answered
        answered = status
        return start_response(status, headers, raised)

    # A trace that somebody else says they began is not gone on with: anybody can say so.
    with tracer.start_as_current_span(
        "request", Context(), trace.SpanKind.SERVER,
        record_exception=False, set_status_on_exception=False,
    ) as span:  # fmt: skip
        try:
            return inside(environ, start)  # type: ignore[arg-type]  # nothing of ours calls write()
        finally:
            method, route = method_of(environ), route_of(environ)
            span.update_name(f"{method} {route}")
            span.set_attribute("http.request.method", method)
            span.set_attribute("http.route", route)
            span.set_attribute("http.response.status_code", int(answered[:3]))
            span.set_attribute("assessment.reference", environ.get(REFERENCE, ""))
            if answered.startswith("5"):
                span.set_status(trace.StatusCode.ERROR)


class _Told(SpanExporter):
    """Sends as another does, and says once that it fails, and once that it works again."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._works = True

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._exporter.export(spans)
        works = result is SpanExportResult.SUCCESS
        if works is not self._works:
            self._works = works
            log.warning("traces: %s", "sent again" if works else "the receiver takes none")
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()
