"""Stands for what takes traces: keeps everything that it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Span:
    """A span as it came: its name, and what is in it."""

    name: str
    parent: bytes
    told: dict[str, str]
    status: int


@dataclass
class Receiver:
    """What came in. While `frozen` is set, it takes connections and answers nobody."""

    url: str = ""
    paths: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    asked: Event = field(default_factory=Event)
    thaws: Event = field(default_factory=Event)
    frozen: bool = False

    @property
    def spans(self) -> list[Span]:
        found = []
        for body in self.bodies:
            for of in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in of.scope_spans:
                    found += [
                        Span(
                            one.name,
                            one.parent_span_id,
                            {
                                pair.key: pair.value.string_value or str(pair.value.int_value)
                                for pair in one.attributes
                            },
                            one.status.code,
                        )
                        for one in scope.spans
                    ]
        return found


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Give one that runs."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.asked.set()
            if receiver.frozen:
                receiver.thaws.wait(30)
            receiver.paths.append(self.path)
            receiver.headers.append(str(self.headers))
            receiver.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.thaws.set()
        server.shutdown()
        server.server_close()
