"""The command: its lines, its exit status, and that nothing keeps it from the next check."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from assessment.cli import main
from assessment.doctor import doctor
from assessment.doctor.doctor import examine
from assessment.doctor.findings import Finding, State, all_well, cannot_tell, to_do, well
from assessment.doctor.here import Here
from assessment.web.server.settings import read_settings
from assessment.web.server.storage import open_database
from tests.doctor.conftest import MakeHere


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    instance = tmp_path / "instance"
    monkeypatch.setenv("INSTANCE", str(instance))
    monkeypatch.setenv("PORT", "1")
    open_database(read_settings()).close()
    return instance


@pytest.mark.usefixtures("installation")
def test_it_says_a_line_for_everything_and_ends_with_1_where_something_is_to_be_done() -> None:
    ended = CliRunner().invoke(main, ["doctor"])

    assert ended.exit_code == 1
    for about in ("settings", "address", "mail", "clock", "disk", "files", "database", "backup"):
        assert f" {about}: " in ended.output, about
    assert "nothing answers at http://127.0.0.1:1 -> start it" in ended.output


@pytest.mark.usefixtures("installation")
def test_machines_get_json(tmp_path: Path) -> None:
    ended = CliRunner().invoke(main, ["doctor", "--json", "--backups", str(tmp_path / "none")])

    told = json.loads(ended.output)
    assert told["well"] is False
    assert {"about", "state", "says", "do"} == set(told["findings"][0])
    assert str(tmp_path / "none") in ended.output


@pytest.mark.usefixtures("installation")
def test_it_ends_with_0_when_all_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    fine = (("all", lambda _: [well("all", "as it should be")]),)
    monkeypatch.setattr(doctor.examine, "__defaults__", (fine,))

    assert CliRunner().invoke(main, ["doctor"]).exit_code == 0


def test_settings_that_cannot_be_used_are_its_first_finding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SMTP_PORT", "canary")
    ended = CliRunner().invoke(main, ["doctor"])

    assert ended.exit_code == 1
    assert "SMTP_PORT" in ended.output


def test_wrong_use_ends_with_2() -> None:
    assert CliRunner().invoke(main, ["doctor", "--mail", "nobody"]).exit_code == 2
    assert CliRunner().invoke(main, ["doctor", "--nothing"]).exit_code == 2


@pytest.mark.usefixtures("installation")
def test_no_secret_of_the_settings_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://clinic:canarypassword@127.0.0.1:1/clinic")
    monkeypatch.setenv("SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("SMTP_PORT", "1")
    monkeypatch.setenv("SMTP_FROM", "clinic@example.org")
    monkeypatch.setenv("SMTP_USER", "canaryuser")
    monkeypatch.setenv("SMTP_PASSWORD", "canarysecret")
    monkeypatch.setenv("SMTP_PASWORD", "canarytypo")

    ended = CliRunner().invoke(main, ["doctor", "--json"])
    assert "canary" not in ended.output
    assert "did you mean SMTP_PASSWORD?" in ended.output


def test_a_check_that_breaks_is_not_well_and_keeps_no_other_from_being_made(
    here: MakeHere,
) -> None:
    def breaks(_: Here) -> Iterator[Finding]:
        raise RuntimeError("canary")
        yield

    first, second = examine(here(), (("one", breaks), ("two", lambda _: [well("two", "fine")])))
    assert (first.state, "RuntimeError" in first.says) == (State.UNKNOWN, True)
    assert "canary" not in str(first)
    assert second.state is State.WELL


def test_only_what_is_well_everywhere_is_all_well() -> None:
    assert all_well([well("a", "b")])
    assert not all_well([well("a", "b"), to_do("a", "b", "c")])
    assert not all_well([well("a", "b"), cannot_tell("a", "b")])


@pytest.mark.usefixtures("installation")
def test_the_installation_is_left_as_it_was(installation: Path) -> None:
    def listed() -> dict[str, tuple[int, int]]:
        return {
            one.name: (one.stat().st_mode, one.stat().st_size)
            for one in installation.iterdir()
            if not one.name.endswith(("-wal", "-shm"))  # SQLite makes these to read
        }

    before = listed()
    CliRunner().invoke(main, ["doctor"])
    assert listed() == before
    assert os.environ["INSTANCE"] == str(installation)
