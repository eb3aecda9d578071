"""Traces say which kind of page took how long, and never hold anybody up."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from opentelemetry import trace
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from assessment.practice.practice import Practice
from assessment.web.monitoring import traces
from assessment.web.monitoring.switched_on import NotInstalled, watchers
from assessment.web.monitoring.traces import Traces
from assessment.web.server.reference import HEADER
from assessment.web.server.settings import ROOT, BadSettings, read_settings
from tests.test_layers import FILES, imported
from tests.web.client import LOCAL, Client
from tests.web.clinic.staff import Staff
from tests.web.monitoring.receiver import Receiver, receiving

Trace = Callable[[], bool]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.fixture
def sent(
    receiver: Receiver, clinic_app: Flask, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Trace]:
    """Have traces sent; call it to wait for those so far."""
    tracing = Traces(receiver.url, practice)
    monkeypatch.setattr(clinic_app, "wsgi_app", tracing.around(clinic_app.wsgi_app))
    tracing.start()
    provider = tracing._provider
    assert provider is not None
    yield provider.force_flush
    receiver.thaws.set()
    tracing.stop()


def test_a_request_is_a_span_by_its_route_with_its_reference(
    sent: Trace, receiver: Receiver, clinic_app: Flask
) -> None:
    client = Client(clinic_app)._client
    foreign = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    page = client.get("/zebrafinch?zebrafinch", base_url=LOCAL, headers=foreign)
    about = client.get("/about", base_url=LOCAL, headers={"User-Agent": "zebrafinch"})
    sent()
    assert set(receiver.paths) == {"/v1/traces"}
    assert [(one.name, one.parent, one.told) for one in receiver.spans] == [
        (
            f"GET {route}",
            b"",
            {
                "http.request.method": "GET", "http.route": route,
                "http.response.status_code": status, "assessment.reference": answer.headers[HEADER],
            },
        )
        for route, status, answer in (("none", "404", page), ("site.about", "200", about))
    ]  # fmt: skip
    assert "zebrafinch" not in repr(receiver)


def test_a_statement_is_a_span_within_its_request_and_holds_no_value(
    sent: Trace, receiver: Receiver, staff: Staff
) -> None:
    staff.get("/clinic/account")
    sent()
    statements = [one for one in receiver.spans if "db.query.text" in one.told]
    assert {one.name for one in statements} >= {"SELECT", "UPDATE"}
    assert all(one.parent for one in statements), "none stands alone"
    assert any("FROM sessions" in one.told["db.query.text"] for one in statements)
    assert staff.who.clinic.id not in repr(receiver.bodies)
    assert "ana@example.org" not in repr(receiver.bodies)


def test_a_fault_is_marked_and_its_message_is_not_in_it(
    sent: Trace, receiver: Receiver, clinic_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("zebrafinch")

    client = Client(clinic_app)
    client.walk({})
    monkeypatch.setattr("assessment.screening.Screening.position", broken)
    client._client.get("/result", base_url=LOCAL)
    sent()
    assert receiver.spans[-1].status == trace.StatusCode.ERROR.value
    assert "zebrafinch" not in repr(receiver.bodies)


def test_a_receiver_that_never_answers_holds_up_no_request_and_not_the_end(
    receiver: Receiver, clinic_app: Flask, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "10")
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "4")
    monkeypatch.setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "4")
    monkeypatch.setattr(traces, "AT_THE_END", 0.01)
    receiver.frozen = True
    tracing = Traces(receiver.url, practice)
    monkeypatch.setattr(clinic_app, "wsgi_app", tracing.around(clinic_app.wsgi_app))
    tracing.start()
    client = Client(clinic_app)
    client.get("/about")
    assert receiver.asked.wait(20), "it is being sent to"
    for _ in range(10):
        assert client.get("/about").status == 200
    tracing.stop()
    assert receiver.bodies == []
    receiver.thaws.set()
    for sends in [one for one in threading.enumerate() if one.name.startswith("Otel")]:
        sends.join(20)  # else it would log in the middle of another test


def test_a_receiver_that_is_away_is_said_once_and_nothing_of_it_is_quoted(
    clinic_app: Flask, practice: Practice, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    told = traces._Told(_Away())
    for _ in range(3):
        told.export([])
    assert caplog.messages == ["traces: the receiver takes none"]
    assert "".join(capfd.readouterr()) == ""


class _Away(SpanExporter):
    def export(self, spans: object) -> SpanExportResult:
        return SpanExportResult.FAILURE


def test_nothing_of_it_is_loaded_where_it_is_switched_off() -> None:
    code = (
        "import sys, assessment.web.serve; "
        "print([one for one in ('opentelemetry', 'requests', 'urllib3', 'prometheus_client') "
        "if one in sys.modules])"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert loaded.stdout == "[]\n"


def test_nothing_of_ours_uses_what_came_along_with_it() -> None:
    parts = {"requests", "urllib3", "certifi", "charset_normalizer"}
    used = {module.split(".")[0] for path in FILES for module in imported(path)}
    assert "opentelemetry" in used
    assert not used & parts


def test_without_its_packages_it_says_what_is_missing(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "assessment.web.monitoring.traces", None)
    settings = read_settings(otel_exporter_otlp_endpoint="http://127.0.0.1:4318/")
    with pytest.raises(NotInstalled, match="OTEL_EXPORTER_OTLP_ENDPOINT"):
        watchers(settings, None, practice, lambda *_: pytest.fail("no port is asked for"))  # type: ignore[arg-type]  # none is needed


def test_an_address_that_cannot_be_one_is_refused() -> None:
    for wrong in ("127.0.0.1:4318", "ftp://127.0.0.1", "http://a:b@127.0.0.1", "http://"):
        with pytest.raises(BadSettings, match="OTEL_EXPORTER_OTLP_ENDPOINT"):
            read_settings(otel_exporter_otlp_endpoint=wrong)
