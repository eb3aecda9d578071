"""What every test may use, and how skipped tests are spoken of."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HOW_TO_GET = {"Chromium": "apt install chromium"}
_skipped: dict[str, int] = {}


def chromium() -> str | None:
    """Return the path of Chromium, where there is one."""
    return (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    )


@pytest.fixture(scope="session")
def shipped() -> Path:
    """The folder of the shipped protocol."""
    return ROOT / "rules" / "muscle_pain"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    if item.get_closest_marker("browser") and chromium() is None:
        _skipped["Chromium"] = _skipped.get("Chromium", 0) + 1
        pytest.skip("no Chromium")
    yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.browser)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for what, count in _skipped.items():
        terminalreporter.write_line(
            f"{count} tests were skipped: they need {what}. Get it with: {HOW_TO_GET[what]}"
        )


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where everything must run (NO_SKIPS=1), a skipped test is a failed one."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter else 0
    if skipped and os.environ.get("NO_SKIPS"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
