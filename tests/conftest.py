"""What every test may use, and how skipped tests are spoken of."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.postgresql import Missing, Postgresql, running

ROOT = Path(__file__).resolve().parents[1]

# How long one example takes is no promise of ours, and tells of the machine.
settings.register_profile("untimed", settings(deadline=None))
settings.load_profile("untimed")


def chromium() -> str | None:
    """Return the path of Chromium, where there is one."""
    return (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    )


@pytest.fixture(scope="session")
def shipped() -> Path:
    """The folder of the shipped protocol."""
    return ROOT / "rules" / "muscle_pain"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    """A PostgreSQL server, started when the first test asks for it."""
    try:
        with running() as server:
            yield server
    except Missing as missing:
        pytest.skip(str(missing))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    if item.get_closest_marker("browser") and chromium() is None:
        pytest.skip("they need Chromium; get it with: apt install chromium")
    yield


def pytest_xdist_auto_num_workers() -> int:
    """How many run at a time with `-n auto`: each may have a browser and a PostgreSQL."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return 0 if cores in (None, 1) else min(cores, 4)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.browser)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped)
    for reason, count in reasons.items():
        terminalreporter.write_line(f"{count} tests were skipped: {reason}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where everything must run (NO_SKIPS=1), a skipped test is a failed one."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter else 0
    if skipped and os.environ.get("NO_SKIPS"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
