"""What it costs to count a request for the metrics, as the workers of a server count it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from assessment.web.monitoring.metrics import Measured, Metrics
from assessment.web.monitoring.shared import SharedCounts
from assessment.web.server.logs import ENDPOINT
from bench.measure import cpu_microseconds

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

COUNTED, PLAIN = "counted", "plain"


def milliseconds() -> list[float]:
    """Return what counting adds to a request, one figure a round."""
    counts = SharedCounts()
    try:
        counts.take_place()
        metrics = Metrics()
        metrics.start()
        figures = cpu_microseconds(
            {COUNTED: (_asked(Measured(_page, metrics)), [None]), PLAIN: (_asked(_page), [None])}
        )
    finally:
        counts.remove()
    pairs = zip(figures[COUNTED], figures[PLAIN], strict=True)
    return [(counted - plain) / 1e3 for counted, plain in pairs]


def _page(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    environ[ENDPOINT] = "walk.question"
    start_response("200 OK", [])
    return [b""]


def _asked(app: Callable[..., Iterable[bytes]]) -> Callable[[object], object]:
    return lambda _: app({"REQUEST_METHOD": "GET"}, lambda *_: None)
