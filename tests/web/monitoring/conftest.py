"""The clinic area, watched."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client import Metric, values
from prometheus_client.parser import text_string_to_metric_families

from assessment.engine.protocol import Protocol
from assessment.practice.practice import Practice
from assessment.web.monitoring.metrics import CountingHandler
from assessment.web.monitoring.monitor import Monitor
from assessment.web.server.logs import log
from tests.web.clinic.conftest import (
    clinic_app,
    database,
    make_staff,
    migrated_file,
    practice,
    staff,
)

__all__ = [
    "clinic_app", "database", "make_staff", "migrated_file", "practice", "staff",
]  # fmt: skip


@dataclass(frozen=True)
class Watched:
    """What is told on the port of metrics."""

    monitor: Monitor
    port: int

    @property
    def text(self) -> str:
        return self.monitor.text().decode()

    @property
    def names(self) -> set[str]:
        """The name of every sample."""
        return {one.name for family in _families(self.text) for one in family.samples}

    def value(self, name: str, **labels: str) -> float:
        """Every sample of this name with these labels, added up."""
        return sum(
            one.value
            for family in _families(self.text)
            for one in family.samples
            if one.name == name and labels.items() <= one.labels.items()
        )

    @property
    def label_names(self) -> set[str]:
        """The name of every label, whatever has it."""
        return {
            name for family in _families(self.text) for one in family.samples for name in one.labels
        }

    def labels(self, name: str) -> set[str]:
        """Every value of one label, whatever has it."""
        found = (one.labels.get(name) for family in _families(self.text) for one in family.samples)
        return {one for one in found if one is not None}


Watch = Callable[[Flask, Practice], Watched]


@pytest.fixture
def watch(
    small: Protocol, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Iterator[Watch]:
    """Have an application watched."""
    caplog.set_level(logging.INFO, "assessment")
    made: list[Monitor] = []
    monkeypatch.setattr(values, "ValueClass", values.ValueClass)
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")
    handlers = list(log.handlers)

    def begin(app: Flask, practice: Practice) -> Watched:
        listener = socket.create_server(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        monitor = Monitor(listener, small, practice)
        made.append(monitor)
        monkeypatch.setattr(app, "wsgi_app", monitor.around(app.wsgi_app))
        monitor.start()
        return Watched(monitor, port)

    yield begin
    for monitor in made:
        folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
        monitor._port.stop()
        monitor.stop()
        assert not folder.exists()
    for handler in [one for one in log.handlers if isinstance(one, CountingHandler)]:
        log.removeHandler(handler)
    assert log.handlers == handlers


@pytest.fixture
def watched(watch: Watch, clinic_app: Flask, practice: Practice) -> Watched:
    return watch(clinic_app, practice)


def _families(text: str) -> Iterable[Metric]:
    return text_string_to_metric_families(text)
