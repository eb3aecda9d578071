"""The running server, watched: two workers are one number, whoever of them dies."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import urllib.request
from pathlib import Path

import pytest

from assessment.web import listening, serve
from assessment.web.monitoring import shared
from tests.web.monitoring.receiver import receiving
from tests.web.test_serve import free_port, serving

CANARY = "zebrafinch"
PAGES = 12


def fetched(url: str) -> str:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return str(answer.read().decode())


def counted(text: str, route: str) -> float:
    found = re.findall(rf'^assessment_request_seconds_count{{.*"{route}".*}} (.*)$', text, re.M)
    return sum(map(float, found))


def workers(process: subprocess.Popen[str]) -> set[int]:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return set(map(int, children.split()))


def test_the_server_tells_what_all_of_its_workers_did_whoever_of_them_dies(tmp_path: Path) -> None:
    port = free_port()
    told = f"http://127.0.0.1:{port}/metrics"
    watching = {"METRICS_PORT": str(port), "LOG_FORMAT": "json", "ACCESS_LOG": "true"}
    with (
        receiving() as receiver,
        serving(tmp_path, **watching, OTEL_EXPORTER_OTLP_ENDPOINT=receiver.url) as (
            process,
            address,
        ),
    ):
        while len(workers(process)) < 2:  # the second is made a moment later
            assert process.poll() is None
        [folder] = shared.MEMORY.glob(f"assessment-metrics-{process.pid}-*")
        assert folder.stat().st_mode & 0o077 == 0
        for _ in range(PAGES):
            fetched(f"{address}/about?{CANARY}")
        first = {fetched(told) for _ in range(4)}
        assert {counted(text, "site.about") for text in first} == {PAGES}, "whichever answers"

        victim, other = sorted(workers(process))
        os.kill(victim, signal.SIGKILL)
        while len(workers(process) - {victim}) < 2:
            assert process.poll() is None
        for _ in range(PAGES):
            fetched(f"{address}/about")
        assert counted(fetched(told), "site.about") == 2 * PAGES, "nothing went back"
        assert other in workers(process)
        assert len(list(folder.glob("counter_*.db"))) == 3, "two workers, and the start"

        os.killpg(process.pid, signal.SIGTERM)
        out, err = process.communicate(timeout=30)
        routes = {span.name for span in receiver.spans if "http.route" in span.told}
        assert routes == {"GET site.about"}, "what was not sent yet is sent at the end"
        assert CANARY not in repr(receiver)
    assert not folder.exists()
    lines = [json.loads(line) for line in (out + err).splitlines()]
    assert all({"time", "level", "event"} <= set(line) for line in lines)
    asked = [line for line in lines if line.get("route") == "/about"]
    assert len({line["reference"] for line in asked}) == 2 * PAGES
    assert CANARY not in out + err


def test_a_metrics_port_that_is_taken_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(listening.CannotStart) as refused:
            listening.listen("127.0.0.1", port, "METRICS_")
    assert str(refused.value) == (
        f"METRICS_PORT: {port} is taken; stop what uses it, or choose another: "
        f"METRICS_PORT={port + 1}"
    )


def test_another_server_says_that_it_tells_no_metrics(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serve, "load_app", lambda _: None)
    monkeypatch.setattr(serve, "_log_to_standard_error", lambda *_: None)
    serve.wsgi_app()
    assert serve.UNWATCHED not in capsys.readouterr().err
    monkeypatch.setenv("METRICS_PORT", "9464")
    serve.wsgi_app()
    assert serve.UNWATCHED in capsys.readouterr().err
