"""An installation for the doctor to look at, of which everything lies in one folder."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assessment.doctor.findings import Finding, State
from assessment.doctor.here import Here, Places
from assessment.web.server.settings import Settings, read_settings
from tests.records.conftest import (
    empty_url,
    migrated_file,
    migrated_template,
    open_database,
    postgresql_url,
    url,
)
from tests.web.conftest import SMALL

__all__ = (
    "empty_url",
    "migrated_file",
    "migrated_template",
    "open_database",
    "postgresql_url",
    "url",
)

SAID = ("mail_to", "environment", "clock")
MakeHere = Callable[..., Here]


def states(findings: list[Finding]) -> dict[str, list[State]]:
    """How each thing is that was looked at."""
    found: dict[str, list[State]] = {}
    for one in findings:
        found.setdefault(one.about, []).append(one.state)
    return found


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine that runs the tests counts."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(
        env_file=tmp_path / "clinic.env",
        backups=tmp_path / "backups",
        backup_key=tmp_path / "backup.key",
        restore_test=tmp_path / "restore-test.json",
        nginx=tmp_path / "site.conf",
        logs=tmp_path,
        release=tmp_path / "release",
        apt=tmp_path / "apt-cache",
        program=tmp_path / "program",
    )


@pytest.fixture
def here(places: Places, tmp_path: Path) -> MakeHere:
    """Give an installation with these settings; what is no setting is said of it itself."""

    def make(**chosen: object) -> Here:
        of_it = {name: chosen.pop(name) for name in SAID if name in chosen}
        settings = read_settings(
            **{"instance": tmp_path / "instance", "protocol": str(SMALL), **chosen}
        )
        return replace(Here(settings, {}, time.time, places, seconds=2), **of_it)  # type: ignore[arg-type]

    return make
